"""What a bank can answer to a direct debit, read once from `debit_codes.toml`."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import msgspec

from chedai.platform.errors import Refusal


class DebitCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer. `stops`: the mandate is of no use any more."""

    code: str
    zh: str
    en: str
    paid: bool = False
    stops: bool = False
    also: tuple[str, ...] = ()


@cache
def debit_codes() -> Mapping[str, DebitCode]:
    """Every answer by its code."""
    text = files(__package__).joinpath("debit_codes.toml").read_text(encoding="utf-8")
    read = msgspec.convert(tomllib.loads(text)["code"], tuple[DebitCode, ...])
    return MappingProxyType({one.code: one for one in read})


def debit_code_of(said: str) -> DebitCode:
    """The answer a file means by what it says. Errors: `Refusal` for what no table knows."""
    wanted = _plain(said)
    for one in debit_codes().values():
        if wanted in {_plain(word) for word in (one.code, one.zh, one.en, *one.also)}:
            return one
    raise Refusal("debit-code", f"不认识的扣款结果：{said}", f"no known answer: {said}", field="result")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "").lower()
