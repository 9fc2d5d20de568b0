"""A loan whose events make no plan is put aside with its reason, stays payable, and its money is safe."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.book.ledger.rules import Unbalanced
from chedai.book.loans import selectors, working
from chedai.book.loans.changes import Voiding, Waiving
from chedai.book.loans.close.nightly import accrue
from chedai.book.loans.cohorts import AccrualCohort, accrued_on
from chedai.book.loans.models import LoanChange, LoanEvent, ParkedMoney
from chedai.book.loans.services.changing import ACTION, loan_change_ask, loan_change_preview
from chedai.book.loans.services.keeping import loan_bring, loan_heal, quarantine
from chedai.book.loans.services.receiving import Receipt, loan_prepay, loan_repay, loan_settle_early, receipt_reverse
from chedai.book.loans.states import Channel
from chedai.engine.life.events import PrepaymentChoice
from chedai.engine.waterfall import Component
from chedai.org.models import AuthorityLimit, Staff
from chedai.platform.actors import system
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.work import work
from tests import cast

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


def approve(asked: LoanChange, day: date = LATER) -> LoanChange:
    """Another person approves."""
    manager = Staff.objects.filter(user__username="xu").first() or cast.person("xu", "许宁", cast.store(), "manager")
    assert asked.approval is not None
    with on(day):
        approval_decide(
            approval_id=asked.approval.pk,
            verdict=Verdict.APPROVE,
            digest=asked.approval.digest,
            capacities=frozenset({"manager"}),
            actor=cast.acting(manager),
            opinion="同意",
        )
    asked.refresh_from_db()
    return asked


def ask(lent: Lent, *events: int, day: date = LATER) -> LoanChange:
    """Ask that these events be void."""
    change = Voiding(on=day, events=events)
    AuthorityLimit.objects.get_or_create(
        action=ACTION, since=date(2025, 1, 1), role="manager", amount=200_000_00, deviation=0
    )
    with on(day):
        seen = loan_change_preview(loan_id=lent.loan_id, change=change)
        return loan_change_ask(
            loan_id=lent.loan_id, change=change, digest=seen.digest, reason="日期录错", actor=lent.money
        )


def heal(lent: Lent, *events: int) -> None:
    """The event that leaves no plan is void: one asks, another approves."""
    assert approve(ask(lent, *(events or (2,)))).state == "done"


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
    # The instalment of the 10th is ten days late: 7.61 of penalty, 500.00 of interest, the rest is principal.
    assert (loan.quarantine, broken.parts(), loan.due_day) == ("", [(1, 7_61, 0, 0)], 10)
    assert stands(LATER, "2242", "1132", "6012") == {"2242": 0, "1132": 0, "6012": 7_61}
    assert ParkedMoney.objects.get().applied_on == LATER
    assert loan.owed == stands(LATER, "1301")["1301"] == 100_000_00 - (INSTALMENT - 500_00 - 7_61)
    assert is_balanced(LATER)


def test_a_prepayment_and_its_fee_named_both_are_void_once() -> None:
    lent = lend()
    lower = PrepaymentChoice.LOWER_INSTALMENT
    with on(FIRST), work():
        loan_prepay(
            loan_id=lent.loan_id, amount=20_000_00, received_on=FIRST, choice=lower, actor=lent.money, key="pre"
        )
        quarantine(selectors.loan_lock(lent.loan_id), "测试|test", system("close"))
    heal(lent, 3, 2)
    taken_back = LoanEvent.objects.filter(loan_id=lent.loan_id, kind="reversal").order_by("of__seq")
    assert list(taken_back.values_list("of__seq", "of__kind")) == [(2, "charge"), (3, "prepayment")]
    assert (lent.loan.owed, lent.loan.quarantine) == (100_000_00, "")
    assert is_balanced(LATER)


def test_a_healed_loan_accrues_as_before(broken: Lent) -> None:
    sound = lend(name="sound")
    with on(LATER):
        assert loan_bring(loan_id=sound.loan_id, day=LATER, actor=system("close"))
    alone = accrued_on(LATER)
    heal(broken)
    assert accrued_on(LATER) == 2 * alone > 0


def test_an_event_is_void_once_another_person_approves_and_stays_in_the_account(broken: Lent) -> None:
    asked = ask(broken, 2)
    assert (asked.state, broken.loan.quarantine != "") == ("asked", True)
    with on(LATER), pytest.raises(Refusal):
        approval_decide(
            approval_id=asked.approval.pk if asked.approval else 0,
            verdict=Verdict.APPROVE,
            digest=asked.approval.digest if asked.approval else "",
            capacities=frozenset({"manager"}),
            actor=broken.money,
            opinion="同意",
        )
    assert broken.loan.quarantine
    done = approve(asked)
    lines = selectors.account_of(broken.loan, LATER).lines
    assert [(one.event.seq, one.event.kind, one.taken_back) for one in lines] == [
        (1, "disbursement", False),
        (2, "due_date_shift", True),
        (3, "reversal", False),
    ]
    assert (done.state, done.event.of.seq if done.event and done.event.of else 0) == ("done", 2)


def test_a_void_lapses_where_money_came_in_meanwhile(broken: Lent) -> None:
    asked = ask(broken, 2)
    receipt = broken.pay(100_00, LATER)
    assert (receipt.parked, approve(asked).state, broken.loan.quarantine != "") == (True, "lapsed", True)
    heal(broken)
    assert (broken.loan.quarantine, stands(LATER, "2242")) == ("", {"2242": 0})


@pytest.mark.parametrize(
    ("events", "code"),
    [((), "events-missing"), ((1,), "not-reversible"), ((9,), "no-such-event"), ((3,), "taken-back-alone")],
)
def test_what_cannot_be_void_is_refused_at_its_field(broken: Lent, events: tuple[int, ...], code: str) -> None:
    broken.pay(100_00, LATER)
    with on(LATER), pytest.raises(Refusal) as refused:
        loan_change_preview(loan_id=broken.loan_id, change=Voiding(on=LATER, events=events))
    assert (refused.value.code, refused.value.field) == (code, "events")


def test_a_void_that_leaves_no_plan_either_is_refused_and_two_events_may_go_together(broken: Lent) -> None:
    body = b'{"due":"2025-05-11","to":"2025-05-21"}'
    LoanEvent.objects.create(
        loan=broken.loan,
        seq=3,
        kind="due_date_shift",
        on=FIRST,
        recorded_on=FIRST,
        body=body,
        channel="system",
        at="2025-05-10T00:00Z",
    )
    type(broken.loan).objects.update(last_seq=3)
    with pytest.raises(Refusal) as refused:
        ask(broken, 2)
    assert refused.value.code == "event-refused"
    heal(broken, 2, 3)
    assert (broken.loan.quarantine, broken.loan.due_day) == ("", 10)


def test_a_loan_in_order_has_nothing_to_void() -> None:
    lent = lend()
    with pytest.raises(Conflict) as refused:
        ask(lent, 1)
    assert refused.value.code == "not-quarantined"


def break_booked(lent: Lent, seq: int, **wrong: object) -> None:
    """What was booked can be replayed no more, as after a change of the program."""
    LoanEvent.objects.filter(loan=lent.loan_id, seq=seq).update(**wrong)
    with on(LATER):
        assert not loan_bring(loan_id=lent.loan_id, day=LATER, actor=system("close"))
    assert lent.loan.quarantine


def test_a_booked_receipt_that_makes_no_plan_goes_back_with_its_money() -> None:
    lent = lend()
    lent.pay(INSTALMENT, FIRST)
    break_booked(lent, 2, on=date(2025, 4, 1))
    heal(lent, 2)
    assert lent.parts() == [(1, 2_542_19, 500_00, 0)]
    assert stands(LATER, "1002", "1301", "1132", "2241") == {
        "1002": -100_000_00,
        "1301": 100_000_00,
        "1132": 500_00,
        "2241": 0,
    }
    with on(LATER):
        accrue(day=LATER, actor=system("close"))
    assert stands(LATER, "6011", "1133") == {"6011": 500_00 + accrued_on(LATER), "1133": accrued_on(LATER)}
    assert is_balanced(LATER)


def test_a_booked_waiver_that_makes_no_plan_asks_for_its_interest_again() -> None:
    lent = lend()
    with on(LATER):
        assert loan_bring(loan_id=lent.loan_id, day=LATER, actor=system("close"))
    change = Waiving(on=LATER, component=Component.INTEREST, amount=300_00)
    AuthorityLimit.objects.create(action=ACTION, since=date(2025, 1, 1), role="manager", amount=10**9, deviation=0)
    with on(LATER):
        seen = loan_change_preview(loan_id=lent.loan_id, change=change)
        given = {"loan_id": lent.loan_id, "change": change, "digest": seen.digest}
        assert approve(loan_change_ask(reason="协商", actor=lent.money, **given)).state == "done"
    assert stands(LATER, "1132") == {"1132": 200_00}
    break_booked(lent, 2, amount=900_00)
    heal(lent, 2)
    with on(LATER):
        accrue(day=LATER, actor=system("close"))
    assert lent.parts() == [(1, 2_542_19, 500_00, 0)]
    assert stands(LATER, "1132", "6011") == {"1132": 500_00, "6011": 500_00 + accrued_on(LATER)}
    assert is_balanced(LATER)


def unbalanced(monkeypatch: pytest.MonkeyPatch) -> None:
    def explain_nothing(*args: object, **kwargs: object) -> None:
        raise Unbalanced(7_00)

    monkeypatch.setattr(working, "postings", explain_nothing)


WHY = "账务不平，7.00 元没有来历|the books do not explain 7.00 yuan of the money"


def test_books_that_do_not_balance_put_a_loan_aside_in_the_night(monkeypatch: pytest.MonkeyPatch) -> None:
    lent = lend()
    unbalanced(monkeypatch)
    with on(FIRST):
        assert not loan_bring(loan_id=lent.loan_id, day=FIRST, actor=system("close"))
    assert (lent.loan.quarantine, lent.loan.worked_on, lent.parts()) == (WHY, date(2025, 4, 10), [])


@pytest.mark.django_db(transaction=True)
def test_books_that_do_not_balance_are_refused_at_the_counter_and_parked_from_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lent = lend()
    unbalanced(monkeypatch)
    with pytest.raises(Refusal) as refused:
        lent.pay(INSTALMENT, FIRST)
    assert (refused.value.code, f"{refused.value.zh}|{refused.value.en}") == ("unbalanced", WHY)
    assert (LoanEvent.objects.count(), lent.loan.last_seq, lent.loan.quarantine) == (1, 1, "")
    with on(FIRST):
        receipt = loan_repay(
            loan_id=lent.loan_id, amount=INSTALMENT, received_on=FIRST, actor=lent.money, key="f", park=True
        )
    assert (receipt.parked, lent.loan.quarantine, stands(FIRST, "2242")) == (True, WHY, {"2242": INSTALMENT})
    monkeypatch.undo()
    with on(FIRST):
        loan_heal(loan_id=lent.loan_id, reason="程序已更正", actor=lent.money)
    assert (lent.loan.owed, stands(FIRST, "2242", "1301")) == (97_457_81, {"2242": 0, "1301": 97_457_81})


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
