"""The lists of a bank: its loans stand as it says, nothing is posted, a rerun changes nothing, a line goes back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chedai.book.collection.models import CollectionCase
from chedai.book.collection.owing import Late, late_items
from chedai.book.ledger.models import Posting
from chedai.book.loans.bulk.by_contract import contract_rows
from chedai.book.loans.bulk.models import BankLine
from chedai.book.loans.models import BucketMove, Delinquency, Loan, OpenItem, OverdueStanding
from chedai.book.loans.proof.proving import book_prove
from chedai.book.loans.selectors import standings_on
from chedai.book.loans.services.opening import loan_enter
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.journey.close_of_day import close_day
from chedai.platform.actors import system
from tests import cast

from ..lending import AGREED, INSTALMENT, Lent, lend, on
from .desk import checked, reasons, undone, written

pytestmark = pytest.mark.django_db

DAY = date(2025, 7, 1)
HEADS = "合同号,应还日期,实还日期,逾期天数,逾期金额,贷款余额,数据日期"
LATE = "CD-B1,2025-05-10,,52,6084.38,97457.81,2025-07-01"


def of_bank(name: str) -> Lent:
    """A loan of a bank with its plan, nothing of it in the ledger."""
    store = cast.store()
    finance, officer = cast.person("fang", "方财", store, "finance"), cast.person("lin", "林晓", store, "officer")
    actor = cast.acting(officer)
    customer = customer_register(
        kind=CustomerKind.PERSON, name="王伟", store_id=store.pk, owner_id=officer.pk, actor=actor
    )
    who = {"customer": customer, "store": store, "officer": officer}
    with on(AGREED.terms.disbursed_on):
        loan = loan_enter(
            loan=Loan(number=f"CD-{name}", book="bank", lender_code="chengdong", **who), agreed=AGREED, actor=actor
        )
    return Lent(loan.pk, finance, officer)


def paid_of(loan: Loan) -> list[int]:
    """What is known to be paid of the first instalments, by their numbers."""
    return [row.paid for row in contract_rows(loan)[:4]]


def late() -> tuple[date, str, int, int]:
    row = Delinquency.objects.get()
    return row.since, row.bucket, row.missed, row.overdue


def test_a_loan_of_a_bank_stands_as_its_list_says_and_nothing_is_posted() -> None:
    one = of_bank("B1")
    posted = Posting.objects.count()
    assert paid_of(one.loan) == [0, 0, 0, 0]
    with on(DAY):
        batch = written(checked("bank_list", [HEADS, LATE], one.finance), one.finance)
        assert batch.counts == {"rows": 1, "written": 1}
    # Since 10 May: the instalments of May and June are missed, 52 days are the second bucket.
    assert late() == (date(2025, 5, 10), "M2", 2, 6_084_38)
    assert late_items(one.loan, DAY + timedelta(1)) == [Late(1, date(2025, 5, 10), 6_084_38, 0, 53)]
    assert paid_of(one.loan) == [0, 0, 0, 0]
    assert (one.loan.owed, one.loan.state) == (97_457_81, "active")
    snapshot = OverdueStanding.objects.get()
    assert (snapshot.day, snapshot.since, snapshot.bucket, snapshot.overdue) == (DAY, date(2025, 5, 10), "M2", 6_084_38)
    assert [(m.was, m.now, m.day) for m in BucketMove.objects.all()] == [("M0", "M2", DAY)]
    assert (Posting.objects.count(), OpenItem.objects.count()) == (posted, 0)


def test_the_night_the_morning_and_the_proof_take_a_loan_of_a_bank_as_its_list_has_it() -> None:
    one = of_bank("B1")
    with on(DAY):
        written(checked("bank_list", [HEADS, LATE], one.finance), one.finance)
    case = CollectionCase.objects.get()
    assert (case.loan_id, case.bucket, case.since) == (one.loan_id, "M2", date(2025, 5, 10))
    night = DAY + timedelta(1)
    with on(night):
        (close,) = close_day(day=night, actor=system("close"))
        assert close.left_out == 0
        assert book_prove(night).differences == []
    assert late() == (date(2025, 5, 10), "M2", 2, 6_084_38)
    assert [(one.day, one.balance) for one in OverdueStanding.objects.all()] == [(DAY, 97_457_81)]
    assert [(night - one.since).days for one in standings_on(night) if one.since] == [53]


def test_the_same_list_again_changes_nothing_and_the_next_one_cures_and_settles() -> None:
    one = of_bank("B1")
    with on(DAY):
        written(checked("bank_list", [HEADS, LATE], one.finance), one.finance)
        assert checked("bank_list", [HEADS, LATE], one.finance).counts == {"rows": 1, "same": 1}
    with on(date(2025, 7, 8)):
        paid = [HEADS, "CD-B1,2025-07-10,2025-07-05,0,0.00,95000.00,2025-07-08"]
        written(checked("bank_list", paid, one.finance), one.finance)
        assert (Delinquency.objects.count(), one.loan.owed) == (0, 95_000_00)
        assert paid_of(one.loan) == [INSTALMENT, INSTALMENT, 0, 0]
        older = checked("bank_list", [HEADS, LATE.replace("07-01", "07-02")], one.finance)
        assert reasons(older) == {2: "已有 2025-07-08 的清单"}
        done = [HEADS, "CD-B1,,2025-07-08,0,0,0,2025-07-08"]
        written(checked("bank_list", done, one.finance), one.finance)
    assert (one.loan.state, one.loan.settled_on) == ("settled", date(2025, 7, 8))
    assert all(row.outstanding == 0 for row in contract_rows(one.loan))
    assert [(m.was, m.now) for m in BucketMove.objects.order_by("pk")] == [("M0", "M2"), ("M2", "M0")]


def test_a_line_taken_back_leaves_the_one_before() -> None:
    one = of_bank("B1")
    with on(DAY):
        written(checked("bank_list", [HEADS, LATE], one.finance), one.finance)
        paid = checked("bank_list", [HEADS, "CD-B1,,2025-07-01,0,0,0,2025-07-01"], one.finance)
        paid = written(paid, one.finance)
        assert (one.loan.state, standings_on(DAY).count()) == ("settled", 0)
        undone(paid, one.finance)
        assert (one.loan.state, one.loan.owed, standings_on(DAY).count()) == ("active", 97_457_81, 1)
        assert late() == (date(2025, 5, 10), "M2", 2, 6_084_38)
    assert BankLine.objects.filter(undone_at=None).count() == 1


def test_what_does_not_agree_is_a_bad_row() -> None:
    one = of_bank("B1")
    lend(name="OWN1")
    lines = [
        HEADS,
        "CD-B9,,,0,0,1.00,2025-07-01",
        "CD-OWN1,,,0,0,1.00,2025-07-01",
        "CD-B1,,,3,0,1.00,2025-07-01",
        "CD-B1,,,0,0,100000.01,2025-06-30",
        "CD-B1,,,0,0,1.00,2025-07-02",
        "CD-B1,,,200,5.00,1.00,2025-06-29",
        "CD-B1,,2025-04-09,0,0,0,2025-06-28",
        "CD-B1,,2025-06-28,0,0,0,2025-06-27",
    ]
    with on(DAY):
        assert reasons(checked("bank_list", lines, one.finance)) == {
            2: "没有贷款 CD-B9",
            3: "自营贷款以本公司账为准",
            4: "逾期天数与逾期金额须同时为 0 或同时大于 0",
            5: "余额超过贷款额 100,000.00 元",
            6: "数据日期须在放款日与今天之间",
            7: "逾期天数早于放款日",
            8: "实还日期须在 2025-04-10 与 2025-06-28 之间",
            9: "实还日期须在 2025-04-10 与 2025-06-27 之间",
        }
    assert not BankLine.objects.exists()
