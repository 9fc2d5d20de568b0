"""The results and scripts of contacts, read once from `codes.toml`."""

from __future__ import annotations

import string
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from chedai.book.collection.states import Whom
from chedai.platform.errors import Refusal

OF_DEBT: Final = frozenset({"amount", "days", "loan"})
"""What no script for a contact may name."""


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came of a contact. `connected`: somebody liable was spoken to, so that it counts as an effective call."""

    code: str
    whom: frozenset[Whom] = msgspec.field(name="for")
    key: str
    zh: str
    en: str
    next_days: int
    connected: bool = False
    failed: bool = False
    invalid: bool = False
    refused: bool = False
    promise: bool = False


class VisitResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came of a visit."""

    code: str
    zh: str
    en: str


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be said, with {names} filled from the case."""

    code: str
    version: int
    whom: Whom
    zh: str
    en: str


class Codes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything in the file."""

    result: tuple[Result, ...]
    visit: tuple[VisitResult, ...]
    script: tuple[Script, ...]


@cache
def codes() -> Codes:
    """The codes, checked: a script for a contact that names the debt is a fault of the file."""
    text = files("chedai.book.collection").joinpath("codes.toml").read_text("utf-8")
    found = msgspec.convert(tomllib.loads(text), Codes)
    for script in found.script:
        if script.whom is Whom.CONTACT and debt_named(script):
            raise ValueError(f"{script.code} tells a contact of the debt")
    return found


def debt_named(script: Script) -> frozenset[str]:
    """Which figures of the debt a script names."""
    texts = (script.zh, script.en)
    return OF_DEBT & {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def results_for(whom: Whom) -> tuple[Result, ...]:
    """The buttons for whoever was called, in the order of their keys."""
    return tuple(sorted((one for one in codes().result if whom in one.whom), key=lambda one: one.key))


def result_of(code: str, whom: Whom) -> Result:
    """One result. Errors: `Refusal` where it is none for whom was called."""
    found = next((one for one in codes().result if one.code == code and whom in one.whom), None)
    if found is None:
        raise Refusal("no-such-result", "请选择本次结果", "choose what came of it", field="result")
    return found


def visit_result_of(code: str) -> VisitResult:
    """One result of a visit. Errors: `Refusal`."""
    found = next((one for one in codes().visit if one.code == code), None)
    if found is None:
        raise Refusal("no-such-result", "请选择外访结果", "choose what came of the visit", field="result")
    return found


def script_of(code: str, whom: Whom) -> Script:
    """What may be said to somebody: for a contact always the script that names no debt."""
    wanted = "contact-locate" if whom is Whom.CONTACT else code
    found = next((one for one in codes().script if one.code == wanted), None)
    return found or next(one for one in codes().script if one.code == "m1-call")
