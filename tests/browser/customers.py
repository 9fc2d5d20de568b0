"""Something to see on the pages of customers and of privacy."""

from __future__ import annotations

from datetime import date

from chedai.crm.customers.kinds import CustomerKind, RelationKind, Trade
from chedai.crm.customers.models import Customer
from chedai.crm.customers.services import customer_change, customer_register, relation_add
from chedai.platform.files.services import paper_hand_in
from chedai.platform.privacy.models import Erasure
from chedai.platform.privacy.services import consent_give, consent_withdraw, erasure_ask, personal_reveal
from tests import cast
from tests.house import House

WANG, LI, FIRM = "110101199003070011", "11010119900307002X", "91110000600037341L"
PHONE = "13800138000"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)


def wang(house: House) -> Customer:
    """A customer of the officer with everything on file."""
    actor, of = cast.acting(house.officer), {"store_id": house.east.pk, "owner_id": house.officer.pk}
    kind = CustomerKind.PERSON
    made = customer_register(
        kind=kind, name="王建国", phone=PHONE, id_number=WANG, trade=Trade.FREIGHT, actor=actor, **of
    )
    values = {"address": "浙江省杭州市西湖区文三路 478 号", "bank_account": "6222021234567890128"}
    customer_change(customer_id=made.pk, reason="首次补录", actor=actor, **values)
    customer_change(customer_id=made.pk, reason="换了号码", actor=actor, phone="13800138001")
    customer_change(customer_id=made.pk, reason="换回原号码", actor=actor, phone=PHONE)
    return made


def furnish(house: House) -> list[str]:
    """A customer with relations, consents and a history, one who looks alike, a firm, one deleted."""
    actor, of = cast.acting(house.officer), {"store_id": house.east.pk, "owner_id": house.officer.pk}
    one = wang(house)
    spouse = customer_register(
        kind=CustomerKind.PERSON, name="李秀英", phone="13900139001", id_number=LI, actor=actor, **of
    )
    firm = customer_register(kind=CustomerKind.FIRM, name="杭州顺达物流有限公司", id_number=FIRM, actor=actor, **of)
    twin = customer_register(kind=CustomerKind.PERSON, name="王建国", phone=PHONE, actor=actor, **of)
    relation_add(customer_id=one.pk, other_id=spouse.pk, kind=RelationKind.SPOUSE, actor=actor)
    relation_add(customer_id=one.pk, other_id=firm.pk, kind=RelationKind.EMPLOYER, actor=actor)
    relation_add(customer_id=firm.pk, other_id=one.pk, kind=RelationKind.LEGAL_REPRESENTATIVE, actor=actor)
    subject = f"customer:{one.pk}"
    paper = paper_hand_in(subject=subject, purpose="consent", name="授权书.png", content=PNG, actor=actor)
    given = {"subject": subject, "actor": actor}
    consent_give(purpose="credit_bureau", wording="ZX-2026-10", evidence=f"paper:{paper.pk}", **given)
    consent_give(purpose="marketing", wording="YX-2026-01", evidence="filed:A-2026-031", **given)
    consent_withdraw(purpose="marketing", **given)
    personal_reveal(field="phone", value=one.phone, reason="联系客户", **given)  # type: ignore[arg-type]
    gone = customer_register(kind=CustomerKind.PERSON, name="赵小燕", actor=actor, **of)
    erased = erasure_ask(subject=f"customer:{gone.pk}", actor=actor, reason="本人到店书面申请")
    kept = customer_register(kind=CustomerKind.PERSON, name="孙立", actor=actor, **of)
    held = erasure_ask(subject=f"customer:{kept.pk}", actor=actor)
    Customer.objects.filter(pk=kept.pk).update(state="restricted")
    Erasure.objects.filter(pk=held.pk).update(
        state="restricted", held_until=date(2031, 11, 20), hold="aml.retention", erased_at=None
    )
    return [
        f"/customers/{one.pk}/",
        f"/customers/{firm.pk}/",
        f"/customers/{one.pk}/change/",
        f"/customers/{one.pk}/merge/",
        f"/customers/{one.pk}/merge/?other={twin.pk}",
        f"/customers/{one.pk}/relations/new/",
        f"/customers/{one.pk}/consents/new/",
        "/customers/new/",
        "/customers/?group=owner&kind=person",
        f"/privacy/erase/customer/{one.pk}/",
        f"/privacy/{erased.pk}/",
        f"/privacy/{held.pk}/",
    ]
