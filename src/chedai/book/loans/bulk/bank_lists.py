"""A bank's repayment list (资方还款清单): how its loans stand there is how they stand on our watch list.

Nothing is posted: the bank keeps the books of its loans. What the list says is kept line by line, and the newest line
of a loan is how late it is, what it owes and whether it is settled; so lists, collection and early warning have it as
they have our own. A line taken back leaves the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db.models import QuerySet

from chedai.book.loans.bulk.matching import loans_meant, loans_permitted
from chedai.book.loans.bulk.models import BankLine
from chedai.book.loans.bulk.standing import standing_write
from chedai.book.loans.models import Loan
from chedai.book.loans.noting import loan_record
from chedai.book.loans.plans import unpack
from chedai.book.loans.selectors import loan_lock
from chedai.book.loans.states import BookKind
from chedai.engine.money import yuan_grouped
from chedai.org.permissions import Permission
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.imports.columns import Column, Type
from chedai.platform.imports.kinds import ImportKind, Row
from chedai.platform.work import service

RIGHT: Final[Permission] = "loan.bank_list"
SUBJECT: Final = "bank_line:"
COLUMNS: Final = (
    Column(
        "loan",
        "贷款号",
        "loan number",
        required=True,
        also=("贷款编号", "合同号", "合同编号", "借据号"),
        example="CD202611-0001-L",
        longest=60,
    ),
    Column("due_on", "应还日期", "due on", Type.DATE, also=("到期日", "应还日", "还款日"), example="2026-11-10"),
    Column("paid_on", "实还日期", "paid on", Type.DATE, also=("实际还款日", "还款日期"), example=""),
    Column("overdue_days", "逾期天数", "days overdue", Type.INTEGER, also=("逾期日数",), example="12"),
    Column("missed", "逾期期数", "instalments overdue", Type.INTEGER, also=("欠期数",), example="1"),
    Column("overdue", "逾期金额", "overdue", Type.MONEY, also=("欠款金额", "逾期本息"), example="3042.19"),
    Column("balance", "贷款余额", "balance", Type.MONEY, required=True, also=("剩余本金", "余额"), example="95000.00"),
    Column("as_of", "数据日期", "as of", Type.DATE, also=("截止日期", "统计日期", "报表日期"), example="2026-11-21"),
)


def line_key(row: Row) -> str:
    """What makes a line the same line in another list."""
    return f"{row['loan'].strip().upper()}|{row['as_of'] or ''}"


def line_check(row: Row, actor: Actor) -> None:
    """Errors: `Refusal` for no such loan, one of our own, figures that do not agree, a list older than the last."""
    _refuse_unfit(row, _meant(row, actor))


@service
def line_write(row: Row, actor: Actor) -> str:
    """Keep one line; the loan stands by it from now on. Errors: as the check."""
    loan = loan_lock(_meant(row, actor).pk)
    as_of = _refuse_unfit(row, loan)
    days = row["overdue_days"] or 0
    line = BankLine.objects.create(
        loan=loan,
        as_of=as_of,
        due_on=row["due_on"],
        paid_on=row["paid_on"],
        overdue_days=days,
        missed=(row["missed"] or _missed(loan, as_of, days)) if days else 0,
        overdue=row["overdue"] or 0,
        balance=row["balance"],
        taken_at=clock.now(),
    )
    if standing_write(loan, as_of):
        facts: dict[str, Scalar] = {
            "as_of": as_of.isoformat(),
            "overdue": line.overdue,
            "days": days,
            "balance": line.balance,
        }
        loan_record(loan, "loan.bank_listed", facts, actor)
    return f"{SUBJECT}{line.pk}"


@service
def line_undo(subject: str, actor: Actor) -> None:
    """Take a line back. Errors: `Conflict` where a later list has come."""
    line = BankLine.objects.get(pk=int(subject.removeprefix(SUBJECT)))
    loan = loan_lock(line.loan_id)
    if BankLine.objects.filter(loan=loan, undone_at=None, pk__gt=line.pk).exists():
        raise Conflict("bank-list-newer", "该贷款已有更新的清单", "a later list has this loan")
    line.undone_at = clock.now()
    line.save(update_fields=["undone_at"])
    standing_write(loan, line.as_of)
    loan_record(loan, "loan.bank_list_undone", {"as_of": line.as_of.isoformat()}, actor)


def bank_lines_of(loan_id: int) -> QuerySet[BankLine]:
    """How the bank's lists had a loan, newest first."""
    return BankLine.objects.filter(loan_id=loan_id, undone_at=None).order_by("-as_of", "-pk")


def _meant(row: Row, actor: Actor) -> Loan:
    found: Sequence[Loan | Refusal] = loans_meant([(row["loan"], "")], Loan.objects.all())
    if isinstance(found[0], Refusal):
        by_contract = list(Loan.objects.filter(deal__contracts__number=row["loan"].strip())[:1])
        found = by_contract or found
    (one,) = loans_permitted(found, RIGHT, actor)
    if isinstance(one, Refusal):
        raise one
    return one


def _refuse_unfit(row: Row, loan: Loan) -> date:
    """The day the line is of. Errors: `Refusal`."""
    as_of = row["as_of"] or clock.business_date()
    if loan.book != BookKind.BANK:
        zh, en = "自营贷款以本公司账为准", "a loan of our own book stands by our books"
        raise Conflict("own-book", zh, en, field="loan")
    if not loan.disbursed_on <= as_of <= clock.business_date():
        zh, en = "数据日期须在放款日与今天之间", "the day lies between the payout and today"
        raise Refusal("day-outside", zh, en, field="as_of")
    newest = bank_lines_of(loan.pk).values_list("as_of", flat=True).first()
    if newest is not None and as_of < newest:
        zh, en = f"已有 {newest} 的清单", f"there is a list of {newest}"
        raise Conflict("bank-list-older", zh, en, field="as_of")
    if row["paid_on"] is not None and not loan.disbursed_on <= row["paid_on"] <= as_of:
        zh = f"实还日期须在 {loan.disbursed_on} 与 {as_of} 之间"
        en = f"the day paid lies between {loan.disbursed_on} and {as_of}"
        raise Refusal("day-outside", zh, en, field="paid_on")
    days, overdue, balance = row["overdue_days"] or 0, row["overdue"] or 0, row["balance"]
    if min(days, overdue, balance, row["missed"] or 0) < 0 or (days > 0) != (overdue > 0):
        zh, en = "逾期天数与逾期金额须同时为 0 或同时大于 0", "days and money overdue are both 0 or both above"
        raise Refusal("bank-list-overdue", zh, en, field="overdue")
    if days > (as_of - loan.disbursed_on).days:
        zh, en = "逾期天数早于放款日", "overdue since before the payout"
        raise Refusal("bank-list-days", zh, en, field="overdue_days")
    if balance > loan.principal:
        told = yuan_grouped(loan.principal)
        raise Refusal(
            "bank-list-balance", f"余额超过贷款额 {told} 元", f"more than the loan of {told} yuan", field="balance"
        )
    return as_of


def _missed(loan: Loan, as_of: date, days: int) -> int:
    """Instalments that fell due since the loan is late, by the plan of the contract."""
    packed = loan.plans.filter(version=loan.plan_version).values_list("packed", flat=True).first()
    if packed is None:
        return 1
    due, today = unpack(bytes(packed)).due, as_of.toordinal()
    return max(int(((due >= today - days) & (due < today)).sum()), 1)


BANK_LIST: Final = ImportKind(
    "bank_list", "资方还款清单", "bank's repayment list", RIGHT, COLUMNS, line_key, line_check, line_write, line_undo
)
