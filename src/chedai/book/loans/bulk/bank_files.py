"""The bank statement (银行流水): each line is money for a loan, matched by its number or by the memo, booked once.

What makes a line the same in another file is the account and the bank's own number; where the bank gives none, day,
amount and payer, and which of the lines alike in its file it is. Files that overlap by whole days therefore post
nothing twice. The columns of a bank are asked once and remembered by the heads of its file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chedai.book.loans import rules
from chedai.book.loans.bulk.matching import key_free, key_of, loans_meant, loans_permitted
from chedai.book.loans.models import Loan, LoanEvent
from chedai.book.loans.services.receiving import loan_repay, receipt_reverse
from chedai.book.loans.states import Channel
from chedai.org.permissions import Permission
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.imports.columns import Column, Type
from chedai.platform.imports.kinds import ImportKind, Row
from chedai.platform.work import service

RIGHT: Final[Permission] = "loan.bank_file"
SUBJECT: Final = "loan_event:"
COLUMNS: Final = (
    Column(
        "received_on",
        "交易日期",
        "day",
        Type.DATE,
        required=True,
        also=("交易日", "入账日期", "记账日期", "到账日期", "日期", "交易时间"),
        example="2026-11-20",
    ),
    Column(
        "amount",
        "收入金额",
        "amount",
        Type.MONEY,
        required=True,
        also=("贷方发生额", "贷方金额", "收入", "交易金额", "金额", "贷方发生额（元）"),
        example="3042.19",
    ),
    Column("payer", "付款人", "payer", also=("对方户名", "对方名称", "付款方", "付款方户名"), example="王伟"),
    Column(
        "reference",
        "流水号",
        "reference",
        also=("银行流水号", "交易流水号", "交易流水", "凭证号", "交易序号"),
        example="20261120000123",
        longest=80,
    ),
    Column("loan", "贷款号", "loan number", also=("贷款编号", "合同编号"), example="CD202611-0001-L", longest=60),
    Column(
        "memo", "附言", "memo", also=("摘要", "备注", "用途", "交易摘要"), example="还款 CD202611-0001", longest=300
    ),
    Column(
        "bank",
        "收款账户",
        "account",
        also=("本方账号", "收款账号", "账号", "收款银行", "银行"),
        example="6222 0000 0001",
        longest=60,
    ),
)


def line_key(row: Row) -> str:
    """What makes a line the same line in another file."""
    if row["reference"]:
        return f"{(row['bank'] or '').replace(' ', '')}|{row['reference']}"
    return f"{_shared(row)}|{row.get('serial', 1)}"


def alike(row: Row) -> str:
    """What lines share that only their order tells apart; nothing where the bank gives a number."""
    return "" if row["reference"] else _shared(row)


def lines_check(rows: Sequence[Row], actor: Actor) -> list[Refusal | None]:
    """Which lines cannot be booked, and why: no loan, a bank's loan, a day or an amount that does not fit, known."""
    return [
        one if isinstance(one, Refusal) else _refused(row, one)
        for row, one in zip(rows, _loans(rows, actor), strict=True)
    ]


def line_check(row: Row, actor: Actor) -> None:
    """The same of one line. Errors: `Refusal`."""
    (refused,) = lines_check([row], actor)
    if refused is not None:
        raise refused


@service
def line_write(row: Row, actor: Actor) -> str:
    """Book one line. Money the loan cannot take is parked. Errors: `Refusal` as the check says it."""
    (loan,) = _loans([row], actor)
    if isinstance(loan, Refusal):
        raise loan
    refused = _refused(row, loan)
    if refused is not None:
        raise refused
    key = key_free(key_of("bank", line_key(row)))[0]
    receipt = loan_repay(
        loan_id=loan.pk,
        amount=row["amount"],
        received_on=row["received_on"],
        channel=Channel.BANK_FILE,
        reference=row["reference"] or "",
        key=key,
        park=True,
        actor=actor,
    )
    return f"{SUBJECT}{receipt.event_id}"


@service
def line_undo(subject: str, actor: Actor) -> None:
    """Take a line back: its receipt is reversed. Errors: `Conflict` where that was done already."""
    receipt_reverse(event_id=int(subject.removeprefix(SUBJECT)), reason="撤销银行流水导入", actor=actor)


def _shared(row: Row) -> str:
    return f"{row['bank'] or ''}|{row['received_on']}|{row['amount']}|{row['payer'] or ''}"


def _loans(rows: Sequence[Row], actor: Actor) -> list[Loan | Refusal]:
    lines = [(row["loan"] or "", row["memo"] or "") for row in rows]
    return loans_permitted(loans_meant(lines, Loan.objects.all()), RIGHT, actor)


def _refused(row: Row, loan: Loan) -> Refusal | None:
    try:
        rules.refuse_of_bank(loan.book)
        rules.refuse_amount(row["amount"])
        rules.refuse_day(row["received_on"], loan.disbursed_on, clock.business_date(), field="received_on")
    except Refusal as refusal:
        return refusal
    said = key_free(key_of("bank", line_key(row)))[1] or _said_otherwise(row, loan)
    return None if said is None else _known(said.loan.number)


def _said_otherwise(row: Row, loan: Loan) -> LoanEvent | None:
    """The receipt of this line from a file that named no account, or another way: same loan, number, day and sum."""
    same = {"reference": row["reference"], "amount": row["amount"], "on": row["received_on"], "reversal": None}
    found = LoanEvent.objects.filter(loan=loan, channel=Channel.BANK_FILE, **same) if row["reference"] else ()
    return next(iter(found), None)


def _known(number: str) -> Conflict:
    return Conflict("line-known", f"该流水已入账，贷款 {number}", f"this line is booked already, on loan {number}")


BANK_FILE: Final = ImportKind(
    "bank_file",
    "银行流水",
    "bank statement",
    RIGHT,
    COLUMNS,
    line_key,
    line_check,
    line_write,
    line_undo,
    check_many=lines_check,
    alike=alike,
)
