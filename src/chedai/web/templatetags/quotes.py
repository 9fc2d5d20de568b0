"""For the templates of quotes: `{% load quotes %}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedai.deals.quotes.states import AskState, QuoteState
from chedai.engine.compare.bespoke import Term
from chedai.web.formats import money, rate
from chedai.web.quotes.addresses import part_of
from chedai.web.quotes.desk import Head
from chedai.web.quotes.lists import STATES, TINTS
from chedai.web.templatetags.ui import tag

register = template.Library()


@register.filter
def answer_url(url: str) -> str:
    """The answer alone for an address of the desk."""
    return part_of(url)


@register.filter
def is_chosen(heads: Sequence[Head], at: int) -> bool:
    """Whether the column at a position is the preferred one."""
    return heads[at].column.preferred


@register.simple_tag
def quote_state(state: str) -> SafeString:
    """Where a version stands, as a tag."""
    return tag(str(STATES[state]), TINTS.get(QuoteState(state), ""))


@register.simple_tag
def ask_state(state: str) -> SafeString:
    """Where an ask for bespoke terms stands, as a tag."""
    word, tint = _ASKS[AskState(state)]
    return tag(str(word), tint)


@register.simple_tag
def deviation(line: Mapping[str, Any]) -> str:
    """One deviation in figures: what was asked, what is listed."""
    term = Term(line["term"])
    shown = _FIGURES[term]
    words = {"term": str(_TERMS[term]), "asked": shown(line["asked"]), "listed": shown(line["listed"])}
    return _("%(term)s %(asked)s，目录 %(listed)s") % words


_ASKS: Final = {
    AskState.PENDING: (gettext_lazy("待审批"), "blue"),
    AskState.APPROVED: (gettext_lazy("已通过"), "green"),
    AskState.REFUSED: (gettext_lazy("未通过"), "red"),
}
_TERMS: Final = {
    Term.RATE: gettext_lazy("年利率"),
    Term.PERIODS: gettext_lazy("期数"),
    Term.DOWN_PAYMENT: gettext_lazy("首付"),
    Term.AMOUNT: gettext_lazy("贷款额"),
    Term.FEES: gettext_lazy("费用"),
    Term.LIFE: gettext_lazy("本金平均占用（天）"),
}
_FIGURES: Final[dict[Term, Callable[[int], str]]] = {
    Term.RATE: rate,
    Term.PERIODS: str,
    Term.DOWN_PAYMENT: rate,
    Term.AMOUNT: money,
    Term.FEES: money,
    Term.LIFE: str,
}
