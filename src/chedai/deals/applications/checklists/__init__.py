"""Which papers an application needs: policy data with a version, and the pure question who needs what."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from chedai.deals.applications.questions import stands_as
from chedai.deals.applications.states import Liability, Role


class Item(Struct, frozen=True):
    """One paper of the list; see `standard.toml` for what each word means."""

    code: str
    zh: str
    en: str
    of: str
    kinds: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    jobs: tuple[str, ...] = ()
    marital: tuple[str, ...] = ()
    licence: tuple[str, ...] = ()
    liabilities: tuple[Liability, ...] = ()
    vehicles: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    lenders: tuple[str, ...] = ()
    months: int = 0
    valid: bool = False
    optional: bool = False

    @property
    def has_day(self) -> bool:
        """Whether a day is asked for at hand-in: until when it is valid, or of when it is."""
        return self.valid or self.months > 0


class Checklist(Struct, frozen=True):
    """The whole list, with its version."""

    version: str
    item: tuple[Item, ...]


class Person(Struct, frozen=True):
    """What the list asks about a party. An answer not yet given is empty."""

    party_id: int
    kind: str
    role: Role
    liability: Liability
    job: str = ""
    marital: str = ""
    licence: str = ""


class Terms(Struct, frozen=True):
    """What the list asks about the deal; `papers` are codes the chosen products want beside."""

    vehicle_kind: str
    product_kinds: tuple[str, ...]
    lender_kinds: tuple[str, ...]
    papers: tuple[str, ...] = ()
    down_payment_evidence: bool = False


class Wanted(Struct, frozen=True):
    """One paper wanted, of one party or (none) of the deal."""

    code: str
    party_id: int | None
    required: bool


@cache
def checklist() -> Checklist:
    """The list shipped with the product."""
    text = files("chedai.deals.applications.checklists").joinpath("standard.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Checklist)


@cache
def item(code: str) -> Item:
    """One line of the list. A paper that only a product names goes by the name the product gives it."""
    known = (one for one in checklist().item if one.code == code)
    return next(known, Item(code, code, code, "party"))


def wanted(people: Sequence[Person], terms: Terms) -> list[Wanted]:
    """Every paper the application needs, in the order of the list."""
    found: list[Wanted] = []
    for one in checklist().item:
        if not _of_deal(one, terms):
            continue
        if one.of == "deal":
            found.append(Wanted(one.code, None, _required(one, terms)))
        else:
            fits = (person for person in people if _of_party(one, person))
            found += [Wanted(one.code, person.party_id, _required(one, terms)) for person in fits]
    return found + _only_of_products(people, terms)


def _only_of_products(people: Sequence[Person], terms: Terms) -> list[Wanted]:
    """Papers the products name and the list does not know, of the applicant."""
    known = {one.code for one in checklist().item}
    applicants = [person.party_id for person in people if person.role is Role.APPLICANT]
    return [Wanted(code, party, True) for code in terms.papers if code not in known for party in applicants]


def _required(one: Item, terms: Terms) -> bool:
    asked = one.code in terms.papers or (one.code == "down_payment" and terms.down_payment_evidence)
    return asked or not one.optional


def _of_deal(one: Item, terms: Terms) -> bool:
    if one.code in terms.papers:
        return True
    return (
        (not one.vehicles or terms.vehicle_kind in one.vehicles)
        and (not one.products or bool(set(one.products) & set(terms.product_kinds)))
        and (not one.lenders or bool(set(one.lenders) & set(terms.lender_kinds)))
    )


def _of_party(one: Item, person: Person) -> bool:
    return (
        _holds(one.kinds, person.kind)
        and (_holds(one.roles, person.role) or _holds(one.roles, stands_as(person.role, person.liability)))
        and _holds(one.jobs, person.job)
        and _holds(one.marital, person.marital)
        and _holds(one.licence, person.licence)
        and _holds(one.liabilities, person.liability)
    )


def _holds(named: tuple[str, ...], value: str) -> bool:
    return not named or value in named
