"""大写金额: an amount as it is written out on Chinese paper, so that no digit can be added.

By the rules for filling in bills (支付结算办法): the numerals are those of accounting, a gap of zeros is one 零,
an amount that ends at 元 or 角 closes with 整, one that has 分 does not, and 零 stands between 元 and 分 where there is
no 角.
"""

from __future__ import annotations

from typing import Final

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿")
MOST: Final = 10**14 - 1
"""Fen: 玖仟玖佰玖拾玖亿 and so on; beyond it the names of the groups end."""


def in_capitals(fen: int) -> str:
    """An amount in fen written out: 10_000_000 is 壹拾万元整. Errors: `ValueError` below zero and beyond `MOST`."""
    if not 0 <= fen <= MOST:
        raise ValueError("an amount on paper is neither below zero nor beyond its names")
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    text = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return f"{text or '零元'}整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif yuan:
        text += "零"
    return text + (f"{_DIGITS[cents]}分" if cents else "整")


def _whole(yuan: int) -> str:
    """The whole yuan, group of four by group of four; a group that begins with a gap is led by one 零."""
    groups = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    text, gap = "", False
    for at in range(len(groups) - 1, -1, -1):
        group = groups[at]
        if not group:
            gap = True
            continue
        if text and (gap or group < 1_000):
            text += "零"
        text += _four(group) + _GROUPS[at]
        gap = False
    return text


def _four(group: int) -> str:
    """A number up to 9,999 with its places; zeros inside are one 零, at the end none."""
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text
