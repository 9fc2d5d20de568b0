"""What an application asks of whom, read once from `questions.toml`, and how a typed answer is brought to one form.

Every answer is kept as text: an amount as fen, a span as months, a choice as its code, a day as 2026-11-20.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
from msgspec import Struct

from chedai.crm.customers.rules import phone_is_valid
from chedai.deals.applications.states import Liability, Role
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.privacy.kinds import Kind, mask, normal

BORROWING: Final = (Role.APPLICANT, Role.CO_BORROWER, Role.GUARANTOR)
LONGEST: Final = 120
MONTHS_MAX: Final = 960
FEN_MAX: Final = 10**13


class QuestionKind(StrEnum):
    """What an answer is."""

    TEXT = "text"
    PHONE = "phone"
    ADDRESS = "address"
    CHOICE = "choice"
    MONEY = "money"
    MONTHS = "months"
    DAY = "day"


_MASKS: Final = {QuestionKind.PHONE: Kind.PHONE, QuestionKind.ADDRESS: Kind.ADDRESS}


class Group(Struct, frozen=True):
    """Questions asked together, on one screen of the phone."""

    code: str
    zh: str
    en: str


class Question(Struct, frozen=True):
    """One question; see `questions.toml` for what each word means."""

    code: str
    group: str
    zh: str
    en: str
    kind: QuestionKind
    choices: dict[str, tuple[str, str]] = {}
    kinds: tuple[str, ...] = ("person",)
    roles: tuple[Role, ...] = BORROWING
    jobs: tuple[str, ...] = ()
    lenders: tuple[str, ...] = ()
    watched: bool = False
    matched: bool = False
    staff: bool = False
    stale: str = ""

    def required_by(self, lender_kinds: Iterable[str]) -> bool:
        """Whether a lender of one of these kinds wants it."""
        return "*" in self.lenders or bool(set(self.lenders) & set(lender_kinds))


class Sheet(Struct, frozen=True):
    """The whole form, with its version."""

    version: str
    group: tuple[Group, ...]
    question: tuple[Question, ...]


@cache
def sheet() -> Sheet:
    """The form shipped with the product."""
    text = files("chedai.deals.applications").joinpath("questions.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Sheet)


@cache
def question(code: str) -> Question:
    """One question. Errors: `NotFound`."""
    found = next((one for one in sheet().question if one.code == code), None)
    if found is None:
        raise NotFound("no-such-question", "没有这个问题", "there is no such question", field=code)
    return found


def stands_as(role: Role, liability: Liability) -> Role:
    """A spouse who answers for the debt is asked what a co-borrower is asked."""
    return Role.CO_BORROWER if (role, liability) == (Role.SPOUSE, Liability.JOINT) else role


def asked_of(kind: str, role: Role, liability: Liability, job: str) -> list[Question]:
    """The questions for somebody, in the order of the form; those on the employer once the job is known."""
    standing = stands_as(role, liability)
    return [
        one
        for one in sheet().question
        if kind in one.kinds and standing in one.roles and (not one.jobs or job in one.jobs)
    ]


def answer_read(one: Question, typed: str | int, on: date) -> str:
    """The answer in its one form; empty where it was cleared. Errors: `Refusal` at its field."""
    text = str(typed).strip()
    if not text:
        return ""
    match one.kind:
        case QuestionKind.CHOICE:
            return _choice(one, text)
        case QuestionKind.MONEY:
            return _whole(one, text, FEN_MAX)
        case QuestionKind.MONTHS:
            return _whole(one, text, MONTHS_MAX)
        case QuestionKind.PHONE:
            return _phone(one, text)
        case QuestionKind.DAY:
            return _day(one, text, on)
        case _:
            return _words(one, text)


def matched_form(one: Question, text: str) -> str:
    """How an answer is compared with those of other deals: blanks and letter case make no difference."""
    return "".join(text.split()).casefold() if one.matched else ""


def answer_masked(one: Question, text: str) -> str:
    """The answer as it may be shown: telephones, addresses and the names of others keep their mask."""
    kind = _MASKS.get(one.kind) or (Kind.NAME if one.code == "contact_name" else None)
    return mask(kind, text) if kind else text


def _choice(one: Question, text: str) -> str:
    if text not in one.choices:
        raise Refusal("answer-choice", f"{one.zh}：请从选项中选择", f"{one.en}: choose one of the list", field=one.code)
    return text


def _whole(one: Question, text: str, most: int) -> str:
    if not (text.isascii() and text.isdigit()) or int(text) > most:
        zh, en = f"{one.zh}：须为 0 至 {most} 的整数", f"{one.en}: a whole number from 0 to {most}"
        raise Refusal("answer-number", zh, en, field=one.code)
    return str(int(text))


def _phone(one: Question, text: str) -> str:
    if not phone_is_valid(text):
        raise Refusal("answer-phone", f"{one.zh}：号码不正确", f"{one.en}: this is not a number", field=one.code)
    return normal(Kind.PHONE, text)


def _day(one: Question, text: str, on: date) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        zh, en = f"{one.zh}：日期应为 2026-11-20 的形式", f"{one.en}: a day is written 2026-11-20"
        raise Refusal("answer-day", zh, en, field=one.code) from None
    if found > on:
        raise Refusal("answer-day", f"{one.zh}：不得晚于今天", f"{one.en}: not after today", field=one.code)
    return found.isoformat()


def _words(one: Question, text: str) -> str:
    found = normal(Kind.ADDRESS, text)
    if len(found) > LONGEST:
        zh, en = f"{one.zh}：最多 {LONGEST} 个字", f"{one.en}: at most {LONGEST} characters"
        raise Refusal("answer-long", zh, en, field=one.code)
    return found
