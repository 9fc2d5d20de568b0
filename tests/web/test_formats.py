"""Figures as the design writes them, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from chedai.platform import clock
from chedai.web import formats
from tests.conftest import MOMENT


@pytest.mark.parametrize(
    ("fen", "text"),
    [(12_500_000, "125,000.00"), (0, "0.00"), (-60_000, "(600.00)"), (None, "—"), (5, "0.05"), (-1, "(0.01)")],
)
def test_money_is_yuan_with_cents(fen: int | None, text: str) -> None:
    assert formats.money(fen) == text


@pytest.mark.parametrize(
    ("fen", "text"),
    [(12_500_000, "12.5 万元"), (1_200_000_000, "1,200 万元"), (609_988, "0.61 万元"), (0, "0 万元"), (None, "—")],
)
def test_wan_echoes_the_amount(fen: int | None, text: str) -> None:
    assert formats.wan(fen) == text


def test_a_rate_has_two_decimals() -> None:
    assert (formats.rate(7_220_000), formats.rate(588_000), formats.rate(None)) == ("7.22%", "0.59%", "—")


def test_dates_lose_the_year_only_within_it(db: None) -> None:
    with clock.frozen(MOMENT):
        assert formats.short_day(date(2026, 11, 20)) == "11-20"
        assert formats.short_day(date(2027, 11, 20)) == "2027-11-20"
        assert formats.moment(datetime(2026, 11, 20, 1, 12, tzinfo=UTC)) == "11-20 09:12"
        assert formats.until(datetime(2026, 11, 20, 1, 12, tzinfo=UTC)) == "11-20 09:12"
        assert formats.until(datetime(2026, 12, 22, 16, 0, tzinfo=UTC)) == "12-22"  # through that day
        assert formats.day(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)) == "2027-01-01"
    assert (formats.day(None), formats.moment(None)) == ("—", "—")


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(hours=3, minutes=20), "3 时 20 分"),
        (timedelta(days=2, hours=6, minutes=59), "2 天 6 时"),
        (timedelta(days=2, minutes=5), "2 天"),
        (timedelta(hours=4), "4 时"),
        (timedelta(minutes=12, seconds=50), "12 分"),
        (timedelta(seconds=-5), "0 分"),
    ],
)
def test_a_span_has_its_two_largest_parts(span: timedelta, text: str) -> None:
    assert formats.span(span) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(minutes=12), "12 分"),
        (timedelta(hours=9, minutes=59), "9 时 59 分"),
        (timedelta(hours=9), "9 时"),
        (timedelta(hours=10, minutes=59), "10 时"),
        (timedelta(days=2, hours=3), "51 时"),
    ],
)
def test_working_time_is_told_in_hours_without_minutes_where_it_is_long(span: timedelta, text: str) -> None:
    assert formats.worked(span) == text


def test_english_pages_speak_english() -> None:
    with translation.override("en"):
        assert formats.span(timedelta(hours=3, minutes=20)) == "3 h 20 min"
        assert formats.wan(12_500_000) == "12.5 × 10k yuan"


def _shown(text: str, **values: object) -> str:
    return Template("{% load ui %}" + text).render(Context(values))


def test_the_clock_badge_says_late_in_words() -> None:
    hours = timedelta(hours=1)
    assert "超时 6 时" in _shown("{% clock u l %}", u=54 * hours, l=48 * hours)
    assert "clock-amber" in _shown("{% clock u l %}", u=13 * hours, l=24 * hours)
    calm = _shown("{% clock u l %}", u=12 * hours, l=24 * hours)
    assert "clock-amber" not in calm
    assert 'title="已用 12 时，时限 24 时"' in calm


def test_a_bar_needs_no_inline_style() -> None:
    bar = _shown("{% progress 70 100 67 %}")
    assert 'width="70%"' in bar
    assert 'x="67%"' in bar
    assert "style=" not in bar
    assert 'width="100%" height="6" rx="3"/></svg>' in _shown("{% progress 300 100 %}")
    assert 'width="0%"' in _shown("{% progress 3 0 %}")


def test_a_tag_has_one_of_the_tints() -> None:
    assert _shown("{% tag 'x' 'red' %}") == '<span class="tag tag-red">x</span>'
    with pytest.raises(TemplateSyntaxError):
        _shown("{% tag 'x' 'pink' %}")


def test_what_is_shown_is_escaped() -> None:
    assert "<script>" not in _shown("{% tag word %}", word="<script>")
