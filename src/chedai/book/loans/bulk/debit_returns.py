"""The bank's answer to a debit batch (回盘): what was paid is booked, what failed is kept with the reason.

A line is known by its batch and its number there, and must say loan and amount as they were sent. Lines unknown, twice,
or answered already are bad rows; so is a foot whose totals are not those of the batch.
"""

from __future__ import annotations

from typing import Final

from chedai.book.loans.bulk.debit_codes import DebitCode, debit_code_of
from chedai.book.loans.bulk.debit_files import FOOT, yuan
from chedai.book.loans.bulk.debits import debit_lock, debit_of_number
from chedai.book.loans.bulk.mandates import mandate_end
from chedai.book.loans.bulk.matching import key_free, key_of
from chedai.book.loans.bulk.models import DebitBatch, DebitLine
from chedai.book.loans.bulk.states import DebitState, LineState
from chedai.book.loans.noting import loan_record
from chedai.book.loans.services.receiving import loan_repay, receipt_reverse
from chedai.book.loans.states import Channel
from chedai.org.access import access_of
from chedai.org.permissions import Permission
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.imports.columns import Column, Type
from chedai.platform.imports.kinds import ImportKind, Row
from chedai.platform.work import service

RIGHT: Final[Permission] = "loan.debit"
_LINE, _TOTAL = "debit_line:", "debit_total:"
COLUMNS: Final = (
    Column("batch", "批次号", "batch", required=True, also=("批次",), example="DK20261122-A1", longest=40),
    Column("n", "序号", "line", required=True, also=("行号", "明细序号"), example="1", longest=10),
    Column("loan", "贷款号", "loan number", also=("贷款编号",), example="CD202611-0001-L", longest=60),
    Column("amount", "金额", "amount", Type.MONEY, required=True, also=("扣款金额",), example="3042.19"),
    Column(
        "result", "结果", "result", also=("扣款结果", "处理结果", "返回码", "响应码"), example="扣款成功", longest=60
    ),
    Column("paid_on", "扣款日期", "paid on", Type.DATE, also=("处理日期", "交易日期"), example="2026-11-22"),
)


def answer_key(row: Row) -> str:
    """What makes an answer the same answer in another file."""
    return f"{row['batch']}|{row['n']}"


def answer_check(row: Row, actor: Actor) -> None:
    """What stands against an answer. Errors: `Refusal`, `NotFound`, `NotAllowed`."""
    batch = _batch(row, actor)
    if row["n"] == FOOT:
        _refuse_other_totals(row, batch)
    else:
        _refuse_unfit(row, _line(row, batch))


@service
def answer_write(row: Row, actor: Actor) -> str:
    """Book an answer. Money the loan cannot take is parked. Errors: as the check."""
    batch = debit_lock(_batch(row, actor).pk)
    if row["n"] == FOOT:
        _refuse_other_totals(row, batch)
        return f"{_TOTAL}{batch.pk}"
    line = _line(row, batch)
    answer = _refuse_unfit(row, line)
    if answer.paid:
        line.event_id = _book(row, batch, line, actor)
    line.state = LineState.PAID if answer.paid else LineState.FAILED
    line.code, line.answered_on = answer.code, row["paid_on"] or batch.day
    line.save(update_fields=["event", "state", "code", "answered_on"])
    if not answer.paid:
        _note_failure(line, answer, actor)
    _settle(batch)
    return f"{_LINE}{line.pk}"


@service
def answer_undo(subject: str, actor: Actor) -> None:
    """Take an answer back: what it booked is reversed, the line waits again.

    Errors: `Conflict` where the receipt was reversed already, or the loan is in a newer batch.
    """
    if subject.startswith(_TOTAL):
        return
    line = DebitLine.objects.select_related("batch").get(pk=int(subject.removeprefix(_LINE)))
    batch = debit_lock(line.batch_id)
    if DebitLine.objects.filter(loan_id=line.loan_id, state=LineState.WAITING).exists():
        raise Conflict("debit-newer", "该贷款已在新的代扣批次中", "the loan is in a newer batch")
    if line.event_id is not None:
        receipt_reverse(event_id=line.event_id, reason="撤销代扣回盘导入", actor=actor)
    line.state, line.code, line.answered_on, line.event_id = LineState.WAITING, "", None, None
    line.save(update_fields=["event", "state", "code", "answered_on"])
    _settle(batch)


def _batch(row: Row, actor: Actor) -> DebitBatch:
    batch = debit_of_number(row["batch"])
    access_of(actor.ref).require(RIGHT, store_id=batch.store_id)
    if batch.state == DebitState.MADE:
        raise Conflict("debit-unsent", "批次尚未发送", "the batch has not been sent")
    return batch


def _line(row: Row, batch: DebitBatch) -> DebitLine:
    n = int(row["n"]) if row["n"].isdecimal() else 0
    line = batch.lines.select_related("loan", "mandate").filter(n=n).first()
    if line is None or (row["loan"] or "").strip().upper() != line.loan.number.upper():
        zh, en = f"批次中没有第 {row['n']} 行的这笔贷款", f"the batch has no such loan in line {row['n']}"
        raise Refusal("debit-unknown", zh, en, field="n")
    return line


def _refuse_unfit(row: Row, line: DebitLine) -> DebitCode:
    """The answer of a line that waits for one. Errors: `Refusal`."""
    if line.state != LineState.WAITING:
        raise Conflict("debit-answered", "该行已回盘", "this line is answered already")
    if row["amount"] != line.amount:
        zh, en = f"金额应为 {yuan(line.amount)} 元", f"the amount is {yuan(line.amount)} yuan"
        raise Refusal("debit-amount", zh, en, field="amount")
    paid_on = row["paid_on"] or line.batch.day
    if paid_on < line.batch.day:
        zh, en = "扣款日期早于该批次", "the day is before that of the batch"
        raise Refusal("day-before-batch", zh, en, field="paid_on")
    if paid_on > clock.business_date():
        raise Refusal("day-outside", "扣款日期晚于今天", "the day is after today", field="paid_on")
    return debit_code_of(row["result"] or "")


def _refuse_other_totals(row: Row, batch: DebitBatch) -> None:
    if row["amount"] != batch.total or (row["loan"] or "") not in ("", str(batch.count)):
        told = f"{batch.count} 笔 {yuan(batch.total)} 元"
        en = f"the batch has {batch.count} lines of {yuan(batch.total)} yuan"
        raise Refusal("debit-totals", f"合计与批次不符，批次为 {told}", en, field="amount")


def _book(row: Row, batch: DebitBatch, line: DebitLine, actor: Actor) -> int:
    receipt = loan_repay(
        loan_id=line.loan_id,
        amount=line.amount,
        received_on=row["paid_on"] or batch.day,
        channel=Channel.DEBIT,
        reference=f"{batch.number}-{line.n}",
        key=key_free(key_of("debit", f"{batch.number}|{line.n}"))[0],
        park=True,
        actor=actor,
    )
    return receipt.event_id


def _note_failure(line: DebitLine, answer: DebitCode, actor: Actor) -> None:
    """On the loan's record; where asking again is of no use the mandate ends."""
    facts: dict[str, Scalar] = {"batch": line.batch.number, "amount": line.amount, "why": answer.code}
    loan_record(line.loan, "loan.debit_failed", facts, actor)
    if answer.stops and line.mandate.ended_on is None:
        mandate_end(mandate_id=line.mandate_id, reason=f"银行回盘：{answer.zh}", actor=actor)


def _settle(batch: DebitBatch) -> None:
    """A batch is done when no line waits."""
    waits = batch.lines.filter(state=LineState.WAITING).exists()
    batch.state = DebitState.SENT if waits else DebitState.DONE
    batch.save(update_fields=["state"])


DEBIT_RETURN: Final = ImportKind(
    "debit_return", "代扣回盘", "debit return", RIGHT, COLUMNS, answer_key, answer_check, answer_write, answer_undo
)
