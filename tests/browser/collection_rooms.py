"""Something to see of collection: a queue, a case with everything on it, a visit, an agency, a car, a claim."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from chedai.book.collection.models import CollectionCase, PlanLine, PreDue
from chedai.book.collection.services.dialling import contact_begin, contact_result
from chedai.book.collection.services.legal import claim_open
from chedai.book.collection.services.outside import agency_open, agency_review
from chedai.book.collection.services.planning import collection_plan
from chedai.book.collection.services.recovery import car_take
from chedai.book.collection.services.reminding import reminder_send
from chedai.book.collection.services.visits import visit_plan
from chedai.book.loans.models import BucketMove
from chedai.platform import clock
from tests import cast
from tests.book.collection import book
from tests.book.collection.book import Desk
from tests.house import House


def desk_of(house: House) -> Desk:
    """The collectors of a house."""
    return Desk(
        house.east,
        cast.person("tang", "唐悦", house.east, "collector"),
        cast.person("he", "何平", house.east, "collector"),
        house.manager,
        cast.person("bai", "白露", house.east, "finance"),
        house.officer,
    )


def furnish(house: House) -> list[str]:
    """A morning half worked; the addresses behind those of the menu."""
    today = clock.wall_date()
    with clock.frozen(datetime.combine(today, time(10), clock.SHANGHAI)):
        desk = desk_of(house)
        cases = [
            book.planned(book.late_loan(desk, n, days=days, bucket=bucket, missed=missed, today=today), today)
            for n, days, bucket, missed in ((1, 36, "M2", 2), (2, 20, "M1", 1), (3, 100, "M4", 4))
        ]
        before = _before(desk, today)
        CollectionCase.objects.update(collector=desk.collector)
        PlanLine.objects.update(collector=desk.collector)
        _worked(desk, cases, today)
        agency = _agency(desk, today)
    first, last = cases[0].pk, cases[2].pk
    acts = ("number", "hours", "visit", "claim", "interruption")
    return [
        f"/collection/cases/{first}/",
        f"/collection/cases/{last}/",
        f"/collection/before/{before}/",
        *(f"/collection/cases/{first}/do/{what}/" for what in acts),
        f"/collection/cases/{last}/do/stage/",
        f"/collection/cases/{last}/manage/sell/",
        *(f"/collection/cases/{first}/manage/{what}/" for what in ("assign", "place", "car")),
        "/collection/agencies/new/",
        f"/collection/agencies/{agency}/",
        f"/collection/agencies/{agency}/do/review/",
        f"/collection/agencies/{agency}/do/log/",
        "/messages/demo/",
    ]


def _worked(desk: Desk, cases: list[CollectionCase], today: date) -> None:
    actor = cast.acting(desk.collector)
    book.contact_number(cases[0])
    reminder_send(case_id=cases[1].pk, number_id=book.own_number(cases[1]).pk, actor=actor)
    for result, more in (("no_answer", {}), ("promise", {"promise_amount": 303_676, "promise_on": today})):
        made = contact_begin(case_id=cases[0].pk, number_id=book.own_number(cases[0]).pk, actor=actor)
        contact_result(contact_id=made.pk, result=result, actor=actor, **more)  # type: ignore[arg-type]
    two = {"lead_id": desk.collector.pk, "second_id": desk.colleague.pk}
    visit_plan(case_id=cases[2].pk, planned_on=today, actor=actor, **two)
    claim_open(
        case_id=cases[2].pk, amount=8_453_103, owner_id=desk.collector.pk, note="律师函", cost=50_000, actor=actor
    )
    car_take(
        case_id=cases[2].pk,
        taken_on=today,
        place="滨江停车场",
        condition="完好",
        taken_by=desk.collector.pk,
        second=desk.colleague.pk,
        valued=6_000_000,
        actor=cast.acting(desk.manager),
    )


def _before(desk: Desk, today: date) -> int:
    """Somebody who was overdue lately and is due again in three days."""
    loan = book.late_loan(desk, 9, today=today)
    book.pay(loan, book.INSTALMENT, today, cures=True)
    loan.due_day = (today + timedelta(3)).day
    loan.save()
    BucketMove.objects.create(loan=loan, day=today, was="", now="M1", overdue=1, balance=1, missed=1)
    collection_plan(day=today, actor=book.CLOSE)
    return PreDue.objects.get().pk


def _agency(desk: Desk, today: date) -> int:
    actor = cast.acting(desk.manager)
    until = today + timedelta(200)
    facts = {"code": "W1", "name": "安信资产服务", "fee_rate": 15_000_000, "listed": True}
    agency = agency_open(contract_from=today, contract_until=until, actor=actor, **facts)  # type: ignore[arg-type]
    points = {"conduct_points": 90, "recovery": 70, "complaints": 80}
    agency_review(agency_id=agency.pk, conclusion="合格", actor=actor, **points)
    return agency.pk
