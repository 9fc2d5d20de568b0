"""The states of a quote, of what is asked beside it, and every move between them, in one table."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class QuoteState(StrEnum):
    """Where one version of a quote stands."""

    DRAFT = "draft"  # 草稿
    OFFERED = "offered"  # 已报出: frozen, valid until its day
    ACCEPTED = "accepted"  # 客户已接受
    EXPIRED = "expired"  # 已过期
    WITHDRAWN = "withdrawn"  # 已撤回


MOVES: Final = MappingProxyType(
    {
        QuoteState.DRAFT: frozenset({QuoteState.OFFERED, QuoteState.WITHDRAWN}),
        QuoteState.OFFERED: frozenset({QuoteState.ACCEPTED, QuoteState.EXPIRED, QuoteState.WITHDRAWN}),
        QuoteState.ACCEPTED: frozenset({QuoteState.WITHDRAWN}),  # the deal came back to the quote
        QuoteState.EXPIRED: frozenset(),
        QuoteState.WITHDRAWN: frozenset(),
    }
)

WORDS: Final = MappingProxyType(
    {
        QuoteState.DRAFT: ("草稿", "draft"),
        QuoteState.OFFERED: ("已报出", "offered"),
        QuoteState.ACCEPTED: ("已接受", "accepted"),
        QuoteState.EXPIRED: ("已过期", "expired"),
        QuoteState.WITHDRAWN: ("已撤回", "withdrawn"),
    }
)


class AddOnChoice(StrEnum):
    """What a customer said to one product of the menu."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class AskState(StrEnum):
    """Where an ask for bespoke terms stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"  # returned, declined, withdrawn or void


class AdviceState(StrEnum):
    """Where one version of an advice text stands."""

    DRAFT = "draft"  # 待发布
    PUBLISHED = "published"  # 已发布: may be sent
    RETIRED = "retired"  # 已停用: another version took its place, or it was taken out
