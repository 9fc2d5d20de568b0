"""The customers of a year: who came in, who called, what they need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.models import Customer
from chedai.crm.customers.services import customer_change, customer_register
from chedai.crm.reception.leads import lead_contact, lead_register
from chedai.crm.reception.services import need_record, visit_next, visit_register
from chedai.crm.reception.states import Channel, Outcome, Purpose, Source
from chedai.journey.demo.house import House, acting
from chedai.journey.demo.people import Person
from chedai.org.models import Staff, Store
from chedai.platform import clock

CARS: Final = ("启程 A5 520", "山岭 2.0T", "云途七座", "海程插混", "星越达 1.5T", "北辰 X8 Pro")


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody on the day they are first put on file, by whom and in which store."""

    person: Person
    store: Store
    officer: Staff
    at: datetime

    def register(self) -> Customer:
        """Register them, with where they live."""
        with clock.frozen(self.at):
            actor = acting(self.officer)
            customer = customer_register(
                kind=CustomerKind.PERSON,
                name=self.person.name,
                id_number=self.person.id_number,
                phone=self.person.phone,
                store_id=self.store.pk,
                owner_id=self.officer.pk,
                actor=actor,
            )
            address = self.person.address
            return customer_change(customer_id=customer.pk, address=address, reason="登记住址", actor=actor)


def came_in(person: Person, store: Store, house: House, at: datetime, rng: Random, *, served: bool = True) -> None:
    """They walk in and wait; whoever is `served` some minutes later."""
    with clock.frozen(at):
        visit_register(
            store_id=store.pk,
            staff_id=house.receptions[store.pk].pk,
            name=person.name,
            phone=person.phone,
            purpose=rng.choice((Purpose.LOOK, Purpose.FINANCE, Purpose.TEST_DRIVE)),
            source=rng.choice((Source.WALK_IN, Source.WALK_IN, Source.REFERRAL)),
            interest=rng.choice(CARS),
            next_contact_on=(at + timedelta(days=2)).date(),
            actor=acting(house.receptions[store.pk]),
        )
    if not served:
        return
    officer = rng.choice(house.officers[store.pk])
    with clock.frozen(at + timedelta(minutes=rng.randrange(2, 14))):
        visit_next(store_id=store.pk, officer_id=officer.pk, actor=acting(officer))


def called(person: Person, store: Store, officer: Staff, at: datetime, rng: Random, last: datetime) -> None:
    """A lead from outside, answered soon, contacted again, and with a next date that may be over."""
    actor = acting(officer)
    with clock.frozen(at):
        lead = lead_register(
            store_id=store.pk,
            owner_id=officer.pk,
            name=person.name,
            phone=person.phone,
            source=rng.choice((Source.ONLINE, Source.SOCIAL, Source.EVENT, Source.PHONE)),
            interest=rng.choice(CARS),
            campaign=rng.choice(("平台投放", "秋季车展", "短视频")),
            cost=rng.randrange(20, 180) * 100,
            next_contact_on=(at + timedelta(days=1)).date(),
            actor=actor,
        )
    answered = min(at + timedelta(minutes=rng.randrange(4, 70)), last)
    with clock.frozen(answered):
        lead_contact(
            lead_id=lead.pk,
            staff_id=officer.pk,
            channel=Channel.CALL,
            outcome=rng.choice((Outcome.REACHED, Outcome.NO_ANSWER, Outcome.APPOINTMENT)),
            note="介绍方案，约到店",
            next_contact_on=(answered + timedelta(days=rng.randrange(2, 9))).date(),
            actor=actor,
        )


def asked_for(customer: Customer, officer: Staff, at: datetime, price: int) -> None:
    """What they need, as the officer wrote it down."""
    with clock.frozen(at):
        need_record(
            customer_id=customer.pk,
            staff_id=officer.pk,
            budget=price,
            down_payment=price * 3 // 10,
            instalment=400_000,
            interest="",
            tags=["家用"],
            actor=acting(officer),
        )
