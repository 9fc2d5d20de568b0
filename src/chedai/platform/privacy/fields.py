"""Columns for personal data: one that holds the sealed value, one that finds it.

phone = EncryptedField(Kind.PHONE)
phone_index = BlindIndexField("phone")

Contact.objects.filter(phone_index__in=candidates(Kind.PHONE, typed))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from chedai.platform.privacy.keys import keys
from chedai.platform.privacy.kinds import Kind, normals
from chedai.platform.privacy.personal import Personal

Given = TypeVar("Given", contravariant=True)
Held = TypeVar("Held", covariant=True)

if TYPE_CHECKING:  # Django's fields are generic for the type checker only

    class SealedColumn(models.BinaryField[Given, Held]):
        """A column whose values are given as one type and held as another."""

    IndexColumn = models.BinaryField[bytes | None, bytes | None]
else:
    IndexColumn = models.BinaryField

    class SealedColumn(models.BinaryField):
        """Stands for itself whatever types it is marked with."""

        def __class_getitem__(cls, types):
            return cls


class EncryptedField(SealedColumn[Given, Held]):
    """A sealed personal value; in Python a `Personal`. A plain string may be assigned."""

    def __init__(self, kind: Kind, **options: Any) -> None:
        self.kind = Kind(kind)
        options.setdefault("editable", True)
        super().__init__(**options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        return name, path, [self.kind.value, *args], options

    @property
    def place(self) -> str:
        """Where the value rests: authenticated with it."""
        return f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(
        self, value: bytes | None, expression: object, connection: BaseDatabaseWrapper
    ) -> Personal | None:
        """A sealed value, opened only when it is looked at."""
        return None if value is None else Personal(self.kind, sealed=bytes(value), place=self.place)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Seal on the way into the database."""
        if isinstance(value, str):
            value = Personal(self.kind, value)
        if isinstance(value, Personal):
            value = value.sealed_for(self.place)
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        """What a dump shows: the mask. A backup copies the database, it does not go through here."""
        return str(self.value_from_object(obj))


class BlindIndexField(IndexColumn):
    """The blind index of the encrypted column `source`, kept in step at every save."""

    def __init__(self, source: str, **options: Any) -> None:
        self.source = source
        options |= {"max_length": 16, "null": True, "db_index": True, "editable": False}
        super().__init__(**options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        for fixed in ("max_length", "null", "db_index", "editable"):
            options.pop(fixed, None)
        return name, path, [self.source, *args], options

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        """Compute the index from the value that is about to be saved."""
        source = model_instance._meta.get_field(self.source)
        value = getattr(model_instance, self.source)
        if isinstance(value, str) and isinstance(source, EncryptedField):
            value = Personal(source.kind, value)
            setattr(model_instance, self.source, value)
        index = keys().ring.index(value.kind, value.in_full()) if isinstance(value, Personal) and value else None
        setattr(model_instance, self.attname, index)
        return index


def columns_sealed(
    model: type[models.Model], values: Mapping[str, Sequence[str | None]]
) -> dict[str, list[bytes | None]]:
    """Columns of personal values as they rest in the table of `model`, each with its blind index where it has one.

    For inserting many rows as plain values (`platform.inserting`); None stays None. Values go by the name of the field.
    """
    ring, rest = keys().ring, dict[str, list[bytes | None]]()
    fields = model._meta.concrete_fields
    indexes = {field.source: field.attname for field in fields if isinstance(field, BlindIndexField)}
    for field in fields:
        if not isinstance(field, EncryptedField) or field.name not in values:
            continue
        one_form = normals(field.kind, {text for text in values[field.name] if text is not None})
        plain = [None if text is None else one_form[text] for text in values[field.name]]
        rest[field.attname] = ring.seal_many(field.place, plain)
        if field.name in indexes:
            found = ring.index_many(field.kind, {text for text in plain if text})
            rest[indexes[field.name]] = [None if text is None else found.get(text) for text in plain]
    return rest


if TYPE_CHECKING:
    Sealed: TypeAlias = EncryptedField[Personal | str, Personal]
    SealedOrNone: TypeAlias = EncryptedField[Personal | str | None, Personal | None]
else:
    Sealed = SealedOrNone = EncryptedField


def candidates(kind: Kind, typed: str) -> list[bytes]:
    """What to look for in a blind index column to find `typed`."""
    return keys().ring.index_candidates(kind, typed)
