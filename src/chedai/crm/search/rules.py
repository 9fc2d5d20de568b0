"""What a sealed value may be found by: words taken from it that are sealed and blind-indexed in their turn.

A name is found by pinyin, in full, by syllables from the left, and by initials, in every reading of the surname (单 is
shan as a surname, dan elsewhere); and by any two neighbouring characters. A number is found by any four neighbouring
digits. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from pypinyin import Style, lazy_pinyin, pinyin

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


def name_words(name: str) -> frozenset[str]:
    """Every word a name is found by."""
    name = re.sub(r"\s+", "", name).lower()
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
    digits = re.sub(r"\D", "", number)
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
    rest = lazy_pinyin(name[1:])
    first = {lazy_pinyin(name)[0], *pinyin(name[0], style=Style.NORMAL, heteronym=True)[0]}
    if name[0] in _SURNAMES:
        first.add(_SURNAMES[name[0]])
    for syllable in sorted(first):
        yield [syllable, *rest]
