"""What an identity number says (GB 11643-1999): when its holder was born, their sex, and a check sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


class WrongNumber(ValueError):
    """The number cannot be one."""

    def __init__(self, words: Promise) -> None:
        self.words = words
        super().__init__("wrong identity number")

    def text(self) -> str:
        """What is wrong, in the language of the page. The number itself is not repeated."""
        return str(self.words)


@dataclass(frozen=True, slots=True)
class Identity:
    """What the number says."""

    born: date
    is_male: bool


def read(number: str) -> Identity:
    """Errors: `WrongNumber`."""
    if len(number) != 18 or not (number.isascii() and number[:17].isdigit()):
        raise WrongNumber(_("应为 18 位身份证号"))
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise WrongNumber(_("出生日期不存在")) from None
    total = sum(weight * int(sign) for weight, sign in zip(_WEIGHTS, number, strict=False))
    if _CHECKS[total % 11] != number[17]:
        raise WrongNumber(_("校验码不对，有一位写错了"))
    return Identity(born, int(number[16]) % 2 == 1)
