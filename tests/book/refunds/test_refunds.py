"""A credit goes back to who paid it: asked for by one, approved by another, on the account and in the ledger once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from chedai.book.closing.selectors import closure_of
from chedai.book.closing.services import closure_complete
from chedai.book.ledger.models import JournalEntry
from chedai.book.loans import selectors as loans
from chedai.book.loans.changes import Reversing
from chedai.book.loans.models import LoanChange, LoanEvent
from chedai.book.loans.proof.proving import book_prove
from chedai.book.loans.services.changing import ACTION as CHANGE
from chedai.book.loans.services.changing import loan_change_ask, loan_change_preview
from chedai.book.loans.services.receiving import receipt_reverse
from chedai.book.refunds.models import CreditRefund
from chedai.book.refunds.privacy import refunds_erase
from chedai.book.refunds.rules import Payee
from chedai.book.refunds.selectors import refunds_of
from chedai.book.refunds.services import ACTION, refund_ask
from chedai.engine.daycount import add_months
from chedai.org.models import AuthorityLimit, Staff
from chedai.platform.approvals import selectors as approvals
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.errors import Conflict, Refusal
from tests import cast
from tests.book.loans.lending import AGREED, OUT, TERMS, Lent, is_balanced, lend, on, stands

pytestmark = pytest.mark.django_db

DUE = add_months(OUT, 1)
OWED, OVER = 100_500_00, 188_00
"""The one instalment with its interest; what came in beyond it."""
LATER = DUE + timedelta(2)
ONE = replace(AGREED, terms=replace(TERMS, periods=1))


@pytest.fixture
def lent() -> Lent:
    """One instalment, paid on its day with 188.00 too much: the loan is settled and holds a credit."""
    made = lend(ONE)
    AuthorityLimit.objects.create(action=ACTION, since=OUT, role="manager", amount=10_000_00, deviation=0)
    cast.person("xu", "许宁", made.loan.store, "manager")
    made.pay(OWED + OVER, DUE)
    assert (made.loan.state, made.loan.credit) == ("settled", OVER)
    return made


def payee(lent: Lent, **changes: str) -> Payee:
    holder = lent.loan.customer.name.in_full()
    return Payee(**{"bank": "江河银行", "holder": holder, "account": "6222 0212 3456 7890 123"} | changes)


def ask(lent: Lent, amount: int, key: str = "r", **changes: str) -> CreditRefund:
    with on(LATER):
        return refund_ask(loan_id=lent.loan_id, amount=amount, payee=payee(lent, **changes), actor=lent.money, key=key)


def decide(asked: CreditRefund, verdict: Verdict = Verdict.APPROVE, by: str = "xu") -> CreditRefund:
    manager = asked.loan.store.staff.get(user__username=by)
    with on(LATER):
        approval_decide(
            approval_id=asked.approval_id,
            verdict=verdict,
            digest=asked.approval.digest,
            capacities=frozenset({"manager"}),
            actor=cast.acting(manager),
            opinion="同意",
        )
    asked.refresh_from_db()
    return asked


def take_back(lent: Lent, event: LoanEvent, by: Staff | None = None, verdict: Verdict = Verdict.APPROVE) -> LoanChange:
    """Finance asks for the reversal of a refund, the manager decides."""
    change = Reversing(on=LATER, event=event.seq)
    if not AuthorityLimit.objects.filter(action=CHANGE).exists():
        AuthorityLimit.objects.create(action=CHANGE, since=OUT, role="manager", amount=10_000_00, deviation=0)
    with on(LATER):
        digest = loan_change_preview(loan_id=lent.loan_id, change=change).digest
        asked = loan_change_ask(loan_id=lent.loan_id, change=change, digest=digest, reason="银行退回", actor=lent.money)
        assert asked.approval is not None
        approval_decide(
            approval_id=asked.approval.pk,
            verdict=verdict,
            digest=asked.approval.digest,
            capacities=frozenset({"manager"}),
            actor=cast.acting(by or lent.loan.store.staff.get(user__username="xu")),
            opinion="同意",
        )
    asked.refresh_from_db()
    return asked


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, check=lambda raised: raised.code == code)


def test_a_credit_goes_back_once_another_person_agreed(lent: Lent) -> None:
    entries = JournalEntry.objects.count()
    asked = ask(lent, OVER)
    assert (asked.state, asked.number, JournalEntry.objects.count()) == ("asked", "TK-CD-one-1", entries)
    assert ask(lent, OVER).pk == asked.pk
    with refused("key-used"):
        ask(lent, OVER - 1)
    with refused("refund-asked"):
        ask(lent, 1, "s")
    assert stands(LATER, "2241", "1002") == {"2241": OVER, "1002": 500_00 + OVER}
    paid = decide(asked)
    assert paid.event is not None
    assert (paid.state, paid.event.kind, paid.event.amount) == ("paid", "refund", OVER)
    assert stands(LATER, "2241", "1002") == {"2241": 0, "1002": 500_00}
    assert (lent.loan.credit, lent.loan.state) == (0, "settled")
    assert is_balanced(LATER)
    assert JournalEntry.objects.count() == entries + 1
    with on(LATER):
        account = loans.account_of(lent.loan, LATER)
        assert [(line.event.kind, line.event.reference) for line in account.lines][-1] == ("refund", "TK-CD-one-1")
        assert account.credit == 0
        assert loans.account_of(lent.loan, LATER, DUE).credit == OVER  # as known then
        assert book_prove(LATER).differences == []
    with refused("beyond-credit"):
        ask(lent, 1, "t")


def test_a_refund_is_no_more_than_the_credit_and_goes_to_who_paid(lent: Lent) -> None:
    for amount, code in ((0, "amount-none"), (OVER + 1, "beyond-credit")):
        with refused(code):
            ask(lent, amount)
    for changes, code in (
        ({"holder": "李四"}, "holder-other"),
        ({"account": "12"}, "account-form"),
        ({"bank": " "}, "bank-missing"),
    ):
        with refused(code):
            ask(lent, OVER, **changes)
    living = lend(name="two")
    with refused("not-settled"):
        ask(living, 1)
    assert CreditRefund.objects.count() == 0


def test_a_house_that_set_nobody_to_approve_refunds_is_told_what_to_set(lent: Lent) -> None:
    AuthorityLimit.objects.all().delete()
    with pytest.raises(Refusal) as told:
        ask(lent, OVER)
    assert (told.value.code, told.value.zh, told.value.en) == (
        "no-authority-set",
        "还没有设定由谁审批：请先在“审批权限额度”中设定事项 loan.refund",
        "nobody is set to agree to this: set a limit of authority for loan.refund first",
    )
    assert CreditRefund.objects.count() == 0


def test_a_refund_that_nobody_agreed_to_or_whose_credit_is_gone_pays_nothing(lent: Lent) -> None:
    turned_down = decide(ask(lent, OVER), Verdict.DECLINE)
    assert (turned_down.state, turned_down.event) == ("refused", None)
    asked = ask(lent, OVER, "s")
    receipt = LoanEvent.objects.get(kind="repayment")
    with on(LATER):
        receipt_reverse(event_id=receipt.pk, reason="退票", actor=lent.money)
    lapsed = decide(asked)
    assert (lapsed.state, lapsed.event, lent.loan.state) == ("lapsed", None, "active")
    assert LoanEvent.objects.filter(kind="refund").count() == 0


def test_the_receipt_of_a_refunded_credit_stands_until_the_refund_is_taken_back(lent: Lent) -> None:
    paid = decide(ask(lent, 100_00))
    receipt = LoanEvent.objects.get(kind="repayment")
    with on(LATER):
        with refused("credit-refunded"):
            receipt_reverse(event_id=receipt.pk, reason="退票", actor=lent.money)
        assert (lent.loan.credit, stands(LATER, "2241")) == (88_00, {"2241": 88_00})
    assert paid.event is not None
    assert take_back(lent, paid.event).state == "done"
    with on(LATER):
        assert (lent.loan.credit, stands(LATER, "2241", "1002")) == (OVER, {"2241": OVER, "1002": 500_00 + OVER})
        assert book_prove(LATER).differences == []
        receipt_reverse(event_id=receipt.pk, reason="退票", actor=lent.money)
    assert (lent.loan.state, lent.loan.credit) == ("active", 0)
    assert is_balanced(LATER)


def test_a_refund_two_agreed_on_is_taken_back_by_two_with_authority_over_its_money(lent: Lent) -> None:
    event = decide(ask(lent, 100_00)).event
    assert event is not None
    before = LoanEvent.objects.count(), JournalEntry.objects.count()
    with on(LATER), refused("agreed-by-two"):
        receipt_reverse(event_id=event.pk, reason="银行退回", actor=lent.money)
    limits = AuthorityLimit.objects.filter(action=CHANGE)
    limits.create(action=CHANGE, since=OUT, role="manager", amount=99_99, deviation=0)
    with refused("beyond-all-authority"):
        take_back(lent, event)
    limits.update(amount=100_00)
    with refused("maker-is-checker"), transaction.atomic():
        take_back(lent, event, by=lent.finance)
    assert (LoanEvent.objects.count(), JournalEntry.objects.count()) == before
    assert stands(LATER, "2241") == {"2241": 88_00}
    done = take_back(lent, event, verdict=Verdict.DECLINE)
    assert (done.state, LoanEvent.objects.filter(of=event).exists()) == ("refused", False)
    done = take_back(lent, event)
    assert done.approval is not None and done.event is not None
    assert approvals.content(done.approval)["money"] == "100.00"
    assert (done.state, done.event.of_id, lent.loan.credit, lent.loan.state) == ("done", event.pk, OVER, "settled")
    assert stands(LATER, "2241", "1002") == {"2241": OVER, "1002": 500_00 + OVER}
    with refused("reversed-already"):
        take_back(lent, event)
    assert decide(ask(lent, OVER, "again")).state == "paid"
    assert [(one.amount, one.taken_back) for one in refunds_of(lent.loan_id)] == [(OVER, False), (100_00, True)]
    with on(LATER):
        assert book_prove(LATER).differences == []


def test_no_loan_is_closed_while_it_holds_its_customers_money(lent: Lent) -> None:
    closure = closure_of(lent.loan_id)
    assert closure is not None
    closure.items.update(state="none")
    with on(LATER), pytest.raises(Conflict, match="is held for the customer"):
        closure_complete(closure_id=closure.pk, actor=lent.money)
    decide(ask(lent, OVER))
    with on(LATER):
        assert closure_complete(closure_id=closure.pk, actor=lent.money).state == "complete"
    (one,) = refunds_of(lent.loan_id)
    refunds_erase([lent.loan.customer_id])
    one.refresh_from_db()
    assert one.account.in_full() == ""
