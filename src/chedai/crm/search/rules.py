"""What a sealed value may be found by: words taken from it that are sealed and blind-indexed in their turn.

A name is found by pinyin, in full, by syllables from the left, and by initials, in every reading of the surname (单 is
shan as a surname, dan elsewhere); and by any two neighbouring characters. A number is found by any four neighbouring
digits. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import Final

from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.constants import PHRASES_DICT

GRAM: Final = 4
"""How many digits of a number are needed to look for it."""

_SURNAMES: Final = {
    "单": "shan",
    "解": "xie",
    "仇": "qiu",
    "曾": "zeng",
    "任": "ren",
    "区": "ou",
    "查": "zha",
    "盖": "ge",
    "朴": "piao",
    "翟": "zhai",
    "乐": "yue",
    "覃": "qin",
    "缪": "miao",
    "冼": "xian",
    "员": "yun",
    "繁": "po",
    "种": "chong",
    "秘": "bi",
    "召": "shao",
    "牟": "mu",
}
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_HANS: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fa5]+")
_NO_DIGIT: Final = re.compile(r"\D")
_SPACES: Final = re.compile(r"\s+")
_SHORT: Final = 4  # as names of people are


def name_words(name: str) -> frozenset[str]:
    """Every word a name is found by."""
    name = _SPACES.sub("", name).lower()
    if not name:
        return frozenset()
    words = {name, *(name[at : at + 2] for at in range(len(name) - 1))}
    if _HAN.search(name):
        for syllables in _readings(name):
            words |= set(accumulate(syllables))
            words.add("".join(syllable[0] for syllable in syllables))
    return frozenset(words)


def number_words(number: str) -> frozenset[str]:
    """Every four neighbouring digits of a number; marked, so that digits are not taken for a name."""
    digits = number if number.isdecimal() else _NO_DIGIT.sub("", number)
    return frozenset(f"#{digits[at : at + GRAM]}" for at in range(len(digits) - GRAM + 1))


def asked_words(typed: str) -> frozenset[str]:
    """The words that all must be there for what was typed; nothing where it is too little to look for."""
    typed = re.sub(r"[\s'-]+", "", typed).lower()
    if typed.isascii() and typed.isdigit():
        return number_words(typed)
    if _HAN.search(typed):
        return frozenset({typed} if len(typed) < 3 else {typed[at : at + 2] for at in range(len(typed) - 1)})
    return frozenset({typed}) if len(typed) > 1 else frozenset()


def _readings(name: str) -> Iterator[list[str]]:
    rest = _syllables(name[1:])
    for syllable in {_syllables(name)[0], *_first(name[0])}:
        yield [syllable, *rest]


def _syllables(text: str) -> list[str]:
    """How a text is read. Words have readings of their own; where there is none in it, each character has its own."""
    if len(text) <= _SHORT and _HANS.fullmatch(text) and not any(word in PHRASES_DICT for word in _parts(text)):
        return [_syllable(character) for character in text]
    return lazy_pinyin(text)


def _parts(text: str) -> Iterator[str]:
    """Every two or more neighbouring characters."""
    return (text[at:end] for at in range(len(text) - 1) for end in range(at + 2, len(text) + 1))


@cache
def _syllable(character: str) -> str:
    return lazy_pinyin(character)[0]


@cache
def _first(character: str) -> frozenset[str]:
    """Every reading of the first character of a name."""
    read = {*pinyin(character, style=Style.NORMAL, heteronym=True)[0]}
    return frozenset(read | {_SURNAMES[character]} if character in _SURNAMES else read)
