"""The kinds of personal data: how each is brought to one form, and what of it may be shown.

Masks follow the usage of Chinese finance (JR/T 0171-2020): a name keeps its first character, an identity number its
first three and last four, a mobile number 138****8000, a bank account its first six and last four.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a personal value is."""

    NAME = "name"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    BANK_ACCOUNT = "bank_account"
    ADDRESS = "address"
    EMAIL = "email"
    TEXT = "text"  # words that may hold any of it


_SHOWN: Final = {Kind.ID_NUMBER: (3, 4), Kind.PHONE: (3, 4), Kind.BANK_ACCOUNT: (6, 4)}
_MOBILE: Final = 11
_NO_DIGIT: Final = re.compile(r"[^\d+]")
_OF_CHINA: Final = re.compile(r"^(\+|00)?86(?=1\d{10}$)")
_BETWEEN: Final = re.compile(r"[\s-]")
_SPACES: Final = re.compile(r"\s+")
_SHORT_PHONE_MASK: Final = "*" * 4


def normal(kind: Kind, text: str) -> str:
    """One form for one value, so that it is found however it was typed: full-width digits, spaces, +86, a small x."""
    if kind is Kind.TEXT:  # nobody looks it up: it stays as it was written
        return text.strip()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.strip()
    match kind:
        case Kind.PHONE:
            if len(text) == _MOBILE and text.isascii() and text.isdecimal():
                return text
            digits = _NO_DIGIT.sub("", text)
            return _OF_CHINA.sub("", digits)
        case Kind.ID_NUMBER | Kind.BANK_ACCOUNT:
            return text.upper() if text.isascii() and text.isalnum() else _BETWEEN.sub("", text).upper()
        case Kind.EMAIL:
            return text.lower()
        case _:
            return _SPACES.sub(" ", text)


def normals(kind: Kind, texts: Iterable[str]) -> dict[str, str]:
    """`normal` of many texts of a kind."""
    if kind is Kind.TEXT:
        return {text: text.strip() for text in texts}
    return {text: normal(kind, text) for text in texts}


def mask(kind: Kind, text: str) -> str:
    """What of the value may be shown to everybody who may open the page."""
    if not text:
        return ""
    match kind:
        case Kind.NAME:
            return text[0] + "*" * (len(text) - 1) if len(text) > 1 else "*"
        case Kind.ADDRESS:
            return text[:6] + "****" if len(text) > 6 else "****"
        case Kind.TEXT:
            return "****"
        case Kind.EMAIL:
            name, _, domain = text.partition("@")
            return f"{name[:1]}****@{domain}" if domain else "****"
        case _:
            head, tail = _SHOWN[kind]
            if len(text) <= head + tail:
                return "*" * len(text)
            hidden = _SHORT_PHONE_MASK if kind is Kind.PHONE else "*" * (len(text) - head - tail)
            return text[:head] + hidden + text[-tail:]
