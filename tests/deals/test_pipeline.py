"""A deal on its road: numbers, moves, clocks, hand-overs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Q

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.deals.pipeline.models import Deal, StageEntry
from chedai.deals.pipeline.selectors import bottlenecks, deal_of_number, notes_of, stages_of
from chedai.deals.pipeline.services import (
    deal_advance,
    deal_describe,
    deal_hand_over,
    deal_lose,
    deal_open,
    deal_turn,
    deals_count,
    deals_move,
    note_write,
)
from chedai.deals.pipeline.states import MOVES, DealState, LostReason, Mode, Stage, Turn
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotFound, Refusal
from tests import cast
from tests.conftest import MOMENT
from tests.house import House, build
from tests.support.racing import race

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def house() -> House:
    with clock.frozen(MOMENT):
        return build()


def opened(house: House, officer: Staff | None = None) -> Deal:
    who = officer or house.officer
    customer = customer_register(
        kind=CustomerKind.PERSON, name="王建国", store_id=who.home_id, owner_id=who.pk, actor=cast.acting(who)
    )
    return deal_open(
        customer_id=customer.pk,
        store_id=who.home_id,
        mode=Mode.DEALER_DESK,
        officer_id=who.pk,
        vehicle="海豚 荣耀版",
        actor=cast.acting(who),
    )


def advance(deal: Deal, to: Stage, house: House, owner: Staff | None = None) -> Deal:
    return deal_advance(
        deal_id=deal.pk,
        to=to,
        owner_id=owner.pk if owner else None,
        turn=Turn.OFFICER,
        next_step="",
        actor=cast.acting(house.officer),
    )


def rows() -> list[tuple[object, ...]]:
    return [*Deal.objects.order_by("pk").values_list(), *StageEntry.objects.order_by("pk").values_list()]


def test_numbers_count_within_store_and_month(house: House) -> None:
    with clock.frozen(MOMENT):
        numbers = [opened(house).number, opened(house).number, opened(house, house.nobody).number]
    with clock.frozen(MOMENT + timedelta(days=15)):
        numbers.append(opened(house).number)
    assert numbers == ["A1-202611-0001", "A1-202611-0002", "B2-202611-0001", "A1-202612-0001"]


def test_the_number_after_9999_is_10000(house: House) -> None:
    with clock.frozen(MOMENT):
        first = opened(house)
        Deal.objects.filter(pk=first.pk).update(number="A1-202611-9999")
        assert [opened(house).number, opened(house).number] == ["A1-202611-10000", "A1-202611-10001"]


def test_a_deal_goes_up_and_each_stage_has_its_own_clock(house: House) -> None:
    with clock.frozen(MOMENT):
        deal = opened(house)
    with clock.frozen(MOMENT + timedelta(hours=3)):
        advance(deal, Stage.APPLICATION, house)
    with clock.frozen(MOMENT + timedelta(hours=5)):
        moved = advance(deal, Stage.DECISION, house, house.approver)
    assert (moved.owner, moved.stage_since) == (house.approver, MOMENT + timedelta(hours=5))
    stays = [(s.stage, s.entered_at - MOMENT, s.left_at and s.left_at - MOMENT) for s in stages_of(deal.pk)]
    assert stays == [
        ("quote", timedelta(0), timedelta(hours=3)),
        ("application", timedelta(hours=3), timedelta(hours=5)),
        ("decision", timedelta(hours=5), None),
    ]


@pytest.mark.usefixtures("held_clock")
def test_no_stage_can_be_skipped(house: House) -> None:
    deal = opened(house)
    before = rows()
    for to in set(Stage) - MOVES[Stage.QUOTE]:
        with pytest.raises(Conflict, match="cannot go from quote"):
            advance(deal, to, house)
    assert rows() == before


@pytest.mark.usefixtures("held_clock")
def test_a_second_round_in_a_stage_is_counted(house: House) -> None:
    deal = opened(house)
    for to in (Stage.APPLICATION, Stage.DECISION, Stage.APPLICATION):
        advance(deal, to, house)
    assert [(s.stage, s.round) for s in stages_of(deal.pk)] == [
        ("quote", 1),
        ("application", 1),
        ("decision", 1),
        ("application", 2),
    ]


def test_the_clock_of_a_turn_starts_anew_only_when_the_turn_changes(house: House) -> None:
    with clock.frozen(MOMENT):
        deal, actor = opened(house), cast.acting(house.officer)
    with clock.frozen(MOMENT + timedelta(hours=1)):
        said = deal_turn(deal_id=deal.pk, turn=Turn.OFFICER, next_step="补收入证明", actor=actor)
        assert said.turn_since == MOMENT
    with clock.frozen(MOMENT + timedelta(hours=2)):
        said = deal_turn(deal_id=deal.pk, turn=Turn.CUSTOMER, next_step="上传流水", actor=actor)
        assert (said.turn_since, said.next_step) == (MOMENT + timedelta(hours=2), "上传流水")


def test_a_hand_over_keeps_the_clock_and_needs_a_reason(house: House) -> None:
    with clock.frozen(MOMENT):
        deal, actor = opened(house), cast.acting(house.manager)
    before = rows()
    with clock.frozen(MOMENT + timedelta(hours=4)):
        for owner, reason in ((house.colleague.pk, " "), (999_999, "休假")):
            with pytest.raises(Refusal):
                deal_hand_over(deal_id=deal.pk, owner_id=owner, reason=reason, actor=actor)
        assert rows() == before
        given = deal_hand_over(deal_id=deal.pk, owner_id=house.colleague.pk, reason="休假", actor=actor)
    assert (given.owner, given.officer, given.stage_since) == (house.colleague, house.officer, MOMENT)
    assert [(s.owner, s.entered_at, s.left_at) for s in stages_of(deal.pk)] == [(house.colleague, MOMENT, None)]


@pytest.mark.usefixtures("held_clock")
def test_a_lost_deal_is_closed_for_good(house: House) -> None:
    deal, actor = opened(house), cast.acting(house.officer)
    lost = deal_lose(deal_id=deal.pk, reason=LostReason.PAID_CASH, note="", actor=actor)
    assert (lost.state, lost.turn, lost.closed_at) == (DealState.LOST, Turn.NOBODY, MOMENT)
    before = rows()
    with pytest.raises(Conflict, match=r"deal-lost|deal-closed"):
        advance(deal, Stage.APPLICATION, house)
    with pytest.raises(Conflict, match=r"deal-lost|deal-closed"):
        deal_lose(deal_id=deal.pk, reason=LostReason.OTHER, note="", actor=actor)
    with pytest.raises(Conflict, match=r"deal-lost|deal-closed"):
        deal_hand_over(deal_id=deal.pk, owner_id=house.colleague.pk, reason="休假", actor=actor)
    assert rows() == before


@pytest.mark.usefixtures("held_clock")
def test_money_paid_out_is_not_lost(house: House) -> None:
    deal, actor = opened(house), cast.acting(house.officer)
    for to in (Stage.APPLICATION, Stage.DECISION, Stage.CONTRACT, Stage.DISBURSEMENT, Stage.COLLATERAL):
        advance(deal, to, house)
    before = rows()
    with pytest.raises(Conflict, match="deal-funded"):
        deal_lose(deal_id=deal.pk, reason=LostReason.OTHER, note="", actor=actor)
    assert rows() == before
    done = advance(deal, Stage.COMPLETE, house)
    assert (done.state, done.closed_at) == (DealState.FUNDED, MOMENT)


@pytest.mark.usefixtures("held_clock")
def test_what_lists_show_is_recorded_only_when_it_changes(house: House) -> None:
    deal, actor = opened(house), cast.acting(house.officer)
    for _ in range(2):
        deal_describe(deal_id=deal.pk, amount=10_000_000, lender_code="jh", lender_name="江河银行", actor=actor)
    told = AuditEntry.objects.filter(action="deal.described")
    assert (told.count(), deal_of_number(deal.number.lower()).amount) == (1, 10_000_000)
    with pytest.raises(NotFound):
        deal_of_number("A1-202611-0009")


@pytest.mark.usefixtures("held_clock")
def test_a_leavers_deals_go_over_in_one_act(house: House) -> None:
    mine, other = opened(house), opened(house, house.colleague)
    advance(other, Stage.APPLICATION, house, house.officer)
    assert (deals_count(house.officer.pk), deals_count(house.colleague.pk)) == (2, 1)
    assert deals_move(house.officer.pk, house.manager.pk, cast.acting(house.admin)) == 2
    assert deals_count(house.officer.pk) == 0
    assert {(d.pk, d.officer, d.owner) for d in Deal.objects.all()} == {
        (mine.pk, house.manager, house.manager),
        (other.pk, house.colleague, house.manager),
    }


def test_bottlenecks_give_half_and_nine_of_ten(house: House) -> None:
    hours = (1, 2, 3, 4, 5, 6, 7, 8, 9, 30)
    for long in hours:
        with clock.frozen(MOMENT):
            deal = opened(house)
        with clock.frozen(MOMENT + timedelta(hours=long)):
            advance(deal, Stage.APPLICATION, house)
    found = bottlenecks(Q(), MOMENT, MOMENT + timedelta(hours=40))
    assert [(b.stage, b.stays, b.p50, b.p90, b.waiting) for b in found] == [
        (Stage.QUOTE, 10, timedelta(hours=5), timedelta(hours=9), 0),
        (Stage.APPLICATION, 10, timedelta(hours=34), timedelta(hours=38), 10),
    ]
    assert bottlenecks(Q(pk=0), MOMENT, MOMENT) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_once_take_different_numbers(house: House) -> None:
    numbers = race(lambda _: opened(house).number, 8)
    assert [n for n in numbers if isinstance(n, Exception)] == []
    assert sorted(numbers) == [f"A1-202611-{n:04}" for n in range(1, 9)]


@pytest.mark.usefixtures("held_clock")
def test_a_note_is_kept_sealed_and_the_log_does_not_quote_it(house: House) -> None:
    deal, actor = opened(house), cast.acting(house.officer)
    for empty in (" ", "x" * 1001):
        with pytest.raises(Refusal):
            note_write(deal_id=deal.pk, staff_id=house.officer.pk, text=empty, pinned=False, actor=actor)
    note_write(deal_id=deal.pk, staff_id=house.officer.pk, text=" 电话 13812345678，周五来 ", pinned=True, actor=actor)
    [note] = notes_of(deal.pk)
    assert (note.text.in_full(), note.author, note.pinned) == ("电话 13812345678，周五来", house.officer, True)
    assert b"13812345678" not in b"".join(bytes(e.body) for e in AuditEntry.objects.all())
