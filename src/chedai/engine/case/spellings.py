"""Generous reading: other spellings of a case document, brought to the published one.

One rule each, and nothing else is guessed:

1. A name in `NAMES` (or `EVENT_NAMES` for one type of event) is the published name beside it.
2. A field that belongs one level higher or lower is moved: `day_count` inside terms, `principal` beside them.
3. A word in `WORDS` is the published word beside it; case, blanks and hyphens do not matter.
4. An amount may carry commas between thousands and 元 or ¥, a rate a percent sign. `null` is a field left out.
5. A `due_date_shift` that states one day beside the new one means the due date that moves.
6. The same field given twice with different values is refused, never resolved.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final, TypeAlias

import msgspec

from chedai.engine.case.document import EVENT_TYPES, Case, PenaltyCase, StepCase, TermsCase, choices
from chedai.engine.case.refusal import refused
from chedai.engine.money import GROUPED

Json: TypeAlias = dict[str, object]

NAMES: Final = {
    "amortization": "amortisation",
    "allocation_order": "allocation",
    "annual_rate": "annual_rate_pct",
    "annual_rate_percent": "annual_rate_pct",
    "disbursed_on": "disbursement_date",
    "first_due": "first_due_date",
    "frequency": "every",
    "installment": "instalment",
    "installment_multiple": "instalment_multiple",
    "down_payment_percent": "down_payment_pct",
    "interest_free": "interest_free_periods",
    "number_of_periods": "periods",
    "day_count_convention": "day_count",
    "as_of_date": "as_of",
    "interest_recalculation": "recalculation",
}

EVENT_NAMES: Final = {
    "": {"event": "type", "on": "date", "value_date": "date"},
    "charge": {"charge_kind": "kind", "due": "due_date", "due_on": "due_date"},
    "rate_change": {
        "from": "date",
        "effective_date": "date",
        "rate": "annual_rate_pct",
        "rate_pct": "annual_rate_pct",
        "new_rate": "annual_rate_pct",
        "new_rate_pct": "annual_rate_pct",
        "annual_rate": "annual_rate_pct",
    },
    "due_date_shift": {"from": "due_date", "to": "new_due_date", "due": "due_date", "new_date": "new_due_date"},
    "interest_pause": {"start": "start_date", "end": "end_date", "from": "start_date", "to": "end_date"},
    "term_extension": {"extra_periods": "periods", "extra_terms": "periods"},
    "reage": {"start_date": "first_due_date", "start": "first_due_date", "frequency": "every"},
    "restructure": {"start_date": "first_due_date"},
    "reversal": {"event_id": "of", "reverses": "of", "target": "of"},
}

WORDS: Final = {
    "type": {
        "disburse": "disbursement",
        "repay": "repayment",
        "payment": "repayment",
        "pay_off": "payoff",
        "settlement": "payoff",
        "reamortize": "reamortise",
        "reamortisation": "reamortise",
        "reamortization": "reamortise",
        "re_amortise": "reamortise",
        "re_amortize": "reamortise",
        "re_age": "reage",
        "reaging": "reage",
        "extension": "term_extension",
        "undo": "reversal",
        "reverse": "reversal",
    },
    "unit": {"days": "day", "weeks": "week", "months": "month"},
    "amortisation": {
        "equal_installment": "equal_instalment",
        "equal_installments": "equal_instalment",
        "equal_instalments": "equal_instalment",
        "equal_principal_payments": "equal_principal",
        "level": "equal_instalment",
        "interest_only": "interest_first",
    },
    "interest_method": {"declining": "declining_balance", "reducing_balance": "declining_balance"},
    "day_count": {
        "30_360": "30/360",
        "360/30": "30/360",
        "actual/365": "act/365",
        "actual/360": "act/360",
        "actual/actual": "act/act",
        "365/actual": "act/365",
        "360/actual": "act/360",
        "act/act_feb29": "act/act-feb29",
    },
    "rounding": {"half_upwards": "half_up", "bankers": "half_even"},
    "kind": {"fees": "fee", "penalties": "penalty"},
    "allocation": {"fees": "fee", "penalties": "penalty", "principle": "principal"},
}

_PARTS: Final[tuple[type[msgspec.Struct], ...]] = (Case, TermsCase, StepCase, PenaltyCase, *EVENT_TYPES.values())
_CHOICES: Final = {kind: choices(kind) for kind in _PARTS}
"""The words each field of each part may hold."""

_AMOUNT_FIELDS: Final = {"principal", "amount", "instalment", "balloon", "instalment_multiple", "waived_principal"}
_TOP: Final = frozenset(Case.__struct_fields__)
_TERMS: Final = frozenset(TermsCase.__struct_fields__)


def published(document: object) -> Json:
    """The document in its published spelling, every field known. Errors: `CaseRefused` with the path of the field."""
    top = _renamed(_object(document, ""), NAMES, "")
    terms = _renamed(_object(top.pop("terms", {}), "terms"), NAMES, "terms")
    for name in [n for n in terms if n in _TOP - _TERMS]:
        _put(top, name, terms.pop(name), f"terms.{name}")
    for name in [n for n in top if n in _TERMS - _TOP]:
        _put(terms, name, top.pop(name), name)
    if "steps" in terms:
        terms["steps"] = _items(terms["steps"], "terms.steps", StepCase)
    if "penalty" in terms:
        terms["penalty"] = _part(_object(terms["penalty"], "terms.penalty"), "terms.penalty", PenaltyCase)
    top["terms"] = _part(terms, "terms", TermsCase)
    events = top.get("events", [])
    if not isinstance(events, list):
        raise refused("events", "must be a list", "必须是列表", events)
    top["events"] = [_event(event, f"events[{index}]") for index, event in enumerate(events)]
    return _part(top, "", Case)


def _event(event: object, path: str) -> Json:
    read = _renamed(_object(event, path), EVENT_NAMES[""], path)
    if "type" not in read and read.get("kind") not in ("fee", "penalty", "fees", "penalties"):
        _put(read, "type", read.pop("kind", None), path)
    kind = _word("type", read.get("type"))
    if not isinstance(kind, str) or kind not in EVENT_TYPES:
        hint, hint_zh = _nearest(str(kind), EVENT_TYPES)
        raise refused(f"{path}.type", f"is no type of event{hint}", f"不是已知的事件类型{hint_zh}", read.get("type"))
    read = _renamed({**read, "type": kind}, EVENT_NAMES.get(kind, {}), path)
    if kind == "due_date_shift" and "due_date" not in read and "date" in read:
        read["due_date"] = read.pop("date")
    return _part(read, path, EVENT_TYPES[kind], "type")


def _items(values: object, path: str, kind: type[msgspec.Struct]) -> list[Json]:
    if not isinstance(values, list):
        raise refused(path, "must be a list", "必须是列表", values)
    return [_part(_object(v, f"{path}[{i}]"), f"{path}[{i}]", kind) for i, v in enumerate(values)]


def _part(read: Json, path: str, kind: type[msgspec.Struct], *more: str) -> Json:
    """`read` with its words and amounts brought to form; an unknown field is refused by name."""
    known = (*kind.__struct_fields__, *more)
    for name in read:
        if name not in known:
            hint, hint_zh = _nearest(name, known)
            raise refused(_join(path, name), f"is no known field{hint}", f"是未知字段{hint_zh}")
    for name, words in _CHOICES[kind].items():
        word = _word(name, read.get(name))
        if isinstance(word, str) and word not in words:
            allowed = ", ".join(words)
            raise refused(_join(path, name), f"must be one of {allowed}", f"必须是以下之一:{allowed}", read[name])
    return {name: _value(name, value, name in _CHOICES[kind]) for name, value in read.items()}


def _value(name: str, value: object, chosen: bool = False) -> object:
    if name == "allocation":
        parts = re.findall(r"[a-z]+", value.lower()) if isinstance(value, str) else value
        return [_word(name, part) for part in parts] if isinstance(parts, list) else value
    if chosen or name == "type":
        return _word(name, value)
    if isinstance(value, str) and name in _AMOUNT_FIELDS:
        bare = re.sub("[\\s\\u00a5\\uffe5元]", "", value).replace("\uff0c", ",")
        return bare.replace(",", "") if GROUPED.fullmatch(bare) else bare
    if isinstance(value, str) and name.endswith("_pct"):
        return value.strip().removesuffix("%").strip()
    return value


def _word(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    blank = "" if name == "day_count" else "_"
    word = re.sub(r"\s+", blank, value.strip().lower())
    if name != "day_count":
        word = word.replace("-", "_")
    return WORDS.get(name, {}).get(word, word)


def _renamed(read: Json, names: dict[str, str], path: str) -> Json:
    out: Json = {}
    for name, value in read.items():
        if value is not None:
            _put(out, names.get(name, name), value, _join(path, name))
    return out


def _put(into: Json, name: str, value: object, path: str) -> None:
    if value is None:
        return
    if name in into and _word(name, into[name]) != _word(name, value):
        raise refused(path, f"says otherwise than {name}", f"与 {name} 的值不一致", value)
    into[name] = value


def _object(value: object, path: str) -> Json:
    if not isinstance(value, dict):
        raise refused(path, "must be an object", "必须是对象", value)
    return value


def _nearest(name: str, known: Iterable[str]) -> tuple[str, str]:
    close = difflib.get_close_matches(name, list(known), n=1)
    return (f"; the nearest is {close[0]}", f",最接近的是 {close[0]}") if close else ("", "")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
