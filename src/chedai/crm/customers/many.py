"""Many customers registered at once, out of a workbook: the rules of one, in a few queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chedai.crm.customers.events import CustomersRecorded
from chedai.crm.customers.models import Customer
from chedai.crm.customers.rules import Identity, identity_refusals
from chedai.crm.customers.selectors import IN_USE
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Refusals
from chedai.platform.inserting import Column, rows_write_numbered
from chedai.platform.privacy.fields import candidates, columns_sealed
from chedai.platform.privacy.kinds import Kind
from chedai.platform.work import emit, record, service


@dataclass(frozen=True, slots=True)
class Registering:
    """Somebody who is to be registered, in a store, looked after by a member of staff."""

    identity: Identity
    store_id: int
    owner_id: int


def identities_known(id_numbers: Iterable[str]) -> Mapping[str, Customer]:
    """Of identity numbers as they are typed, those of customers in use."""
    indexes = {typed: candidates(Kind.ID_NUMBER, typed) for typed in set(id_numbers) if typed}
    wanted = [index for every in indexes.values() for index in every]
    rows = Customer.objects.filter(id_number_index__in=wanted, state__in=IN_USE)
    held = {bytes(one.id_number_index or b""): one for one in rows}
    found = {typed: next((held[index] for index in every if index in held), None) for typed, every in indexes.items()}
    return {typed: customer for typed, customer in found.items() if customer is not None}


@service
def customers_register(*, registering: Sequence[Registering], actor: Actor) -> list[int]:
    """Register them; their numbers, in their order. On record is what is on record for one.

    Errors: `Refusals` where one of them cannot be; `IntegrityError` where an identity is known already. Then nobody has
    been registered.
    """
    today, now = clock.business_date(), clock.now()
    refused = [one for entry in registering for one in identity_refusals(entry.identity, today)]
    if refused:
        raise Refusals(refused)
    if not registering:
        return []
    people = [entry.identity for entry in registering]
    personal: dict[str, Sequence[str | None]] = {
        "name": [one.name for one in people],
        "id_number": [one.id_number or None for one in people],
        "phone": [one.phone or None for one in people],
    }
    columns: dict[str, Column] = {
        "kind": [one.kind.value for one in people],
        "store_id": [entry.store_id for entry in registering],
        "owner_id": [entry.owner_id for entry in registering],
        "registered_at": now,
    }
    numbers = rows_write_numbered(Customer, columns | columns_sealed(Customer, personal))
    for number, entry in zip(numbers, registering, strict=True):
        facts: dict[str, Scalar] = {
            "kind": entry.identity.kind.value,
            "store": entry.store_id,
            "owner": entry.owner_id,
        }
        record(actor=actor, action="customer.registered", subject=f"customer:{number}", facts=facts)
    emit(CustomersRecorded(tuple(numbers)))
    return numbers
