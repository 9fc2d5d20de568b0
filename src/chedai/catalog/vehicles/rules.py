"""What a VIN, a plate and a value can be, as pure questions.

The check digit is that of GB 16735-2019 (ISO 3779): each sign has a value, each place a weight, the sum modulo 11
stands in the ninth place, 10 as X. I, O and Q are not used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chedai.catalog.vehicles.states import ValuationSource
from chedai.engine.money import RATE_SCALE, divide, yuan_grouped
from chedai.platform.errors import Refusal

_SIGNS: Final = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VALUES: Final = {str(digit): digit for digit in range(10)} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_PLATE: Final = re.compile(r"[\u4e00-\u9fff][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]")


@dataclass(frozen=True, slots=True)
class Valuing:
    """How many sources a used car's value takes, and how old a valuation may be: policy of the day."""

    sources: int
    fresh: timedelta


@dataclass(frozen=True, slots=True)
class Seen:
    """One valuation: who, when, how much (fen)."""

    source: ValuationSource
    valuer: str
    amount: int
    valued_on: date


@dataclass(frozen=True, slots=True)
class Value:
    """What a car is taken to be worth (fen), between which figures, `spread` (1e-8) of the lower, said by whom."""

    amount: int
    lowest: int
    highest: int
    spread: int
    sources: tuple[str, ...]
    valued_on: date | None


def normal_vin(typed: str) -> str:
    """A VIN as it is stored: capitals, half width, without the spaces and hyphens it is read out with."""
    return re.sub(r"[\s\-·]", "", unicodedata.normalize("NFKC", typed)).upper()


def check_digit(vin: str) -> str:
    """The sign the ninth place of a VIN of seventeen lawful signs must have."""
    rest = sum(_VALUES[sign] * weight for sign, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def vin_refusal(vin: str) -> Refusal | None:
    """Why a VIN (as stored) cannot be one."""
    if len(vin) != 17:
        zh, en = f"车架号应为 17 位，现为 {len(vin)} 位", f"a VIN has 17 signs, not {len(vin)}"
        return Refusal("vin-length", zh, en, field="vin")
    if not _SIGNS.fullmatch(vin):
        wrong = "、".join(sorted({sign for sign in vin if not re.fullmatch(r"[A-HJ-NPR-Z0-9]", sign)}))
        zh, en = f"车架号不含 {wrong}（字母 I、O、Q 不使用）", f"a VIN has no {wrong} (I, O and Q are not used)"
        return Refusal("vin-signs", zh, en, field="vin")
    if vin[8] != check_digit(vin):
        zh = f"车架号校验位不符：第 9 位应为 {check_digit(vin)}，现为 {vin[8]}"
        en = f"the check digit does not fit: the ninth sign should be {check_digit(vin)}, not {vin[8]}"
        return Refusal("vin-check", zh, en, field="vin")
    return None


def normal_plate(typed: str) -> str:
    """A plate as it is stored: without its dot and spaces."""
    return re.sub(r"[\s\-·.]", "", unicodedata.normalize("NFKC", typed)).upper()


def plate_refusal(plate: str) -> Refusal | None:
    """Why a plate (as stored) cannot be one; none at all is no fault: a new car has none yet."""
    if not plate or _PLATE.fullmatch(plate):
        return None
    zh, en = "车牌号格式不对，例如 沪A12345 或 沪AD12345", "not a plate; like 沪A12345 or 沪AD12345"
    return Refusal("plate-shape", zh, en, field="plate")


def new_value(invoice: int, bundled: Sequence[int]) -> int:
    """What a new car is worth: the invoice less everything inside it that is not the car. Errors: `Refusal`."""
    value = invoice - sum(bundled)
    if value < 1:
        zh = f"捆绑项目合计 {yuan_grouped(sum(bundled))} 不低于发票价 {yuan_grouped(invoice)}"
        en = f"the bundled items, {yuan_grouped(sum(bundled))}, leave nothing of the invoice, {yuan_grouped(invoice)}"
        raise Refusal("bundled-over-invoice", zh, en, field="amount")
    return value


def used_value(seen: Sequence[Seen], on: date, rule: Valuing) -> Value:
    """What a used car is worth: the lowest of the newest figure of each source, none older than the rule allows.

    Errors: `Refusal` where fewer different sources have spoken than the rule asks for.
    """
    newest: dict[tuple[ValuationSource, str], Seen] = {}
    for one in sorted(seen, key=lambda one: one.valued_on):
        if on - rule.fresh <= one.valued_on <= on:
            newest[one.source, one.valuer] = one
    if len(newest) < rule.sources:
        zh = f"二手车估值至少 {rule.sources} 个来源（{rule.fresh.days} 天内），现有 {len(newest)} 个"
        en = f"a used car takes {rule.sources} sources within {rule.fresh.days} days; there are {len(newest)}"
        raise Refusal("valuation-sources", zh, en, field="valuation")
    amounts = [one.amount for one in newest.values()]
    lowest, highest = min(amounts), max(amounts)
    return Value(
        amount=lowest,
        lowest=lowest,
        highest=highest,
        spread=divide((highest - lowest) * RATE_SCALE, lowest),
        sources=tuple(valuer for _, valuer in newest),
        valued_on=max(one.valued_on for one in newest.values()),
    )
