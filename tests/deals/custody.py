"""A store with a safe, who keeps it, and a deal whose green book and key lie in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.deals.custody.models import Holding
from chedai.deals.custody.rules import Courier, Holder
from chedai.deals.custody.selectors import holding_read
from chedai.deals.custody.services.moving import custody_enter, custody_receive, custody_send
from chedai.deals.custody.states import CustodyKind, HolderKind
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.services import deal_open
from chedai.deals.pipeline.states import Mode
from chedai.org.models import Staff, Store
from tests import cast

COURIER = Courier("顺丰", "SF1001")


@dataclass
class Vault:
    """The safe of a store: the manager and the cashier keep it, the officer does not."""

    store: Store
    other: Store
    officer: Staff
    keeper: Staff
    second: Staff
    away: Staff
    deal: Deal

    def enter(self, kind: CustodyKind = CustodyKind.GREEN_BOOK, shelf: str = "A-1", number: str = "330012345") -> str:
        """A thing comes into the safe; its label."""
        made = custody_enter(
            deal_id=self.deal.pk, kind=kind, number=number, shelf=shelf, actor=cast.acting(self.keeper)
        )
        return made.item.label

    def send(self, label: str, to: Holder, by: Staff, back_by: date | None = None, **more: Courier) -> Holding:
        """Given by somebody who just looked at it."""
        seen = holding_read(label).seq
        return custody_send(label=label, to=to, seen=seen, actor=cast.acting(by), back_by=back_by, **more)

    def receive(self, label: str, by: Staff, shelf: str = "", proof: str = "") -> Holding:
        """Taken over by somebody who just looked at it."""
        seen = holding_read(label).seq
        return custody_receive(label=label, seen=seen, actor=cast.acting(by), shelf=shelf, proof=proof)


def to_staff(staff: Staff) -> Holder:
    return Holder(kind=HolderKind.STAFF, staff_id=staff.pk)


def to_safe(store: Store) -> Holder:
    return Holder(kind=HolderKind.SAFE, store_id=store.pk)


CUSTOMER = Holder(kind=HolderKind.CUSTOMER)


def vault() -> Vault:
    """Two stores, a deal in the first."""
    here, there = cast.store(), cast.store("B2", "城西店")
    officer = cast.person("lin", "林晓", here, "officer")
    customer = customer_register(
        kind=CustomerKind.PERSON, name="王芳", store_id=here.pk, owner_id=officer.pk, actor=cast.acting(officer)
    )
    deal = deal_open(
        customer_id=customer.pk,
        store_id=here.pk,
        mode=Mode.OWN_BOOK,
        officer_id=officer.pk,
        vehicle="轩逸",
        actor=cast.acting(officer),
    )
    return Vault(
        store=here,
        other=there,
        officer=officer,
        keeper=cast.person("xu", "许宁", here, "manager"),
        second=cast.person("qian", "钱进", here, "finance"),
        away=cast.person("zhao", "赵远", there, "finance"),
        deal=deal,
    )
