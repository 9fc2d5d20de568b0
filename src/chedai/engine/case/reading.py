"""From bytes to a `Case`: decode, bring to the published spelling, check every type; each refusal names its field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Final

import msgspec

from chedai.engine.case.document import Case
from chedai.engine.case.refusal import CaseRefused, refused
from chedai.engine.case.spellings import published

_EXACT: Final = msgspec.json.Decoder(float_hook=Decimal)
"""Reads a number with a point from its digits, so that 0.1 is a tenth."""

_RULES: Final = (
    (r"Object missing required field `(?P<field>\w+)`", "is required", "必须填写"),
    (r"Invalid enum value (?P<value>.+)", "is none of the allowed words", "不在可选值之内"),
    (r"Invalid decimal string", "must be a number written in digits", "必须是数字"),
    (r"Invalid RFC3339 encoded date", "must be a date written as 2024-01-31", "必须是日期,格式如 2024-01-31"),
    (r"Expected `int` >= (?P<least>\S+)", "must be at least {least}", "不得小于 {least}"),
    (r"Expected `int` <= (?P<most>\S+)", "must be at most {most}", "不得大于 {most}"),
    (r"Expected `(?P<want>[^`]+)`, got `(?P<got>[^`]+)`", "must be {want}, not {got}", "类型应为 {want},而不是 {got}"),
)


_WORDS: Final = {"decimal": "number", "int": "whole number", "str": "text", "array": "list", "bool": "true/false"}


def split(raw: bytes) -> tuple[bytes, ...]:
    """The documents of a text that is one case or a list of cases. Errors: `CaseRefused` where it is no JSON."""
    with _readable():
        if raw.lstrip()[:1] == b"[":
            parts = tuple(bytes(part) for part in msgspec.json.decode(raw, type=list[msgspec.Raw]))
            if not parts:
                raise refused("", "is an empty list of cases", "案例列表为空")
            return parts
        _EXACT.decode(raw)
    return (raw,)


def read(raw: bytes) -> Case:
    """One case. Errors: `CaseRefused`, naming the field, what was found there and the rule."""
    with _readable():
        document = _EXACT.decode(raw)
        json.loads(raw, object_pairs_hook=_once, parse_int=str, parse_float=str)
    spelled = published(document)
    try:
        return msgspec.convert(spelled, Case, strict=False)
    except msgspec.ValidationError as error:
        raise _explained(str(error), spelled) from None


def _once(pairs: list[tuple[str, object]]) -> None:
    """Two fields of one name contradict each other; a decoder would keep the last and say nothing."""
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise refused(name, "stands twice in one object", "在同一对象中出现两次")
        seen.add(name)


@contextmanager
def _readable() -> Iterator[None]:
    """What cannot be decoded is refused as a whole."""
    try:
        yield
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise refused("", f"is no JSON: {error}", f"不是有效的 JSON:{error}") from None
    except RecursionError:
        raise refused("", "is nested too deep", "嵌套过深") from None


def _explained(message: str, document: object) -> CaseRefused:
    """What msgspec says ("Expected `int`, got `str` - at `$.terms.periods`") as a refusal of ours."""
    said, _, where = message.partition(" - at `$")
    path = where.rstrip("`").lstrip(".")
    for pattern, rule, rule_zh in _RULES:
        match = re.fullmatch(pattern, said)
        if match:
            words = {name: _WORDS.get(word, word) for name, word in match.groupdict().items()}
            if "field" in words:
                path = f"{path}.{words['field']}" if path else words["field"]
            return refused(path, rule.format(**words), rule_zh.format(**words), _found(document, path))
    return refused(path, said, said, _found(document, path))


def _found(document: object, path: str) -> object:
    """The value at `path`, None where there is none."""
    value = document
    for step in re.findall(r"\w+", path):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit():
            value = value[int(step)]
        else:
            return None
    return value
