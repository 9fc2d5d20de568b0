"""The small components as tags and filters: `{% load ui %}` in a template, see the style page for each of them.

What needs only a class (buttons, panels, tags of a fixed word) is plain HTML; here is what computes something.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.template.base import Parser, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chedai.web import formats, words
from chedai.web.approvals.about import title_of
from chedai.web.icons import icon as icon_svg

register = template.Library()

_TINTS = ("", "blue", "red", "amber", "green")


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """`{% icon "phone" %}`, `{% icon "bell" 18 %}`, and with `label=` where no word stands beside it."""
    return icon_svg(name, size, str(label))


@register.filter
def money(fen: int | None) -> SafeString:
    """Integer fen as 125,000.00; zero is grey, negative in brackets, nothing a dash."""
    text = formats.money(fen)
    return format_html('<span class="zero">{}</span>', text) if not fen else mark_safe(text)


@register.filter
def wan(fen: int | None) -> str:
    """Integer fen as 12.5 万元."""
    return formats.wan(fen)


@register.filter
def rate(units: int | None) -> str:
    """Rate units as 7.22%."""
    return formats.rate(units)


@register.filter
def day(value: date | None) -> str:
    """2026-11-20."""
    return formats.day(value)


@register.filter
def shortday(value: date | None) -> str:
    """11-20, with the year where it is another one."""
    return formats.short_day(value)


@register.filter
def moment(value: datetime | None) -> str:
    """11-20 09:12."""
    return formats.moment(value)


@register.filter
def until(value: datetime | None) -> str:
    """11-20 of what ends at the midnight after it, else 11-20 09:12."""
    return formats.until(value)


@register.filter
def span(value: timedelta) -> str:
    """3 时 20 分."""
    return formats.span(value)


@register.filter
def grouped(figure: int) -> str:
    """12500 as 12,500."""
    return f"{figure:,}"


@register.filter
def worked(value: timedelta) -> str:
    """36 时 20 分, of working time."""
    return formats.worked(value)


@register.simple_tag
def tag(word: str, tint: str = "", sign: str = "") -> SafeString:
    """`{% tag "已通过" "green" "circle-check" %}`: a state in at most five characters."""
    if tint not in _TINTS:
        raise template.TemplateSyntaxError(f"tag: no tint {tint!r}")
    shown = icon_svg(sign) if sign else ""
    return format_html('<span class="tag{}">{}{}</span>', f" tag-{tint}" if tint else "", shown, word)


@register.simple_tag
def clock(used: timedelta, limit: timedelta) -> SafeString:
    """The clock badge: grey, amber past half of the limit, red with a triangle and the word 超时 past it."""
    if used > limit:
        words = _("超时 %(span)s") % {"span": formats.worked(used - limit)}
        return format_html('<span class="clock clock-red">{}{}</span>', icon_svg("alert-triangle"), words)
    tint = " clock-amber" if used * 2 > limit else ""
    words = _("已用 %(used)s，时限 %(limit)s") % {"used": formats.worked(used), "limit": formats.worked(limit)}
    return format_html(
        '<span class="clock{}" title="{}">{}{}</span>', tint, words, icon_svg("clock"), formats.worked(used)
    )


@register.simple_tag
def progress(done: int, total: int, tick: int | None = None, tint: str = "", label: str = "") -> SafeString:
    """A bar without an inline style: `done` of `total`, and a black tick where it should be by now."""
    share = _share(done, total)
    mark = (
        format_html('<rect class="progress-tick" x="{}%" width="2" height="12"/>', _share(tick, total)) if tick else ""
    )
    return format_html(
        '<svg class="progress{}" role="img" aria-label="{}">'
        '<rect class="progress-ground" y="3" width="100%" height="6" rx="3"/>'
        '<rect class="progress-fill" y="3" width="{}%" height="6" rx="3"/>{}</svg>',
        f" progress-{tint}" if tint else "",
        label or f"{done} / {total}",
        share,
        mark,
    )


def _share(part: int | None, total: int) -> int:
    return min(100, 100 * (part or 0) // total) if total > 0 else 0


@register.filter
def initial(name: str) -> str:
    """The one sign in the round of a person."""
    return str(name)[:1].upper()


class Fixed(template.Node):
    """A part of a page that is the same for everybody who reads one language."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self._written: dict[str, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        """The part, written once. It sees no variable of the page: what would differ is missing from the start."""
        language = get_language() or ""
        if language not in self._written:
            self._written[language] = self.nodelist.render(context.new({}))
        return self._written[language]


@register.tag
def fixed(parser: Parser, token: Token) -> Fixed:
    """`{% fixed %}...{% endfixed %}` around what depends on nothing but the language."""
    nodelist = parser.parse(("endfixed",))
    parser.delete_first_token()
    return Fixed(nodelist)


@register.filter
def approval_title(approval: Any) -> str:
    """What an approval is about: the act in words, and what it is done to."""
    return title_of(approval)


@register.filter
def approval_state(approval: Any) -> SafeString:
    """Where an approval stands, as a tag."""
    return tag(words.approval_state(approval.state), words.APPROVAL_TINTS.get(approval.state, ""))


@register.filter
def action_words(code: str) -> str:
    """What was done, in words."""
    return words.action(code)


@register.filter
def subject_words(code: str) -> str:
    """What it was done to, in words."""
    return words.subject(code)


@register.filter
def fact_words(name: str) -> str:
    """The name of a fact in words."""
    return words.fact(name)


@register.filter
def role_words(role: str) -> str:
    """A role in words."""
    return words.role(role)


@register.filter
def verdict_words(verdict: str) -> str:
    """What a checker said, in words."""
    return str(words.VERDICTS.get(verdict, verdict))
