"""One condition of a table as a person writes it: a fact, an operator, a value, and the cell they stand for.

A cell that no operator can write to the letter is kept as it is (`Operator.TEXT`), so that nothing is lost. Shares are
typed in percent and stand in the table in basis points; words are typed in the reader's language.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from chedai.deals.underwriting.rules.fields import FIELDS, Field, Unit


class Operator(StrEnum):
    """How a fact is held against a value; ranges name which of their ends belong to them."""

    LESS = "lt"
    AT_MOST = "le"
    MORE = "gt"
    AT_LEAST = "ge"
    IS = "eq"
    BOTH_ENDS = "cc"
    WITHOUT_LAST = "co"
    WITHOUT_FIRST = "oc"
    NO_END = "oo"
    ONE_OF = "in"
    NONE_OF = "out"
    YES = "yes"
    NO = "no"
    MISSING = "null"
    TEXT = "text"


SIGNS: Final = {"<": Operator.LESS, "<=": Operator.AT_MOST, ">": Operator.MORE, ">=": Operator.AT_LEAST}
ENDS: Final = {
    "[]": Operator.BOTH_ENDS,
    "[)": Operator.WITHOUT_LAST,
    "(]": Operator.WITHOUT_FIRST,
    "()": Operator.NO_END,
}
RANGES: Final = frozenset(ENDS.values())
BARE: Final = {Operator.YES: "true", Operator.NO: "false", Operator.MISSING: "null"}
"""Operators without a value, and the cell each is."""

_SIGNED: Final = re.compile(r"^(<=|>=|<|>) (-?\d+)$")
_RANGE: Final = re.compile(r"^([\[(])(-?\d+)\.\.(-?\d+)([\])])$")
_TO: Final = re.compile(r"^(-?[\d.]+?)%?(?:\.\.|[-–—~～至]|to)(-?\d[\d.]*)$")
_BETWEEN_WORDS: Final = re.compile(r"[、；，\x3b]")
_WORDS: Final = re.compile(r'^"\w+"(,"\w+")*$')
_NONE_OF: Final = re.compile(r'^not in \["\w+"(, "\w+")*\]$')


def read_cell(cell: str, unit: Unit) -> tuple[Operator, str]:
    """The operator and the value of a cell that is not empty; what has no other form is `TEXT`."""
    operator, value = _read(cell, unit)
    return (operator, value) if write_cell(operator, value) == cell else (Operator.TEXT, cell)


def _read(cell: str, unit: Unit) -> tuple[Operator, str]:
    bare = {text: operator for operator, text in BARE.items() if unit is Unit.FLAG or operator is Operator.MISSING}
    if cell in bare:
        return bare[cell], ""
    if unit is Unit.WORD:
        words = ",".join(cell.split('"')[1::2])
        if _WORDS.match(cell):
            return Operator.ONE_OF, words
        return (Operator.NONE_OF, words) if _NONE_OF.match(cell) else (Operator.TEXT, cell)
    if found := _SIGNED.match(cell):
        return SIGNS[found[1]], found[2]
    if found := _RANGE.match(cell):
        return ENDS[found[1] + found[4]], f"{found[2]}..{found[3]}"
    return (Operator.IS, cell) if re.fullmatch(r"-?\d+", cell) else (Operator.TEXT, cell)


def write_cell(operator: Operator, value: str) -> str:
    """The cell an operator and its value stand for. A value that is none makes a cell `lint` refuses."""
    if operator in BARE:
        return BARE[operator]
    for sign, one in SIGNS.items():
        if one is operator:
            return f"{sign} {value}"
    for ends, one in ENDS.items():
        if one is operator:
            return f"{ends[0]}{value}{ends[1]}"
    words = [f'"{word}"' for word in value.split(",")]
    if operator is Operator.ONE_OF:
        return ",".join(words)
    return f"not in [{', '.join(words)}]" if operator is Operator.NONE_OF else value


def typed(fact: str, operator: Operator, text: str) -> str:
    """The value of what somebody typed: `55.5` of a share is 5550, `二手车、自用燃油` is `used,own_ice`."""
    known = FIELDS.get(fact)
    if operator in BARE:
        return ""
    if known is None or operator is Operator.TEXT:
        return text.strip()
    if operator in (Operator.ONE_OF, Operator.NONE_OF):
        return ",".join(_codes(known, text))
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if operator in RANGES and (found := _TO.match(plain.removesuffix("%"))):
        return f"{number(known.unit, found[1])}..{number(known.unit, found[2])}"
    return number(known.unit, plain)


def shown(fact: str, operator: Operator, value: str, *, english: bool) -> str:
    """The value as it is typed, in the reader's language; `typed` takes it back."""
    known = FIELDS.get(fact)
    if known is None or operator is Operator.TEXT or operator in BARE:
        return value
    if operator in (Operator.ONE_OF, Operator.NONE_OF):
        names = {code: en if english else zh for code, zh, en in known.words}
        return ("; " if english else "、").join(names.get(code, code) for code in value.split(","))
    return "–".join(share(known.unit, end) for end in value.split(".."))


def number(unit: Unit, text: str) -> str:
    """A whole number as the table holds it; what is none stays as it was typed and is refused by `lint`."""
    if unit is not Unit.BP:
        return text
    try:
        points = Decimal(text.removesuffix("%")) * 100
    except InvalidOperation:
        return text
    return str(int(points)) if points.is_finite() and points == int(points) else text.removesuffix("%") + "%"


def share(unit: Unit, text: str) -> str:
    """A whole number of the table as it is typed: basis points in percent."""
    if unit is not Unit.BP or not re.fullmatch(r"-?\d+", text):
        return text
    return f"{Decimal(text) / 100:f}"


def _codes(field: Field, text: str) -> list[str]:
    """The words of a list under their codes; one that is not known stays as it is, without quotes."""
    known = {name.casefold(): code for code, zh, en in field.words for name in (code, zh, en)}
    found: list[str] = []
    for part in _BETWEEN_WORDS.split(text.replace('"', "")):
        said = part.strip()
        pieces = [said] if said.casefold() in known else [piece.strip() for piece in said.split(",")]
        found += [known.get(piece.casefold(), piece) for piece in pieces]
    return found
