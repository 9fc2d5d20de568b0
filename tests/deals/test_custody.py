"""Custody: one holder at any time, a hand-over needs its receiver, and what a count misses is listed until answered."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from chedai.book.closing.selectors import closure_of, items_of
from chedai.book.closing.services import closure_complete, closure_item_drop, closure_item_finish
from chedai.book.closing.states import ClosingItem
from chedai.book.loans.models import Loan
from chedai.book.loans.selectors import payoff_quote
from chedai.book.loans.services.receiving import loan_settle_early
from chedai.deals.custody import selectors
from chedai.deals.custody.models import CountFinding, CountTick, CustodyCount, CustodyItem, Holding, Movement
from chedai.deals.custody.privacy import custody_erase
from chedai.deals.custody.rules import Courier, Holder
from chedai.deals.custody.services.counting import (
    count_close,
    count_open,
    count_tick,
    count_untick,
    finding_settle,
)
from chedai.deals.custody.services.leaving import custody_held, custody_pass_on
from chedai.deals.custody.services.moving import custody_enter, custody_recall, custody_return, custody_send
from chedai.deals.custody.states import CustodyKind, HolderKind
from chedai.deals.pipeline.services import deal_lose
from chedai.deals.pipeline.states import LostReason
from chedai.platform import clock
from chedai.platform.audit import triggers
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import NotFound, Refusal
from tests import cast
from tests.book.loans.lending import lend, on
from tests.conftest import MOMENT
from tests.deals.custody import COURIER, CUSTOMER, Vault, to_safe, to_staff, vault
from tests.support.racing import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

BOOK, KEY = CustodyKind.GREEN_BOOK, CustodyKind.KEY


@pytest.fixture
def safe() -> Vault:
    return vault()


def back() -> date:
    return clock.business_date() + timedelta(days=10)


def where(label: str) -> tuple[str, str, str]:
    """Who holds it, where, and who is to take it over."""
    one = selectors.holding_read(label)
    who = {"safe": one.store and one.store.code, "staff": one.staff and one.staff.user.display_name}
    return one.holder, str(who.get(one.holder) or one.party), one.next_holder


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, check=lambda raised: raised.code == code)


def test_a_thing_comes_in_with_a_label_of_its_own(safe: Vault) -> None:
    first, second = safe.enter(), safe.enter(KEY, "A-2", "")
    assert (first, second) == (f"{safe.deal.number}-G1", f"{safe.deal.number}-K1")
    assert safe.enter(KEY, "A-2", "") == f"{safe.deal.number}-K2"
    assert where(first) == ("safe", "A1", "")
    assert selectors.holding_read(first).item.number is not None
    with refused("number-missing"):
        safe.enter(number=" ")
    officer = cast.acting(safe.officer)
    with refused("not-keeper"):
        custody_enter(deal_id=safe.deal.pk, kind=KEY, number="", shelf="A-1", actor=officer)
    mine = custody_enter(deal_id=safe.deal.pk, kind=KEY, number="", shelf="", actor=officer)
    assert where(mine.item.label) == ("staff", "林晓", "")
    assert CustodyItem.objects.count() == Holding.objects.count() == Movement.objects.count() == 4


def test_a_hand_over_waits_for_its_receiver(safe: Vault) -> None:
    label = safe.enter()
    with refused("back-missing"):
        safe.send(label, to_staff(safe.officer), safe.keeper)
    with refused("back-early"):
        safe.send(label, to_staff(safe.officer), safe.keeper, clock.business_date())
    with refused("not-keeper"):
        safe.send(label, to_staff(safe.officer), safe.officer, back())
    safe.send(label, to_staff(safe.officer), safe.keeper, back())
    assert where(label) == ("safe", "A1", "staff")
    assert selectors.holding_read(label).due_on == clock.business_date() + timedelta(days=3)
    with refused("on-its-way"):
        safe.send(label, to_staff(safe.second), safe.keeper, back())
    with refused("not-yours"):
        safe.receive(label, safe.second)
    safe.receive(label, safe.officer)
    assert where(label) == ("staff", "林晓", "")
    assert selectors.holding_read(label).due_on == back()
    with refused("not-holder"):
        safe.send(label, to_safe(safe.store), safe.keeper)
    safe.send(label, to_safe(safe.store), safe.officer)
    with refused("not-keeper"):
        safe.receive(label, safe.away, "A-1")
    with refused("shelf-missing"):
        safe.receive(label, safe.keeper)
    safe.receive(label, safe.keeper, "B-1")
    assert where(label) == ("safe", "A1", "")
    assert selectors.holding_read(label).due_on is None
    acts = [one.act for one in selectors.movements_of(selectors.holding_read(label).item_id)]
    assert acts == ["receive", "send", "receive", "send", "enter"]


def test_who_gives_a_thing_does_not_receive_it(safe: Vault) -> None:
    mine = custody_enter(deal_id=safe.deal.pk, kind=KEY, number="", shelf="", actor=cast.acting(safe.keeper))
    safe.send(mine.item.label, to_safe(safe.store), safe.keeper)
    with refused("own-receipt"):
        safe.receive(mine.item.label, safe.keeper, "A-1")
    safe.receive(mine.item.label, safe.second, "A-1")
    assert where(mine.item.label) == ("safe", "A1", "")


def test_a_courier_carries_it_to_another_store_which_answers_from_then_on(safe: Vault) -> None:
    label = safe.enter()
    with refused("waybill-missing"):
        safe.send(label, to_safe(safe.other), safe.keeper, courier=Courier("顺丰", " "))
    sent = safe.send(label, to_safe(safe.other), safe.keeper, courier=COURIER)
    assert where(label) == ("courier", "顺丰", "safe")
    assert (sent.waybill, sent.store_id, sent.staff_id, sent.answers_id) == ("SF1001", None, None, safe.store.pk)
    with refused("not-keeper"):
        safe.receive(label, safe.keeper, "A-1")
    assert safe.receive(label, safe.away, "C-9").answers_id == safe.other.pk
    assert where(label) == ("safe", "B2", "")
    sent = safe.send(label, to_safe(safe.store), safe.away, courier=COURIER)
    back_again = custody_recall(label=label, seen=sent.seq, actor=cast.acting(safe.away), shelf="C-9")
    assert (back_again.holder, back_again.store_id, back_again.waybill) == ("safe", safe.other.pk, "")


def test_a_customer_borrows_it_and_signs(safe: Vault) -> None:
    label = safe.enter()
    sent = safe.send(label, CUSTOMER, safe.keeper, back())
    custody_recall(label=label, seen=sent.seq, actor=cast.acting(safe.second))
    assert where(label) == ("safe", "A1", "")
    safe.send(label, CUSTOMER, safe.keeper, back())
    with refused("proof-missing"):
        safe.receive(label, safe.keeper)
    safe.receive(label, safe.keeper, proof="王芳")
    assert where(label) == ("customer", "", "")
    with clock.frozen(clock.now() + timedelta(days=11)):
        late = selectors.holdings_seen(Q(due_on__lt=clock.business_date()))
        assert [one.item.label for one in late] == [label]
    safe.receive(label, safe.keeper, "A-1")
    assert where(label) == ("safe", "A1", "")
    custody_erase([safe.deal.customer_id])
    assert "王芳" not in [str(m.proof.text) for m in Movement.objects.filter(proof__isnull=False)]


def test_nobody_and_somebody_who_left_get_nothing(safe: Vault) -> None:
    label = safe.enter()
    for kind in (HolderKind.COURIER, HolderKind.GONE):
        with refused("to-nobody"):
            safe.send(label, Holder(kind=kind, party="x"), safe.keeper, back())
    with pytest.raises(NotFound):
        safe.send(label, Holder(kind=HolderKind.BANK, party="nowhere"), safe.keeper)
    gone = cast.person("lao", "老周", safe.store, "officer")
    type(gone).objects.filter(pk=gone.pk).update(left_on=clock.business_date())
    with refused("no-such-staff"):
        safe.send(label, to_staff(gone), safe.keeper, back())
    with refused("same-holder"):
        safe.send(label, to_safe(safe.store), safe.keeper)
    assert Movement.objects.count() == 1


def test_of_two_who_move_it_at_once_one_wins(safe: Vault) -> None:
    label = safe.enter()
    seen = selectors.holding_read(label).seq
    safe.send(label, to_staff(safe.officer), safe.keeper, back())
    with refused("moved-meanwhile"):
        custody_send(label=label, to=to_staff(safe.second), seen=seen, actor=cast.acting(safe.second), back_by=back())
    assert where(label) == ("safe", "A1", "staff")
    assert Movement.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_eight_who_send_it_at_the_same_moment_are_one_hand_over_and_seven_conflicts(safe: Vault) -> None:
    label = safe.enter()
    to, day = to_staff(safe.officer), back()

    def send(number: int) -> Holding:
        with clock.frozen(MOMENT):
            return custody_send(label=label, to=to, seen=1, actor=cast.acting(safe.keeper), back_by=day)

    results = race(send, 8)
    assert sorted(type(one).__name__ for one in results) == ["Conflict"] * 7 + ["Holding"]
    assert Movement.objects.count() == 2
    assert where(label) == ("safe", "A1", "staff")


def test_the_database_holds_one_holder_and_keeps_what_happened(safe: Vault) -> None:
    label = safe.enter()
    row = Holding.objects.filter(item__label=label)
    for wrong in (
        {"staff": safe.officer},
        {"store": None},
        {"holder": "staff"},
        {"holder": "courier", "store": None, "party": "顺丰", "waybill": "1"},
        {"holder": "bank", "store": None},
    ):
        with pytest.raises(IntegrityError, match="custody_one_holder"), transaction.atomic():
            row.update(**wrong)
    for table in import_module("chedai.deals.migrations.0005_append_only").TABLES:
        triggers.protect(connection.schema_editor(), table)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Movement.objects.update(shelf="B-9")


def test_a_count_lists_what_is_missing_and_what_should_not_be_there(safe: Vault) -> None:
    here, lost, out = safe.enter(), safe.enter(KEY, "A-2", ""), safe.enter(KEY, "A-3", "")
    safe.send(out, to_safe(safe.other), safe.keeper, courier=COURIER)
    keeper = cast.acting(safe.keeper)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        count = count_open(store_id=safe.store.pk, actor=keeper)
        with refused("count-open"):
            count_open(store_id=safe.store.pk, actor=cast.acting(safe.second))
        with refused("no-label"):
            count_tick(count_id=count.pk, label="13800138000", actor=keeper)
        assert count_tick(count_id=count.pk, label=f" {here.lower()} ", actor=keeper)
        assert not count_tick(count_id=count.pk, label=here, actor=keeper)
        count_tick(count_id=count.pk, label=out, actor=keeper)
        count_tick(count_id=count.pk, label=lost, actor=keeper)
        count_untick(count_id=count.pk, label=lost, actor=keeper)
    with clock.frozen(clock.now() + timedelta(hours=2)):
        moved = safe.enter(KEY, "A-4", "")
        done = count_close(count_id=count.pk, actor=keeper)
    assert (done.state, done.expected, done.seen) == ("closed", 3, 2)
    assert moved not in CountFinding.objects.values_list("label", flat=True)
    found = {(one.kind, one.label) for one in selectors.findings_of(count.pk)}
    assert found == {("missing", lost), ("unexpected", out)}
    assert CountTick.objects.count() == 2
    with refused("count-closed"):
        count_tick(count_id=count.pk, label=lost, actor=keeper)
    with refused("missing-open"):
        safe.send(lost, to_staff(safe.officer), safe.keeper, back())
    assert [one.lost for one in selectors.holdings_of(safe.deal.pk)] == [False, True, False, False]


def counted(safe: Vault) -> CountFinding:
    """A key that a count of the keeper missed."""
    safe.enter(KEY, "A-2", "")
    with clock.frozen(clock.now() + timedelta(hours=1)):
        count = count_open(store_id=safe.store.pk, actor=cast.acting(safe.keeper))
        count_close(count_id=count.pk, actor=cast.acting(safe.keeper))
    return CountFinding.objects.get(count=count)


def test_what_is_missing_is_open_until_it_is_found(safe: Vault) -> None:
    missing = counted(safe)
    with clock.frozen(clock.now() + timedelta(days=1)):
        again = count_open(store_id=safe.store.pk, actor=cast.acting(safe.keeper))
        count_close(count_id=again.pk, actor=cast.acting(safe.keeper))
    assert CountFinding.objects.count() == 1
    with refused("reason-missing"):
        finding_settle(finding_id=missing.pk, write_off=False, reason=" ", actor=cast.acting(safe.keeper))
    finding_settle(finding_id=missing.pk, write_off=False, reason="夹在隔壁格", actor=cast.acting(safe.keeper))
    with refused("finding-settled"):
        finding_settle(finding_id=missing.pk, write_off=False, reason="又找到", actor=cast.acting(safe.keeper))
    safe.send(missing.label, to_staff(safe.officer), safe.keeper, back())
    assert where(missing.label) == ("safe", "A1", "staff")


def test_what_is_lost_is_written_off_by_another_person_and_may_turn_up(safe: Vault) -> None:
    missing = counted(safe)
    with refused("own-count"):
        finding_settle(finding_id=missing.pk, write_off=True, reason="遗失", actor=cast.acting(safe.keeper))
    assert where(missing.label) == ("safe", "A1", "")
    finding_settle(finding_id=missing.pk, write_off=True, reason="遗失，已补办", actor=cast.acting(safe.second))
    assert where(missing.label) == ("gone", "", "")
    with refused("written-off"):
        safe.send(missing.label, to_staff(safe.officer), safe.keeper, back())
    safe.receive(missing.label, safe.keeper, "A-2")
    assert where(missing.label) == ("safe", "A1", "")


def test_what_is_unexpected_is_explained_and_not_written_off(safe: Vault) -> None:
    with clock.frozen(clock.now() + timedelta(hours=1)):
        count = count_open(store_id=safe.store.pk, actor=cast.acting(safe.keeper))
        count_tick(count_id=count.pk, label="Z9-202601-0001-K1", actor=cast.acting(safe.keeper))
        count_close(count_id=count.pk, actor=cast.acting(safe.keeper))
    found = CountFinding.objects.get()
    assert (found.kind, found.item) == ("unexpected", None)
    with refused("nothing-missing"):
        finding_settle(finding_id=found.pk, write_off=True, reason="多出", actor=cast.acting(safe.second))
    finding_settle(finding_id=found.pk, write_off=False, reason="外店寄存", actor=cast.acting(safe.keeper))
    assert [one.unsettled for one in selectors.counts_seen(Q())] == [False]
    assert CustodyCount.objects.count() == 1


def test_who_leaves_passes_on_what_they_hold(safe: Vault) -> None:
    label = custody_enter(
        deal_id=safe.deal.pk, kind=KEY, number="", shelf="", actor=cast.acting(safe.officer)
    ).item.label
    assert custody_held(safe.officer.pk) == 1
    assert custody_pass_on(safe.officer.pk, safe.second.pk, cast.acting(safe.keeper)) == 1
    assert custody_held(safe.officer.pk) == 0
    assert where(label) == ("staff", "林晓", "staff")
    safe.receive(label, safe.second)
    assert where(label) == ("staff", "钱进", "")


def test_a_lost_deal_gives_everything_back_but_the_house_keeps_its_contract(safe: Vault) -> None:
    book, contract = safe.enter(), safe.enter(CustodyKind.CONTRACT, "C-1", "")
    keeper = cast.acting(safe.keeper)
    with refused("deal-lives"):
        custody_return(deal_id=safe.deal.pk, proof="王芳", actor=keeper)
    deal_lose(deal_id=safe.deal.pk, reason=LostReason.OTHER, note="不买了", actor=keeper)
    assert custody_return(deal_id=safe.deal.pk, proof="王芳", actor=keeper) == 1
    assert (where(book)[0], where(contract)[0]) == ("customer", "safe")
    assert AuditEntry.objects.filter(action="custody.release").count() == 1


def test_the_end_of_a_loan_gives_back_what_is_in_custody(safe: Vault) -> None:
    lent = lend()
    Loan.objects.filter(pk=lent.loan_id).update(deal=safe.deal)
    day = date(2026, 11, 10)
    with on(day):
        book, key = safe.enter(), safe.enter(KEY, "A-2", "")
        sum_ = payoff_quote(lent.loan, day).total
        loan_settle_early(loan_id=lent.loan_id, amount=sum_, received_on=day, actor=lent.money, key="off")
        closure = closure_of(lent.loan_id)
        assert closure is not None
        papers = next(one for one in items_of(closure.pk) if one.kind == ClosingItem.PAPERS)
        safe.send(key, to_staff(safe.officer), safe.keeper, day + timedelta(days=5))
        with refused("papers-kept"):
            closure_item_drop(item_id=papers.pk, reason="没有收过", actor=lent.money)
        with refused("on-its-way"):
            closure_item_finish(item_id=papers.pk, reference="王芳", done_on=day, actor=lent.money)
        assert (where(book), where(key)) == (("safe", "A1", ""), ("safe", "A1", "staff"))
        safe.receive(key, safe.officer)
        closure_item_finish(item_id=papers.pk, reference="王芳", done_on=day, actor=lent.money)
        assert (where(book), where(key)) == (("customer", "", ""), ("customer", "", ""))
        for one in items_of(closure.pk):
            if one.state == "open" and one.kind != ClosingItem.CERTIFICATE:
                closure_item_drop(item_id=one.pk, reason="没有", actor=lent.money)
        late = safe.enter(KEY, "A-3", "")
        with refused("papers-kept"):
            closure_complete(closure_id=closure.pk, actor=lent.money)
    assert where(late) == ("safe", "A1", "")
