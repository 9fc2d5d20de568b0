"""Whose personal values can be shown in full, and which. A room adds a line; the control does the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.crm.customers.selectors import customer_found
from chedai.org.access import Access
from chedai.org.permissions import Permission
from chedai.platform.errors import NotFound
from chedai.platform.privacy.personal import Personal

REVEAL: Final[Permission] = "privacy.reveal"


@dataclass(frozen=True, slots=True)
class Source:
    """`find` gives the record of a number; `fields` its personal values, each with the word for it."""

    find: Callable[[int], Any]
    fields: Mapping[str, Promise]


SOURCES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        "customer": Source(
            customer_found,
            {
                "name": _("姓名"),
                "id_number": _("证件号"),
                "phone": _("电话号码"),
                "address": _("地址"),
                "bank_account": _("银行账号"),
            },
        ),
    }
)
"""By the word before the colon of a subject, which is the name of the model in small letters."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One personal value of one record, and whether this person may see it in full."""

    kind: str
    pk: int
    field: str
    label: Promise
    value: Personal | None
    may: bool

    @property
    def subject(self) -> str:
        """Whose it is, as the log says it."""
        return f"{self.kind}:{self.pk}"

    @property
    def place(self) -> str:
        """Where on a page it stands."""
        return f"{self.kind}-{self.pk}-{self.field}"


def shown(record: Any, field: str, access: Access) -> Shown:
    """The value `field` of a record of a room that has a line above. Errors: `KeyError` for one that has none."""
    kind = record._meta.model_name
    may = access.may(REVEAL, store_id=record.store_id, owner_id=record.owner_id)
    return Shown(kind, record.pk, field, SOURCES[kind].fields[field], getattr(record, field), may)


def found(kind: str, pk: int, field: str, access: Access) -> Shown:
    """The value an address names. Errors: `NotFound`, `NotAllowed`."""
    source = SOURCES.get(kind)
    if source is None or field not in source.fields:
        raise NotFound("no-such-value", "没有这一项", "there is no such value")
    record = source.find(pk)
    access.require(REVEAL, store_id=record.store_id, owner_id=record.owner_id)
    return shown(record, field, access)
