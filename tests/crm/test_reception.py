"""Reception: the queue and its waits, leads that always have a next date, needs with their versions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Q

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.models import Customer
from chedai.crm.customers.services import customer_register
from chedai.crm.reception import leads, services
from chedai.crm.reception.models import Lead, LeadContact, Need, Visit
from chedai.crm.reception.selectors import (
    conversion_by_screening,
    conversion_by_source,
    first_responses,
    leads_by_next,
    leads_due,
    needs_of,
    queue,
    waits_on,
)
from chedai.crm.reception.states import Channel, LeadLost, LeadState, Outcome, Purpose, Source
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.errors import Conflict, Refusal, Refusals
from tests import cast
from tests.conftest import MOMENT
from tests.house import House, build
from tests.support.racing import race

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
SOON = date(2026, 11, 22)


@pytest.fixture
def house() -> Iterator[House]:
    with clock.frozen(MOMENT):
        yield build()


def visit(house: House, phone: str = "", name: str = "王女士", **more: Any) -> Visit:
    asked: dict[str, Any] = {
        "store_id": house.east.pk,
        "staff_id": house.colleague.pk,
        "name": name,
        "phone": phone,
        "purpose": Purpose.LOOK,
        "source": Source.WALK_IN,
        "interest": "",
        "next_contact_on": SOON,
        "actor": cast.acting(house.colleague),
    }
    return services.visit_register(**{**asked, **more})


def lead(house: House, phone: str = "13800000001", owner: Staff | None = None, **more: Any) -> Lead:
    who = owner or house.officer
    asked: dict[str, Any] = {
        "store_id": house.east.pk,
        "owner_id": who.pk,
        "name": "赵先生",
        "phone": phone,
        "source": Source.ONLINE,
        "interest": "",
        "next_contact_on": SOON,
        "actor": cast.acting(who),
    }
    return leads.lead_register(**{**asked, **more})


def contact(house: House, found: Lead, next_on: date | None = SOON) -> LeadContact:
    return leads.lead_contact(
        lead_id=found.pk,
        staff_id=house.officer.pk,
        channel=Channel.CALL,
        outcome=Outcome.REACHED,
        note="周末来试驾",
        next_contact_on=next_on,
        actor=cast.acting(house.officer),
    )


def rows() -> list[Any]:
    return [list(model.objects.order_by("pk").values_list()) for model in (Visit, Lead, LeadContact, Need)]


def test_three_arrivals_and_two_desks_are_served_in_order_of_arrival(house: House) -> None:
    came = []
    for minute in (0, 3, 5):
        with clock.frozen(MOMENT + timedelta(minutes=minute)):
            came.append(visit(house, name=f"客户{minute}"))
    assert [v.ticket for v in came] == [1, 2, 3]
    served = []
    for minute, who in ((6, house.officer), (8, house.colleague), (20, house.officer)):
        with clock.frozen(MOMENT + timedelta(minutes=minute)):
            called = services.visit_next(store_id=house.east.pk, officer_id=who.pk, actor=cast.acting(who))
            assert called is not None
            served.append((called.ticket, called.served_at - called.arrived_at))
    assert served == [(1, timedelta(minutes=6)), (2, timedelta(minutes=5)), (3, timedelta(minutes=15))]
    figures = waits_on(house.east.pk, TODAY)
    assert (figures.visits, figures.served, figures.p50, figures.p90) == (
        3,
        3,
        timedelta(minutes=6),
        timedelta(minutes=15),
    )
    assert services.visit_next(store_id=house.east.pk, officer_id=1, actor=cast.acting(house.officer)) is None


def test_who_has_booked_is_called_from_their_time_on(house: House) -> None:
    first = visit(house, name="先到")
    booked = visit(house, name="预约", booked_for=MOMENT + timedelta(minutes=30))
    assert [v.pk for v in queue(house.east.pk)] == [first.pk, booked.pk]
    with clock.frozen(MOMENT + timedelta(minutes=30)):
        assert [v.pk for v in queue(house.east.pk)] == [booked.pk, first.pk]


def test_who_leaves_unserved_is_counted_and_cannot_be_called(house: House) -> None:
    gone = visit(house)
    services.visit_leave(visit_id=gone.pk, actor=cast.acting(house.colleague))
    before = rows()
    for again in (services.visit_leave, services.visit_serve):
        with pytest.raises(Conflict, match="visit-moved-on"):
            more = {"officer_id": house.officer.pk} if again is services.visit_serve else {}
            again(visit_id=gone.pk, actor=cast.acting(house.colleague), **more)
    assert rows() == before
    assert waits_on(house.east.pk, TODAY).left_unserved == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_call_at_once_get_two_people(house: House) -> None:
    for number in range(4):
        visit(house, name=f"客户{number}")
    actor = cast.acting(house.officer)

    def call(_: int) -> Visit | None:
        with clock.frozen(MOMENT):
            return services.visit_next(store_id=house.east.pk, officer_id=house.officer.pk, actor=actor)

    tickets = sorted(v.ticket for v in race(call, 4) if isinstance(v, Visit))
    assert tickets == [1, 2, 3, 4]


def test_a_known_phone_leads_to_the_customer_on_file_and_to_one_lead(house: House) -> None:
    known = customer_register(
        kind=CustomerKind.PERSON,
        name="王建国",
        phone="13800000009",
        store_id=house.west.pk,
        owner_id=house.officer.pk,
        actor=cast.acting(house.officer),
    )
    first, again = visit(house, "138 0000 0009"), visit(house, "13800000009")
    assert (first.customer, again.customer) == (known, known)
    assert (first.lead_id, Lead.objects.count()) == (again.lead_id, 1)


def test_a_visit_needs_a_name_a_right_phone_and_a_next_date(house: House) -> None:
    before = rows()
    with pytest.raises(Refusals) as refused:
        visit(house, "12345", name=" ", next_contact_on=date(2026, 11, 19))
    assert {r.field for r in refused.value.refusals} == {"name", "phone", "next_contact_on"}
    assert rows() == before


@pytest.mark.parametrize("days", [-2, 400])
def test_a_booking_is_for_within_a_year(house: House, days: int) -> None:
    before = rows()
    with pytest.raises(Refusals, match="booked-for"):
        visit(house, booked_for=MOMENT + timedelta(days=days))
    assert rows() == before


def test_serving_a_visit_makes_the_lead_theirs_and_stops_the_response_clock(house: House) -> None:
    came = visit(house, "13800000009")
    with clock.frozen(MOMENT + timedelta(minutes=12)):
        services.visit_serve(visit_id=came.pk, officer_id=house.officer.pk, actor=cast.acting(house.officer))
    found = Lead.objects.get()
    assert (found.owner, found.first_response_at) == (house.officer, MOMENT + timedelta(minutes=12))


def test_one_phone_is_one_lead_and_the_refusal_names_who_has_it(house: House) -> None:
    lead(house)
    before = rows()
    with pytest.raises(Conflict) as refused:
        lead(house, "+86 138-0000-0001", owner=house.colleague)
    assert refused.value.text("zh-hans") == "撞单：城东店 林晓 正在跟进"
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_of_two_who_reach_for_a_lead_one_has_it(house: House) -> None:
    found = lead(house, owner_id=None, next_contact_on=None)

    def take(number: int) -> Lead:
        with clock.frozen(MOMENT):
            who = (house.officer, house.colleague)[number % 2]
            return leads.lead_take(lead_id=found.pk, owner_id=who.pk, next_contact_on=SOON, actor=cast.acting(who))

    ended = race(take, 8)
    assert sum(isinstance(one, Lead) for one in ended) == 1
    assert sum(isinstance(one, Conflict) for one in ended) == 7


@pytest.mark.parametrize("next_on", [None, date(2026, 11, 19), date(2027, 3, 1)])
def test_no_contact_is_saved_without_a_next_date(house: House, next_on: date | None) -> None:
    found = lead(house)
    before = rows()
    with pytest.raises(Refusal):
        contact(house, found, next_on)
    assert rows() == before


def test_an_idle_lead_goes_to_the_pool_after_seven_days(house: House) -> None:
    idle, kept = lead(house), lead(house, "13800000002")
    with clock.frozen(MOMENT + timedelta(days=3)):
        contact(house, kept, date(2026, 11, 26))
    assert leads.leads_idle_to_pool(TODAY + timedelta(days=6)) == 0
    assert leads.leads_idle_to_pool(TODAY + timedelta(days=7)) == 1
    idle.refresh_from_db()
    kept.refresh_from_db()
    assert (idle.state, idle.owner, idle.next_contact_on, kept.state) == (LeadState.POOL, None, None, LeadState.OPEN)
    assert leads.leads_idle_to_pool(TODAY + timedelta(days=7)) == 0


def test_due_leads_stand_first_by_how_long_they_are_overdue(house: House) -> None:
    later, sooner = lead(house), lead(house, "13800000002", next_contact_on=TODAY)
    assert [one.pk for one in leads_due(house.officer.pk, TODAY)] == [sooner.pk]
    assert [one.pk for one in leads_due(house.officer.pk, SOON)] == [sooner.pk, later.pk]


def test_a_closed_lead_is_left_alone_and_its_phone_is_free(house: House) -> None:
    found = lead(house)
    leads.lead_lose(lead_id=found.pk, reason=LeadLost.NO_INTEREST, actor=cast.acting(house.officer))
    before = rows()
    with pytest.raises(Conflict, match="lead-not-open"):
        contact(house, found)
    assert rows() == before
    assert lead(house, owner=house.colleague).state == LeadState.OPEN


def test_conversion_by_source_gives_both_counts(house: House) -> None:
    customer = customer_register(
        kind=CustomerKind.PERSON,
        name="王建国",
        store_id=house.east.pk,
        owner_id=house.officer.pk,
        actor=cast.acting(house.officer),
    )
    won = lead(house, cost=12_000)
    lead(house, "13800000002", cost=8_000)
    lead(house, "13800000003", source=Source.REFERRAL)
    Lead.objects.filter(pk=won.pk).update(customer=customer)
    assert leads.leads_convert(customer_id=customer.pk, actor=cast.acting(house.officer)) == 1
    found = conversion_by_source(Q(), TODAY)
    assert [(f.source, f.leads, f.converted, f.cost) for f in found] == [
        ("online", 2, 1, 20_000),
        ("referral", 1, 0, 0),
    ]


def test_conversion_of_leads_that_passed_the_screening_and_of_those_that_did_not(house: House) -> None:
    passed = lead(house, source=Source.REFERRAL)
    lead(house, "13800000002", interest="启程 E5", source=Source.PHONE)
    lead(house, "13800000003")
    assert [one.score for one in Lead.objects.order_by("pk")] == [35, 35, 10]
    Lead.objects.filter(pk=passed.pk).update(state=LeadState.CONVERTED)
    found = conversion_by_screening(Q(), TODAY)
    assert [(one.passed, one.leads, one.converted) for one in found] == [(True, 2, 1), (False, 1, 0)]


def test_leads_stand_in_the_order_of_their_next_contact(house: House) -> None:
    late, soon = lead(house, next_contact_on=TODAY + timedelta(days=9)), lead(house, "13800000002")
    pooled = lead(house, "13800000003", owner_id=None, next_contact_on=None)
    assert list(leads_by_next(Q()).order_by("due_on")) == [soon, late, pooled]


def test_first_responses_by_person(house: House) -> None:
    quick, slow = lead(house), lead(house, "13800000002")
    lead(house, "13800000003", owner=house.colleague)
    with clock.frozen(MOMENT + timedelta(minutes=10)):
        contact(house, quick)
    with clock.frozen(MOMENT + timedelta(minutes=50)):
        contact(house, slow)
    found = first_responses(Q(), TODAY)
    assert [(f.staff_name, f.leads, f.in_time, f.p50) for f in found] == [
        ("周敏", 1, 0, None),
        ("林晓", 2, 1, timedelta(minutes=10)),
    ]


@pytest.mark.parametrize(
    ("source", "interest", "purpose", "points"),
    [(Source.ONLINE, "", None, 10), (Source.WALK_IN, "海豚", Purpose.FINANCE, 65), (Source.REPURCHASE, "", None, 40)],
)
def test_the_screening_rule_adds_its_points(
    house: House, source: Source, interest: str, purpose: Purpose | None, points: int
) -> None:
    found = lead(house, source=source, interest=interest, purpose=purpose)
    assert (found.score, found.screened_by) == (points, "2026-11")


@pytest.fixture
def customer(house: House) -> Customer:
    return customer_register(
        kind=CustomerKind.PERSON,
        name="王建国",
        store_id=house.east.pk,
        owner_id=house.officer.pk,
        actor=cast.acting(house.officer),
    )


def test_a_changed_need_is_a_new_version_with_its_reason(house: House, customer: Customer) -> None:
    actor = cast.acting(house.officer)
    first = services.need_record(
        customer_id=customer.pk, staff_id=house.officer.pk, budget=15_000_000, tags=["家用", "智驾"], actor=actor
    )
    same = services.need_record(
        customer_id=customer.pk, staff_id=house.officer.pk, budget=15_000_000, tags=["智驾", "家用"], actor=actor
    )
    before = rows()
    with pytest.raises(Refusal, match="reason-missing"):
        services.need_record(customer_id=customer.pk, staff_id=house.officer.pk, budget=18_000_000, actor=actor)
    with pytest.raises(Refusals, match="amount-negative"):
        services.need_record(customer_id=customer.pk, staff_id=house.officer.pk, budget=-1, reason="x", actor=actor)
    assert rows() == before
    services.need_record(
        customer_id=customer.pk,
        staff_id=house.officer.pk,
        budget=18_000_000,
        tags=["家用"],
        reason="置换补贴到账",
        actor=actor,
    )
    assert same.pk == first.pk
    assert [(n.version, n.budget, n.reason) for n in needs_of(customer.pk)] == [
        (2, 18_000_000, "置换补贴到账"),
        (1, 15_000_000, ""),
    ]
