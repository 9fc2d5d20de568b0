"""Advances to banks: who books and who approves, how what comes back is split, what stands against the margin."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.book.advances import selectors
from chedai.book.advances.models import Advance, AdvanceRecovery, MarginMove, RecoveryPart
from chedai.book.advances.rules import Exposure, split
from chedai.book.advances.services import advance_make, advance_recover, advance_withdraw, margin_move
from chedai.book.advances.states import AdvanceReason, MarginKind
from chedai.book.ledger.models import JournalEntry
from chedai.book.loans.models import Loan
from chedai.catalog.starter.services import catalogue_load_starter
from chedai.org.models import AuthorityLimit
from chedai.platform.actors import Actor, system
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.errors import Conflict, NotAllowed, Refusal
from tests import cast
from tests.book.loans.lending import Lent, lend, on, stands

DAY = date(2025, 9, 1)
PAPER = b"%PDF-1.4\n%receipt\n%%EOF\n"


PAID_OUT = date(2025, 4, 10)
"""The day the bank's money went out."""


@pytest.fixture
def bank(db: None) -> Lent:
    """A loan of the bank Jianghe with 80,000.00 still owed."""
    made = lend()
    Loan.objects.filter(pk=made.loan_id).update(book="bank", lender_code="jianghe", owed=80_000_00)
    catalogue_load_starter(actor=system("test"))
    return made


def pay(lent: Lent, amount: int, key: str, day: date = DAY) -> Advance:
    with on(DAY):
        return advance_make(
            loan_id=lent.loan_id,
            amount=amount,
            paid_on=day,
            reason=AdvanceReason.INSTALMENT,
            reference="HD-1",
            name="回单.pdf",
            content=PAPER,
            actor=lent.money,
            key=key,
        )


def back(lent: Lent, amount: int, key: str, stated: dict[int, int] | None = None, day: date = DAY) -> AdvanceRecovery:
    with on(DAY):
        return advance_recover(
            loan_id=lent.loan_id,
            amount=amount,
            received_on=day,
            reference="SK-1",
            actor=lent.money,
            key=key,
            stated=stated,
        )


def move_margin(by: Actor, kind: MarginKind, amount: int, key: str) -> MarginMove:
    with on(DAY):
        return margin_move(lender_code="jianghe", kind=kind, amount=amount, on=DAY, reference="BZ-1", actor=by, key=key)


def test_an_advance_is_booked_once_and_comes_back_oldest_first_or_as_stated(bank: Lent) -> None:
    second = pay(bank, 3_000_00, "b", date(2025, 8, 5))
    first = pay(bank, 2_000_00, "a", date(2025, 7, 5))
    assert pay(bank, 2_000_00, "a").pk == first.pk
    with pytest.raises(Conflict, match="used for something else"):
        pay(bank, 2_000_01, "a")
    assert stands(DAY, "1221", "1002")["1221"] == 5_000_00
    made = back(bank, 2_500_00, "r")
    assert back(bank, 2_500_00, "r").pk == made.pk
    parts = list(made.parts.order_by("pk").values_list("advance_id", "amount"))
    assert parts == [(first.pk, 2_000_00), (second.pk, 500_00)]
    for amount, stated, code in (
        (2_500_01, None, "beyond-advances"),
        (100_00, {second.pk: 99_99}, "parts-not-exact"),
        (100_00, {first.pk: 100_00}, "part-too-large"),
    ):
        with pytest.raises(Refusal) as refused:
            back(bank, amount, f"x{amount}", stated)
        assert refused.value.code == code
    back(bank, 100_00, "s", {second.pk: 100_00})
    left = {one.pk: one.outstanding for one in selectors.advances_of(bank.loan_id)}
    assert left == {first.pk: 0, second.pk: 2_400_00}
    assert stands(DAY, "1221") == {"1221": 2_400_00}
    assert (AdvanceRecovery.objects.count(), RecoveryPart.objects.count()) == (2, 3)


def test_above_the_amount_of_the_policy_another_person_approves_before_anything_is_posted(bank: Lent) -> None:
    with pytest.raises(Refusal, match=r"set a limit of authority for loan\.advance first"):
        pay(bank, 5_000_01, "big")
    AuthorityLimit.objects.create(
        action="loan.advance", role="manager", amount=50_000_00, deviation=0, since=date(2025, 1, 1)
    )
    manager, entries = cast.person("xu", "许宁", bank.loan.store, "manager"), JournalEntry.objects.count()
    made = pay(bank, 5_000_01, "big")
    assert (made.state, JournalEntry.objects.count()) == ("asked", entries)
    with pytest.raises(Refusal) as refused:
        back(bank, 1, "early")
    assert refused.value.code == "beyond-advances"
    assert made.approval is not None
    with on(DAY):
        approval_decide(
            approval_id=made.approval.pk,
            verdict=Verdict.APPROVE,
            digest=made.approval.digest,
            capacities=frozenset({"manager"}),
            actor=cast.acting(manager),
        )
    made.refresh_from_db()
    assert (made.state, stands(DAY, "1221")) == ("paid", {"1221": 5_000_01})


def test_who_asked_for_an_advance_takes_it_back_before_it_is_approved(bank: Lent) -> None:
    limit = {"amount": 50_000_00, "deviation": 0, "since": date(2025, 1, 1)}
    AuthorityLimit.objects.create(action="loan.advance", role="manager", **limit)
    entries = JournalEntry.objects.count()
    made, small = pay(bank, 5_000_01, "big"), pay(bank, 1_00, "small")
    with on(DAY):
        with pytest.raises(NotAllowed):
            advance_withdraw(advance_id=made.pk, actor=cast.acting(bank.officer))
        back = advance_withdraw(advance_id=made.pk, actor=bank.money)
        assert back.approval is not None
        assert (back.state, back.approval.state, back.outstanding) == ("refused", "withdrawn", 0)
        for one in (made, small):
            with pytest.raises(Conflict, match="decided already"):
                advance_withdraw(advance_id=one.pk, actor=bank.money)
    assert JournalEntry.objects.count() == entries + 1
    assert stands(DAY, "1221") == {"1221": 1_00}


def test_a_loan_of_our_own_needs_none_and_no_advance_is_without_its_receipt(bank: Lent) -> None:
    own = lend(name="two")
    with pytest.raises(Conflict, match="needs no advance"):
        pay(own, 100, "own")
    with on(DAY), pytest.raises(Refusal) as refused:
        advance_make(
            loan_id=bank.loan_id,
            amount=100,
            paid_on=DAY,
            reason=AdvanceReason.GUARANTEE,
            reference="HD-1",
            name="",
            content=b"",
            actor=bank.money,
            key="none",
        )
    assert (refused.value.code, Advance.objects.count()) == ("proof-missing", 0)


def test_nothing_is_advanced_before_the_payout_and_nothing_comes_back_before_it_was_advanced(bank: Lent) -> None:
    with pytest.raises(Refusal, match="between 2025-04-10 and 2025-09-01") as refused:
        pay(bank, 100, "early", PAID_OUT - timedelta(1))
    assert (refused.value.code, refused.value.field) == ("day-outside", "paid_on")
    assert refused.value.zh == "日期须在 2025-04-10 与 2025-09-01 之间"
    assert (Advance.objects.count(), stands(DAY, "1221")) == (0, {"1221": 0})
    pay(bank, 100, "first", PAID_OUT)
    later = pay(bank, 100, "later", date(2025, 7, 5))
    for amount, stated, first in ((1, None, PAID_OUT), (101, None, later.paid_on), (1, {later.pk: 1}, later.paid_on)):
        with pytest.raises(Refusal, match=f"between {first} and") as refused:
            back(bank, amount, "r", stated, first - timedelta(1))
        assert (refused.value.code, refused.value.field) == ("day-outside", "received_on")
    assert (AdvanceRecovery.objects.count(), stands(DAY, "1221")) == (0, {"1221": 200})
    back(bank, 101, "r", None, later.paid_on)


def test_a_bank_is_seen_with_its_margin_against_what_is_outstanding(bank: Lent) -> None:
    pay(bank, 3_000_00, "a")
    back(bank, 1_000_00, "r")
    move_margin(bank.money, MarginKind.DEPOSIT, 20_000_00, "m1")
    move_margin(bank.money, MarginKind.WITHDRAWAL, 4_000_00, "m2")
    with pytest.raises(Refusal) as refused:
        move_margin(bank.money, MarginKind.WITHDRAWAL, 16_000_01, "m3")
    assert (refused.value.code, refused.value.zh) == ("beyond-margin", "保证金余额只有 16,000.00 元")
    (seen,) = selectors.exposures()
    assert seen == Exposure("jianghe", 1, 80_000_00, 3_000_00, 1_000_00, 16_000_00)
    assert (seen.outstanding, seen.cover) == (2_000_00, 20_000_000)
    assert stands(DAY, "1031", "1221") == {"1031": 16_000_00, "1221": 2_000_00}


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=12), st.data())
def test_a_split_is_exact_oldest_first_and_never_more_than_an_advance(waiting: list[int], data: st.DataObject) -> None:
    rows = list(enumerate(waiting))
    amount = data.draw(st.integers(1, sum(waiting)))
    parts = split(rows, amount)
    assert sum(parts.values()) == amount
    assert all(0 < part <= waiting[at] for at, part in parts.items())
    touched = sorted(parts)
    assert touched == list(range(len(touched)))
    assert all(parts[at] == waiting[at] for at in touched[:-1])
    assert split(rows, amount, parts) == parts
