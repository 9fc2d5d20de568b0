"""Building the group: the house, its customers, and deals at every stage over twelve months."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, TypeVar

from django.db import transaction

from chedai.catalog.partners.selectors import lenders
from chedai.catalog.partners.services import lender_change
from chedai.catalog.partners.states import Channel
from chedai.catalog.vehicles.models import VehicleModel
from chedai.catalog.vehicles.selectors import vehicle_models
from chedai.crm.customers.models import Customer
from chedai.deals.pipeline.states import LostReason, Mode, Stage
from chedai.journey.demo import agency, banks, crowd, desk, paying
from chedai.journey.demo.diary import Diary
from chedai.journey.demo.house import BUILDER, House, house_build
from chedai.journey.demo.library import library_build
from chedai.journey.demo.people import Person, person
from chedai.journey.demo.road import Road
from chedai.org.access import in_force
from chedai.org.models import RoleGrant, Staff
from chedai.org.permissions import table
from chedai.platform import clock
from chedai.platform.errors import Conflict
from chedai.platform.files.store import unflushed
from chedai.platform.work import service

SEED: Final = 20260801
CUSTOMERS: Final = 400
_PIECE: Final = 25
_GIVEN_UP: Final = timedelta(days=20)
_STRETCH: Final = timedelta(days=10)
_JUST: Final = timedelta(minutes=5)
"""Nothing of the demo happened later than this before it was built."""
_MODES: Final = (Mode.DEALER_DESK, Mode.OWN_BOOK, Mode.DEALER_DESK, Mode.BROKER, Mode.OWN_BOOK)
PAID_OUT: Final = (Mode.OWN_BOOK, Mode.DEALER_DESK, Mode.OWN_BOOK, Mode.BROKER, Mode.OWN_BOOK)
"""Of what was paid out more is on our own book: those loans live on in it."""
_CALLERS: Final = 3
_WAITED: Final = (48, 17, 6)  # minutes: the first is with an officer, the others wait

Tell = Callable[[str, int, int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ending:
    """How far a deal has come: its name, how many there are, and how many days ago they began (most, least)."""

    name: str
    count: int
    most: int
    least: int


ENDINGS: Final = (
    Ending("complete", 26, 345, 60),
    Ending("after", 18, 20, 7),
    Ending("lost", 26, 330, 5),
    Ending("declined", 6, 200, 8),
    Ending("quoted", 22, 2, 1),
    Ending("filling", 18, 1, 0),
    Ending("submitted", 12, 3, 1),
    Ending("approved", 10, 4, 2),
    Ending("signed", 6, 5, 3),
    Ending("requested", 6, 5, 3),
)


@dataclass(frozen=True, slots=True)
class Built:
    """What has been built."""

    house: House
    customers: int
    deals: int


def demo_build(tell: Tell) -> Built:
    """Build the group as of now; `tell(what, done, total)` hears how far it is. Errors: `Conflict` where people are."""
    if Staff.objects.exists():
        raise Conflict(
            "house-begun", "已有员工，演示数据只能建在空库上", "there are people already: the demo needs an empty house"
        )
    with clock.one_reading(), unflushed():  # nobody turns the books meanwhile
        return _build(tell)


def _build(tell: Tell) -> Built:
    now, rng = clock.now(), Random(SEED)
    with clock.frozen(now - timedelta(days=370)):
        house = house_build()
        library_build(house)
        agency.admit(house)
        banks.margin(house)
    tell("house", 1, 1)
    people = [person(rng, number) for number in range(CUSTOMERS)]
    starts = list(_starts(house, people, rng, now))
    rest = list(enumerate(people[len(starts) :]))
    guests = {at: _guest(house, one, at, rng, now) for at, one in rest}
    customers = _registered([*(start.comer for start in starts), *guests.values()], tell)
    asked: list[tuple[str, Road]] = []
    for some, done in _pieces(sorted(starts, key=lambda start: start.comer.at)):
        with transaction.atomic():
            for start in some:
                road = _road(house, start, customers[start.comer.person.id_number], now)
                if walk(start.ending, road):
                    asked.append((start.ending, road))
        tell("deals", done, len(starts))
    _live(house, asked, now, tell)
    with transaction.atomic():
        for at, guest in guests.items():
            _visit(house, guest, customers[guest.person.id_number], at, rng, now)
    _callers(house, [one for _, one in rest][-_CALLERS * len(house.stores) :], rng, now)
    return Built(house, CUSTOMERS, len(starts))


def _registered(comers: list[crowd.Comer], tell: Tell) -> dict[str, Customer]:
    """Everybody put on file, in the order in which they came; by their identity numbers."""
    customers: dict[str, Customer] = {}
    for some, done in _pieces(sorted(comers, key=lambda one: one.at)):
        with transaction.atomic():
            customers |= {one.person.id_number: one.register() for one in some}
        tell("customers", done, len(comers))
    return customers


def _pieces(all_of: list[T]) -> Iterator[tuple[list[T], int]]:
    """What is written in one transaction, and how many are done after it."""
    for done in range(0, len(all_of), _PIECE):
        some = all_of[done : done + _PIECE]
        yield some, done + len(some)


def _live(house: House, asked: list[tuple[str, Road]], now: datetime, tell: Tell) -> None:
    """Day by day from the first payout to this one: money goes out, comes back or does not, and the days are closed."""
    asked.sort(key=lambda pair: pair[1].at)
    first = asked[0][1].at.astimezone(clock.SHANGHAI).date() - timedelta(days=1)
    diary = Diary(house, first, now - _JUST, desk.mornings)
    days = (diary.today - first).days
    for ending, road in asked:
        _until(diary, road.at.astimezone(clock.SHANGHAI).date(), days, tell)
        with transaction.atomic():
            paying.pay(road)
            paying.after(road, everything=ending == "complete")
        diary.follow(road)
    _until(diary, diary.today, days, tell)
    desk.last_day(diary)


def _until(diary: Diary, to: date, days: int, tell: Tell) -> None:
    while diary.day < to:
        diary.advance(min(diary.day + _STRETCH, to))
        tell("book", days - (diary.today - diary.day).days, days)


def _callers(house: House, people: list[Person], rng: Random, now: datetime) -> None:
    """Who is in the shops at this moment: in each one is served and two wait."""
    for at, one in enumerate(people):
        turn, store = divmod(at, len(house.stores))
        came = now - timedelta(minutes=_WAITED[turn])
        crowd.came_in(one, house.stores[store], house, came, rng, served=turn == 0)


@dataclass(frozen=True, slots=True)
class Start:
    """A deal before its first step: how it ends, who comes for which car, and in which mode."""

    ending: str
    comer: crowd.Comer
    model: VehicleModel
    mode: Mode
    number: int


def _starts(house: House, people: list[Person], rng: Random, now: datetime) -> Iterator[Start]:
    models = list(vehicle_models().filter(kind__in=("own_ice", "own_nev"), guide_price__lte=24_000_000))
    number = 0
    for ending in ENDINGS:
        for at in range(ending.count):
            store = house.stores[number % len(house.stores)]
            officer = house.officers[store.pk][number // 3 % 3]
            days = ending.most - (ending.most - ending.least) * at // ending.count
            begun = min(_morning(now - timedelta(days=days), rng), now - _JUST)
            modes = PAID_OUT if ending.name == "complete" else _MODES
            mode = modes[number % len(modes)]
            own = [model for model in models if mode is not Mode.OWN_BOOK or model.guide_price <= 16_000_000]
            one = replace(people[number], income=350_000) if ending.name == "declined" else people[number]
            yield Start(ending.name, crowd.Comer(one, store, officer, begun), rng.choice(own), mode, number)
            number += 1


def _road(house: House, start: Start, customer: Customer, now: datetime) -> Road:
    return Road(
        house=house,
        store=start.comer.store,
        officer=start.comer.officer,
        customer=customer,
        person=start.comer.person,
        model=start.model,
        mode=start.mode,
        number=start.number,
        rng=Random(SEED + start.number),
        at=start.comer.at,
        last=now - _JUST,
    )


def walk(ending: str, road: Road) -> bool:
    """Take a deal as far as its ending says, or until its money has been asked for; whether that is paid out."""
    road.quote(accept=ending != "quoted")
    if ending == "quoted":
        return False
    if ending == "lost":
        road.lose()
        return False
    road.fill(complete=ending != "filling")
    if ending == "filling":
        return False
    road.submit()
    own = road.mode is Mode.OWN_BOOK
    if not own:
        road.send()
    if ending == "submitted":
        return False
    if own:
        road.decide()
    else:
        road.lenders_answer(decline=ending == "declined")
    if ending == "declined" and road.last - road.at > _GIVEN_UP:
        road.lose(LostReason.DECLINED)
    if ending in ("approved", "declined") or road.stage is not Stage.CONTRACT:
        return False
    paying.sign(road)
    if ending == "signed":
        return False
    paying.insure(road)
    paying.request(road)
    return ending != "requested"


def demo_logins() -> list[tuple[str, str, str]]:
    """User name, name and role of one person for each role, to sign in with."""
    today = clock.business_date()
    shown: dict[str, tuple[str, str, str]] = {}
    for grant in RoleGrant.objects.filter(in_force(today)).select_related("staff__user").order_by("pk"):
        words = table().roles[grant.role]
        user = grant.staff.user
        shown.setdefault(grant.role, (user.username, user.display_name, f"{words.zh} {words.en}"))
    return list(shown.values())


@service
def lenders_answer_at(base: str, secret: str) -> int:
    """From now on the partner lenders answer over HTTP: the sandbox that plays them listens at `base`. How many."""
    partners = list(lenders().filter(own_book=False))
    for lender in partners:
        endpoint = f"{base}/{lender.code}"
        lender_change(lender_id=lender.pk, channel=Channel.HTTP, endpoint=endpoint, secret=secret, actor=BUILDER)
    return len(partners)


def _guest(house: House, one: Person, at: int, rng: Random, now: datetime) -> crowd.Comer:
    """Somebody who has not bought yet."""
    store = house.stores[at % len(house.stores)]
    begun = _morning(now - timedelta(days=rng.randrange(1, 340)), rng)
    return crowd.Comer(one, store, house.officers[store.pk][at % 3], begun)


def _visit(house: House, guest: crowd.Comer, customer: Customer, at: int, rng: Random, now: datetime) -> None:
    """What they did beside: said what they need, called, or just came in."""
    last = now - _JUST
    if at % 3 == 0:
        crowd.asked_for(customer, guest.officer, guest.at, rng.randrange(80, 260) * 100_000)
    if at % 4 == 1:
        called = _morning(now - timedelta(days=1 + at % 6), rng)
        crowd.called(guest.person, guest.store, guest.officer, called, rng, last)
    if at % 9 == 2:
        crowd.came_in(guest.person, guest.store, house, min(guest.at, last), rng)


def _morning(day: datetime, rng: Random) -> datetime:
    local = day.astimezone(clock.SHANGHAI).date()
    return datetime.combine(local, time(9 + rng.randrange(7), rng.randrange(60)), clock.SHANGHAI)
