"""Money on a loan, to the fen: in part, late, over, early, taken back, learnt of late, sent twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chedai.book.loans import selectors
from chedai.book.loans.close.billing import loans_bill
from chedai.book.loans.models import BucketMove, Delinquency, LoanEvent, OpenItem, Plan
from chedai.book.loans.services.keeping import loan_bring
from chedai.book.loans.services.receiving import receipt_reverse
from chedai.engine.waterfall import Component
from chedai.platform.actors import system
from chedai.platform.errors import Conflict, Refusal

from .lending import INSTALMENT, OUT, Lent, is_balanced, lend, on, stands

pytestmark = pytest.mark.django_db

FIRST = date(2025, 5, 10)
LATE = date(2025, 5, 30)


def bring(lent: Lent, day: date) -> None:
    with on(day):
        assert loan_bring(loan_id=lent.loan_id, day=day, actor=system("close"))


def test_a_loan_opens_with_its_plan_and_its_payout_in_the_ledger() -> None:
    lent = lend()
    loan = lent.loan
    assert (loan.owed, loan.credit, loan.state, loan.due_day, loan.first_due) == (100_000_00, 0, "active", 10, FIRST)
    assert Plan.objects.get(loan=loan).version == 1
    assert stands(FIRST, "1301", "1002") == {"1301": 100_000_00, "1002": -100_000_00}
    assert [(e.kind, e.amount, e.on) for e in selectors.rows_of(loan.pk)] == [
        ("disbursement", 100_000_00, loan.disbursed_on)
    ]


def test_an_instalment_on_its_day_leaves_nothing_open() -> None:
    lent = lend()
    receipt = lent.pay(INSTALMENT, FIRST)
    assert [(line.n, line.component, line.amount) for line in receipt.lines] == [
        (1, Component.INTEREST, 500_00),
        (1, Component.PRINCIPAL, 2_542_19),
    ]
    assert (receipt.owed, receipt.credit, receipt.number) == (97_457_81, 0, "CD-one-0002")
    assert lent.parts() == []
    assert stands(FIRST, "1301", "1132", "1133", "1002") == {
        "1301": 97_457_81,
        "1132": 0,
        "1133": -500_00,
        "1002": -100_000_00 + INSTALMENT,
    }


def test_a_late_part_pays_penalty_first_and_the_rest_stays_open() -> None:
    lent = lend()
    bring(lent, FIRST)
    assert lent.parts() == [(1, 2_542_19, 500_00, 0)]
    receipt = lent.pay(1_000_00, LATE)
    # 20 days at 9 % over 360: 12.71 on the principal, 2.50 on the interest.
    assert [(line.component, line.amount) for line in receipt.lines] == [
        (Component.PENALTY, 15_21),
        (Component.INTEREST, 500_00),
        (Component.PRINCIPAL, 484_79),
    ]
    item = OpenItem.objects.get()
    assert (item.principal, item.interest, item.late_principal, item.late_interest) == (
        2_057_40,
        0,
        484_79 * 20,
        500_00 * 20,
    )
    late = Delinquency.objects.get()
    assert (late.since, late.bucket, late.missed, late.overdue) == (FIRST, "M1", 1, 2_057_40)
    assert stands(LATE, "6012", "1132", "1301") == {"6012": 15_21, "1132": 0, "1301": 100_000_00 - 484_79}


def test_catching_up_cures_and_the_moves_are_kept() -> None:
    lent = lend()
    lent.pay(1_000_00, LATE)
    lent.pay(2_057_40 + 52, date(2025, 5, 31))
    assert (lent.parts(), Delinquency.objects.count()) == ([], 0)
    assert [(m.was, m.now) for m in BucketMove.objects.order_by("pk")] == [("M0", "M1"), ("M1", "M0")]


def test_money_beyond_what_is_due_is_held_and_pays_on_the_day() -> None:
    lent = lend()
    receipt = lent.pay(5_000_00, FIRST)
    assert (receipt.owed, receipt.credit) == (97_457_81, 5_000_00 - INSTALMENT)
    assert stands(FIRST, "2241") == {"2241": 1_957_81}
    bring(lent, date(2025, 6, 10))
    assert lent.loan.credit == 0
    # The second instalment is 487.29 of interest; what was held pays it and a part of the principal.
    assert lent.parts() == [(2, INSTALMENT - 1_957_81, 0, 0)]
    assert stands(date(2025, 6, 10), "2241", "1301") == {"2241": 0, "1301": 97_457_81 - (1_957_81 - 487_29)}


def test_the_same_key_is_the_same_receipt() -> None:
    lent = lend()
    first = lent.pay(INSTALMENT, FIRST, key="abc")
    again = lent.pay(INSTALMENT, FIRST, key="abc", booked=LATE)
    assert again == first
    assert LoanEvent.objects.filter(kind="repayment").count() == 1
    with pytest.raises(Conflict) as refused:
        lent.pay(INSTALMENT + 1, FIRST, key="abc")
    assert refused.value.code == "key-used"


def test_what_is_taken_back_never_happened() -> None:
    lent = lend()
    bring(lent, FIRST)
    before = stands(FIRST, "1301", "1132", "1002", "1133", "6012")
    receipt = lent.pay(INSTALMENT, FIRST)
    with on(FIRST):
        receipt_reverse(event_id=receipt.event_id, reason="记错贷款", actor=lent.money)
    assert stands(FIRST, "1301", "1132", "1002", "1133", "6012") == before
    assert lent.parts() == [(1, 2_542_19, 500_00, 0)]
    with on(FIRST), pytest.raises(Conflict) as refused:
        receipt_reverse(event_id=receipt.event_id, reason="再来", actor=lent.money)
    assert refused.value.code == "reversed-already"


def test_a_key_takes_back_one_receipt_and_no_other() -> None:
    lent, other = lend(), lend(name="two")
    first, second, third = lent.pay(100_00, FIRST), lent.pay(200_00, FIRST), other.pay(300_00, FIRST)
    with on(FIRST):
        done = receipt_reverse(event_id=first.event_id, reason="记错贷款", actor=lent.money, key="r1")
        assert receipt_reverse(event_id=first.event_id, reason="记错贷款", actor=lent.money, key="r1") == done
        for wrong in (second, third):
            with pytest.raises(Conflict) as refused:
                receipt_reverse(event_id=wrong.event_id, reason="记错贷款", actor=lent.money, key="r1")
            assert refused.value.code == "key-used"


def test_a_receipt_learnt_of_late_counts_from_its_day_and_the_statement_knows_both() -> None:
    lent = lend()
    lent.pay(1_000_00, LATE)
    lent.pay(INSTALMENT, FIRST, booked=date(2025, 6, 2))
    # The instalment was paid in time after all: no penalty, and the 1,000.00 is held for June.
    assert lent.parts() == []
    assert lent.loan.credit == 1_000_00
    assert stands(date(2025, 6, 2), "6012", "2241") == {"6012": 0, "2241": 1_000_00}
    loan = lent.loan
    then = selectors.loan_state(loan, LATE, known_on=LATE)
    now = selectors.loan_state(loan, LATE)
    assert (then.rows[0].penalties, then.rows[0].outstanding) == (15_21, 2_057_40)
    assert (now.rows[0].penalties, now.rows[0].outstanding) == (0, 0)
    lines = selectors.account_of(loan, date(2025, 6, 2)).lines
    assert [(line.event.kind, line.event.amount) for line in lines] == [
        ("disbursement", 100_000_00),
        ("repayment", 1_000_00),
        ("repayment", INSTALMENT),
    ]
    assert is_balanced(date(2025, 6, 2))


@pytest.mark.parametrize(
    ("amount", "day", "key", "code"),
    [
        (0, FIRST, "k", "amount-none"),
        (1, date(2025, 4, 9), "k", "day-outside"),
        (1, FIRST, " ", "key-missing"),
    ],
)
def test_what_is_no_receipt_is_refused_and_changes_nothing(amount: int, day: date, key: str, code: str) -> None:
    lent = lend()
    with pytest.raises(Refusal) as refused:
        lent.pay(amount, day, key=key, booked=FIRST)
    assert refused.value.code == code
    assert LoanEvent.objects.count() == 1


def test_what_the_night_billed_by_columns_is_not_billed_again_by_the_counter() -> None:
    lent = lend()
    after = FIRST + timedelta(1)
    with on(after):
        loans_bill(day=after, actor=system("close"), after=0)
    assert (lent.parts(), lent.loan.worked_on) == ([(1, 2_542_19, 500_00, 0)], OUT)
    assert stands(FIRST, "1132", "1133") == {"1132": 500_00, "1133": -500_00}
    lent.pay(INSTALMENT, FIRST, booked=after)
    assert lent.parts() == []
    assert stands(after, "1132", "1133", "1301") == {"1132": 0, "1133": -500_00, "1301": 97_457_81}
