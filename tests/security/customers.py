"""A customer of each store with everything that has an address of its own, for the permission matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from chedai.crm.customers.kinds import CustomerKind, CustomerState, RelationKind
from chedai.crm.customers.models import Customer
from chedai.crm.customers.services import customer_register, relation_add
from chedai.org.models import Store
from chedai.platform import clock
from chedai.platform.files.services import paper_hand_in
from chedai.platform.privacy.models import Erasure
from chedai.platform.privacy.services import consent_give
from tests import cast
from tests.browser.customers import PHONE, PNG

Values = dict[str, Any]
House = Any
"""The house of `holdings`, which puts the table below among its own."""


def _one(house: House, store: Store) -> Customer:
    """A customer of somebody else of the store."""
    owner = house.targets[store.pk]
    of = {"store_id": store.pk, "owner_id": owner.pk, "actor": cast.acting(owner)}
    return customer_register(kind=CustomerKind.PERSON, name="钱一", phone=PHONE, **of)


def _customer(house: House, store: Store) -> Values:
    return {"pk": _one(house, store).pk}


def _number(house: House, store: Store) -> Values:
    return {"customer_id": _one(house, store).pk}


def _relation(house: House, store: Store) -> Values:
    one, two, actor = _one(house, store), _one(house, store), cast.acting(house.targets[store.pk])
    made = relation_add(customer_id=one.pk, other_id=two.pk, kind=RelationKind.GUARANTOR, actor=actor)
    return {"pk": made.pk}


def _consented(house: House, store: Store) -> tuple[int, int]:
    """A customer with one consent, and the paper that proves it."""
    one, actor = _one(house, store), cast.acting(house.targets[store.pk])
    subject = f"customer:{one.pk}"
    paper = paper_hand_in(subject=subject, purpose="consent", name="x.png", content=PNG, actor=actor)
    consent_give(subject=subject, purpose="marketing", wording="W-1", evidence=f"paper:{paper.pk}", actor=actor)
    return one.pk, paper.pk


def _consent(house: House, store: Store) -> Values:
    return {"pk": _consented(house, store)[0], "purpose": "marketing"}


def _consent_number(house: House, store: Store) -> Values:
    return {"customer_id": _consented(house, store)[0], "purpose": "marketing"}


def _paper(house: House, store: Store) -> Values:
    pk, paper = _consented(house, store)
    return {"pk": pk, "paper_id": paper}


def _erasure(house: House, store: Store) -> Values:
    gone = _one(house, store)
    Customer.objects.filter(pk=gone.pk).update(state=CustomerState.RESTRICTED)
    subject, asked_by = f"customer:{gone.pk}", cast.acting(house.targets[store.pk]).key
    made = Erasure.objects.create(subject=subject, asked_at=clock.now(), asked_by=asked_by, state="restricted")
    return {"pk": made.pk}


_SCREENS: Final = ("customer", "customer_timeline", "customer_change", "customer_merge", "relation_new")
_AT: Final = "/customers/{customer_id}"
_OPERATIONS: Final = ("get", "patch")
_BELOW: Final = ("post {}/merges", "get {}/consents", "post {}/consents", "post {}/reveals")

OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = {
    **dict.fromkeys((*_SCREENS, "consent_new", "erasure_new"), _customer),
    **dict.fromkeys((f"{method} {_AT}" for method in _OPERATIONS), _number),
    **dict.fromkeys((line.format(_AT) for line in _BELOW), _number),
    f"post {_AT}/consents/{{purpose}}/withdrawal": _consent_number,
    "customer_mute": lambda house, store: _customer(house, store) | {"category": "marketing"},
    "relation_end": _relation,
    "consent_end": _consent,
    "customer_paper": _paper,
    "reveal": lambda house, store: {"kind": "customer", "pk": _one(house, store).pk, "field": "phone"},
    "erasure": _erasure,
    "erasure_do": _erasure,
}
"""A customer of a store, of somebody else than who asks."""

BODIES: Final[dict[str, Any]] = {
    "post /customers": {"kind": "person", "name": "钱多"},
    "post /customers/known": {"phone": PHONE},
    f"patch {_AT}": {"reason": "更正", "name": "钱少"},
    f"post {_AT}/merges": {"gone": 999999, "reason": "重复"},
    f"post {_AT}/consents": {"purpose": "location", "wording": "W-1", "filed": "A-1"},
    f"post {_AT}/reveals": {"field": "phone", "reason": "联系客户"},
}
"""What the operations want to be sent."""
