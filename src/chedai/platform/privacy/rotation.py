"""Bringing in a new key while people work: every sealed value is opened and sealed anew, row by row.

A row somebody changes in that moment is left to them: the write happens only where the old bytes are still there, and a
new value is sealed with the new key anyway. Run it again and it finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model

from chedai.platform.privacy.cipher import key_number
from chedai.platform.privacy.fields import BlindIndexField, EncryptedField
from chedai.platform.privacy.keys import keys
from chedai.platform.privacy.personal import Personal

_BATCH = 500


def sealed_columns() -> Iterator[tuple[type[Model], list[EncryptedField[Any, Any]], list[BlindIndexField]]]:
    """Every table with personal data, its sealed columns and their indexes."""
    for model in apps.get_models():
        fields = model._meta.local_concrete_fields
        sealed = [f for f in fields if isinstance(f, EncryptedField)]
        if sealed:
            yield model, sealed, [f for f in fields if isinstance(f, BlindIndexField)]


def seal_anew(tell: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Seal with the active key whatever another key has sealed; how many rows were changed."""
    tables = list(sealed_columns())
    total, done, changed = sum(model._base_manager.count() for model, _, _ in tables), 0, 0
    for model, sealed, indexes in tables:
        last = 0
        while batch := list(model._base_manager.filter(pk__gt=last).order_by("pk")[:_BATCH]):
            changed += sum(_row(model, row, sealed, indexes) for row in batch)
            last, done = batch[-1].pk, done + len(batch)
            tell(done, total)
    return changed


def _row(
    model: type[Model], row: Model, sealed: list[EncryptedField[Any, Any]], indexes: list[BlindIndexField]
) -> bool:
    ring = keys().ring
    old: dict[str, Personal] = {}
    new: dict[str, Personal | bytes] = {}
    for column in sealed:
        value = getattr(row, column.attname)
        if not isinstance(value, Personal):
            continue
        before = value.sealed_for(column.place)
        if key_number(before) == ring.active:
            continue
        old[column.attname] = Personal(value.kind, sealed=before, place=column.place)
        new[column.attname] = Personal(value.kind, value.in_full())
        for index in indexes:
            if index.source == column.name:
                new[index.attname] = ring.index(value.kind, value.in_full())
    return bool(new) and bool(model._base_manager.filter(pk=row.pk, **old).update(**new))
