"""Something to see at reception: people who wait, one of them too long, leads in hand and in the pool, a need."""

from __future__ import annotations

from datetime import timedelta

from chedai.catalog.partners.models import Lender
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.crm.reception.leads import lead_contact, lead_register
from chedai.crm.reception.services import need_record, visit_next, visit_register
from chedai.crm.reception.states import Channel, Outcome, Purpose, Source
from chedai.platform import clock
from tests import cast
from tests.deals.quoting import LEVEL, Desk, deal_for, desk
from tests.deals.test_quotes_advice import publish, send, write
from tests.house import House

_CAME = (
    ("王女士", "13808002107", Purpose.FINANCE, "启程 E5 520km", 45),
    ("何先生", "13900001234", Purpose.LOOK, "山岳 X7", 26),
    ("赵女士", "", Purpose.TEST_DRIVE, "云途 轿跑", 8),
    ("刘先生", "13700009876", Purpose.SERVICE, "", 3),
)


def furnish(house: House) -> list[str]:
    """The queue, the leads; the addresses behind those of the menu."""
    actor, now = cast.acting(house.officer), clock.now()  # the server of the browser has a clock that goes
    soon = clock.business_date() + timedelta(days=2)
    for name, phone, purpose, interest, ago in _CAME:
        with clock.frozen(now - timedelta(minutes=ago)):
            visit_register(
                store_id=house.east.pk,
                staff_id=house.officer.pk,
                name=name,
                phone=phone,
                purpose=purpose,
                source=Source.WALK_IN,
                interest=interest,
                next_contact_on=soon,
                actor=actor,
            )
    with clock.frozen(now - timedelta(minutes=30)):
        visit_next(store_id=house.east.pk, officer_id=house.officer.pk, actor=actor)
    with clock.frozen(now - timedelta(days=3)):
        lead = lead_register(
            store_id=house.east.pk,
            owner_id=house.officer.pk,
            name="钱先生",
            phone="15800003321",
            source=Source.ONLINE,
            interest="启程 S5",
            cost=12_000,
            campaign="十一月平台投放",
            next_contact_on=soon,
            actor=actor,
        )
    with clock.frozen(now - timedelta(days=2)):
        lead_contact(
            lead_id=lead.pk,
            staff_id=house.officer.pk,
            channel=Channel.CALL,
            outcome=Outcome.REACHED,
            note="对比长桥与江河，周四给答复",
            next_contact_on=soon,
            actor=actor,
        )
    pooled = lead_register(
        store_id=house.east.pk,
        owner_id=None,
        name="孙女士",
        phone="18600009075",
        source=Source.SOCIAL,
        interest="",
        next_contact_on=None,
        actor=actor,
    )
    customer = customer_register(
        kind=CustomerKind.PERSON, name="许静", store_id=house.east.pk, owner_id=house.officer.pk, actor=actor
    )
    need_record(
        customer_id=customer.pk,
        staff_id=house.officer.pk,
        budget=15_000_000,
        interest="启程 E5",
        tags=["七座"],
        actor=actor,
    )
    need_record(
        customer_id=customer.pk,
        staff_id=house.officer.pk,
        budget=18_000_000,
        instalment=420_000,
        reason="置换补贴到账",
        actor=actor,
    )
    return [
        "/leads/new/",
        "/leads/figures/",
        f"/leads/{lead.pk}/",
        f"/leads/{lead.pk}/lose/",
        f"/leads/{pooled.pk}/",
        f"/leads/{pooled.pk}/take/",
        f"/customers/{customer.pk}/needs/",
        f"/quotes/new/?whom=lead-{lead.pk}",
        f"/staff/stores/{house.east.pk}/",
        *_advised(house),
    ]


def _advised(house: House) -> list[str]:
    """A quote with the library of advice behind it: one text published and sent, its next version a draft."""
    at = Desk(house, deal_for(house, "冯雪", "13600005566")) if Lender.objects.exists() else desk(house)
    text, quote = publish(at, write(at)), at.offer(LEVEL)
    write(at, "月供 {instalment} 元，共付 {total} 元。")
    send(at, quote.pk, text)
    return [f"/quotes/{quote.pk}/advice/", f"/quotes/{quote.pk}/terms/", f"/quotes/advice/{text.pk}/"]
