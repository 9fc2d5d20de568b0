"""The limits of conduct (催收行为): what stands against reaching somebody now. Pure; every rule is named.

Sources: GB/T 45251-2025, the bankers' association's guideline of 2026; the figures are policy (`collection_conduct`).
The house keeps to the stricter of both for every loan, whoever lends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Final

from chedai.book.collection.states import CALLS, Channel, Whom
from chedai.platform.errors import Refusal
from chedai.platform.policies.book import PolicyBook
from chedai.platform.policies.rows import PolicyRow
from chedai.platform.policies.values import Hours


class Rule(StrEnum):
    """What can stand against a contact."""

    QUIET_HOURS = "quiet_hours"
    EFFECTIVE_CALLS = "effective_calls"
    DIAL_ATTEMPTS = "dial_attempts"
    OPEN_CALL = "open_call"
    THIRD_PARTY = "third_party"
    REFUSED = "refused"
    NUMBER_SOURCE = "number_source"
    NUMBER_INVALID = "number_invalid"
    OPTED_OUT = "opted_out"
    VISIT_STAFF = "visit_staff"
    NOT_PLACED = "not_placed"  # of an agency: it had the case no longer


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures of a day. None: no such limit was in force then. `versions` name the rows they stand in."""

    quiet: Hours
    effective: int
    attempts: int | None
    third_party_after: int | None
    visit_staff: int | None
    overridable: frozenset[str]
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody about to be reached. `moment` is the time in Shanghai; `people` how many go on a visit."""

    channel: Channel
    whom: Whom
    moment: time
    given: bool = True  # the number was given by the debtor
    invalid: bool = False
    refused: bool = False
    opted_out: bool = False
    people: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """What has been done on this day: calls that reached somebody liable, calls still on, dials of this number."""

    effective: int = 0
    open_calls: int = 0
    dials: int = 0


@dataclass(frozen=True, slots=True)
class Trail:
    """How reaching the debtor has gone: failed contacts in a row, and whether every number turned out invalid."""

    failed: int = 0
    number_invalid: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One rule that stands against it, in words with its figures."""

    rule: Rule
    zh: str
    en: str


_BANK: Final = "bank"  # the guideline binds banks; the desk keeps to it for every loan


def limits_on(book: PolicyBook, day: date) -> Limits:
    """The limits of a day. Errors: `PolicyError` where the quiet hours or the calls have no row."""
    quiet = book.in_force("collection_conduct.quiet_hours", day, lender_type=_BANK)
    calls = book.in_force("collection_conduct.effective_calls_a_day", day)
    attempts, third, visit = (
        book.find(f"collection_conduct.{name}", day, lender_type=_BANK)
        for name in ("dial_attempts_a_day", "third_party_after", "visit_staff")
    )
    free = book.find("collection_conduct.overridable", day)
    used = [row for row in (quiet, calls, attempts, third, visit, free) if row is not None]
    return Limits(
        quiet=quiet.typed(Hours),
        effective=calls.number,
        attempts=_number(attempts),
        third_party_after=_number(third),
        visit_staff=_number(visit),
        overridable=frozenset(free.listed(str)) if free is not None else frozenset(),
        versions=tuple(row.version for row in used),
    )


def blocks(
    attempt: Attempt, counted: Counted, trail: Trail, limits: Limits, agreed: Sequence[Hours] = ()
) -> tuple[Block, ...]:
    """Everything that stands against an attempt; nothing means it may be made."""
    found = [
        _quiet(attempt, limits, agreed),
        *(_calls(attempt, counted, limits) if attempt.channel in CALLS else ()),
        *_number_blocks(attempt),
        _third_party(attempt, trail, limits),
        _visitors(attempt, limits),
    ]
    return tuple(block for block in found if block is not None)


def breaches(attempt: Attempt, counted: Counted, trail: Trail, limits: Limits, agreed: Sequence[Hours] = ()) -> str:
    """The rules that a contact somebody else has already made has broken, with commas between."""
    return ",".join(block.rule for block in blocks(attempt, counted, trail, limits, agreed))


def standing(found: Sequence[Block], limits: Limits, override: bool) -> tuple[Block, ...]:
    """What still stands where somebody with the right sets aside what may be set aside."""
    return tuple(block for block in found if not (override and block.rule in limits.overridable))


def refusal(block: Block) -> Refusal:
    """The block as a refusal; its code names the rule."""
    return Refusal(f"conduct-{block.rule.replace('_', '-')}", block.zh, block.en, field="number")


def _number(row: PolicyRow | None) -> int | None:
    return None if row is None else row.number


def _quiet(attempt: Attempt, limits: Limits, agreed: Sequence[Hours]) -> Block | None:
    if attempt.channel is Channel.LETTER or not limits.quiet.hold(attempt.moment):
        return None
    if attempt.whom is not Whom.CONTACT and any(hours.hold(attempt.moment) for hours in agreed):
        return None
    span = f"{limits.quiet.start:%H:%M}–{limits.quiet.end:%H:%M}"
    zh = f"现在 {attempt.moment:%H:%M}，{span} 不得催收（未约定），{limits.quiet.end:%H:%M} 后可以"
    en = f"it is {attempt.moment:%H:%M}; no collection {span} unless agreed; possible from {limits.quiet.end:%H:%M}"
    return Block(Rule.QUIET_HOURS, zh, en)


def _calls(attempt: Attempt, counted: Counted, limits: Limits) -> tuple[Block, ...]:
    found = []
    reached, most = counted.effective, limits.effective
    if reached >= most:
        zh = f"今天有效通话已 {reached}/{most} 次（自有与委外合计），明天再拨"
        found.append(Block(Rule.EFFECTIVE_CALLS, zh, f"{reached} of {most} effective calls today, own and outside"))
    elif reached + counted.open_calls >= most or counted.open_calls:
        zh = f"还有 {counted.open_calls} 通电话未登记结果，登记后再拨"
        found.append(Block(Rule.OPEN_CALL, zh, f"{counted.open_calls} call without a result: record it first"))
    if limits.attempts is not None and counted.dials >= limits.attempts:
        zh = f"该号码今天已拨打 {counted.dials}/{limits.attempts} 次，明天再拨"
        found.append(Block(Rule.DIAL_ATTEMPTS, zh, f"dialled {counted.dials} of {limits.attempts} times today"))
    return tuple(found)


def _number_blocks(attempt: Attempt) -> tuple[Block, ...]:
    found = []
    if not attempt.given:
        zh, en = "该号码不是债务人提供的，不得拨打", "the debtor did not give this number: it may not be used"
        found.append(Block(Rule.NUMBER_SOURCE, zh, en))
    if attempt.invalid:
        found.append(Block(Rule.NUMBER_INVALID, "该号码已登记为无效", "the number is recorded as invalid"))
    if attempt.refused:
        zh, en = "对方已拒绝被联系，不得再联系", "this person refused to be asked: do not ask again"
        found.append(Block(Rule.REFUSED, zh, en))
    if attempt.opted_out and attempt.channel is Channel.SMS:
        found.append(Block(Rule.OPTED_OUT, "对方已拒收提醒短信", "this person wants no reminders by message"))
    return tuple(found)


def _third_party(attempt: Attempt, trail: Trail, limits: Limits) -> Block | None:
    if attempt.whom is not Whom.CONTACT:
        return None
    if attempt.channel not in CALLS:
        zh, en = "联系人不是债务人，只能电话请其转告", "a contact owes nothing: only a call to pass word on"
        return Block(Rule.THIRD_PARTY, zh, en)
    after = limits.third_party_after
    if trail.number_invalid or (after is not None and trail.failed >= after):
        return None
    need = after if after is not None else 0
    zh = f"联系人不可拨打：本人连续失联 {trail.failed} 次，未满 {need} 次，且号码有效"
    en = f"not yet: {trail.failed} of {need} failed contacts in a row, and the debtor's number is valid"
    return Block(Rule.THIRD_PARTY, zh, en)


def _visitors(attempt: Attempt, limits: Limits) -> Block | None:
    if attempt.channel is not Channel.VISIT or limits.visit_staff is None or attempt.people >= limits.visit_staff:
        return None
    zh = f"外访至少 {limits.visit_staff} 人，现为 {attempt.people} 人"
    return Block(Rule.VISIT_STAFF, zh, f"a visit takes {limits.visit_staff} people, not {attempt.people}")
