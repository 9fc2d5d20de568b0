"""A loan whose events make no plan is put aside with its reason, stays payable, and its money is safe."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.book.loans import selectors
from chedai.book.loans.cohorts import AccrualCohort
from chedai.book.loans.models import LoanEvent, ParkedMoney
from chedai.book.loans.services.keeping import loan_bring, loan_heal
from chedai.book.loans.services.receiving import Receipt, loan_repay, loan_settle_early, receipt_reverse
from chedai.book.loans.states import Channel
from chedai.platform.actors import system
from chedai.platform.errors import Conflict, Refusal

from .lending import INSTALMENT, Lent, is_balanced, lend, on, stands

pytestmark = pytest.mark.django_db

FIRST, LATER = date(2025, 5, 10), date(2025, 5, 20)


@pytest.fixture
def broken() -> Lent:
    """A moved due date that names a day on which nothing is due: no plan can be told from these events."""
    lent = lend()
    loan = lent.loan
    body = b'{"due":"2025-05-11","to":"2025-05-20"}'
    with on(FIRST):
        LoanEvent.objects.create(
            loan=loan,
            seq=2,
            kind="due_date_shift",
            on=FIRST,
            recorded_on=FIRST,
            body=body,
            channel="system",
            at="2025-05-10T00:00Z",
        )
        type(loan).objects.filter(pk=loan.pk).update(last_seq=2)
        assert not loan_bring(loan_id=loan.pk, day=FIRST, actor=system("close"))
    return lent


def heal(lent: Lent) -> None:
    wrong = LoanEvent.objects.get(kind="due_date_shift")
    LoanEvent.objects.filter(pk=wrong.pk).update(body=b'{"due":"2025-05-10","to":"2025-05-20"}')
    with on(LATER):
        loan_heal(loan_id=lent.loan_id, reason="更正日期", actor=lent.money)


def test_the_close_leaves_it_out_and_says_why(broken: Lent) -> None:
    loan = broken.loan
    assert loan.quarantine == (
        "due 第 2 行:不是本贷款的还款日(现为 2025-05-11)|due, row 2: is no due date of the loan (got 2025-05-11)"
    )
    assert (loan.owed, AccrualCohort.objects.filter(interest__gt=0).count()) == (100_000_00, 0)
    with on(FIRST):
        assert not loan_bring(loan_id=loan.pk, day=FIRST, actor=system("close"))


def test_it_stays_payable_and_the_money_is_parked_until_it_is_healed(broken: Lent) -> None:
    receipt = broken.pay(INSTALMENT, LATER, key="p1")
    assert (receipt.parked, receipt.lines) == (True, ())
    assert broken.pay(INSTALMENT, LATER, key="p1") == receipt
    assert stands(LATER, "2242", "1301") == {"2242": INSTALMENT, "1301": 100_000_00}
    heal(broken)
    loan = broken.loan
    assert (loan.quarantine, broken.parts(), loan.due_day) == ("", [], 20)
    assert stands(LATER, "2242", "1132") == {"2242": 0, "1132": 0}
    assert ParkedMoney.objects.get().applied_on == LATER
    assert loan.owed == stands(LATER, "1301")["1301"] == 100_000_00 - (INSTALMENT - 661_29)
    assert AccrualCohort.objects.filter(interest__gt=0).exists()
    assert is_balanced(LATER)


def test_parked_money_can_go_back(broken: Lent) -> None:
    receipt = broken.pay(INSTALMENT, LATER)
    with on(LATER):
        receipt_reverse(event_id=receipt.event_id, reason="付错", actor=broken.money)
    assert stands(LATER, "2242", "1002") == {"2242": 0, "1002": -100_000_00}
    heal(broken)
    assert (stands(LATER, "2242", "1301"), broken.loan.credit) == ({"2242": 0, "1301": 100_000_00}, 0)


def test_who_heals_says_what_was_done_and_a_plan_must_come_of_it(broken: Lent) -> None:
    for reason, code in (("", "reason-missing"), ("看过了", "event-refused")):
        with on(LATER), pytest.raises(Refusal) as refused:
            loan_heal(loan_id=broken.loan_id, reason=reason, actor=broken.money)
        assert refused.value.code == code
    assert broken.loan.quarantine
    heal(broken)
    with on(LATER), pytest.raises(Conflict):
        loan_heal(loan_id=broken.loan_id, reason="再看", actor=broken.money)


def test_money_a_bank_file_brings_for_a_settled_loan_is_parked_and_the_loan_put_aside() -> None:
    lent = lend()
    with on(FIRST):
        total = selectors.payoff_quote(lent.loan, FIRST).total
        loan_settle_early(loan_id=lent.loan_id, amount=total, received_on=FIRST, actor=lent.money, key="off")

    def file(key: str, *, park: bool) -> Receipt:
        with on(LATER):
            return loan_repay(
                loan_id=lent.loan_id,
                amount=100_00,
                received_on=LATER,
                actor=lent.money,
                key=key,
                channel=Channel.BANK_FILE,
                park=park,
            )

    with pytest.raises(Refusal):
        file("f1", park=False)
    receipt = file("f1", park=True)
    assert (receipt.parked, lent.loan.quarantine) == (
        True,
        "贷款已于 2025-05-10 结清|comes after the loan was closed on 2025-05-10",
    )
    assert file("f1", park=True) == receipt
    with on(LATER):
        receipt_reverse(event_id=receipt.event_id, reason="退回客户", actor=lent.money)
        loan_heal(loan_id=lent.loan_id, reason="已退回客户", actor=lent.money)
    assert (lent.loan.state, lent.loan.quarantine, stands(LATER, "2242")) == ("settled", "", {"2242": 0})
