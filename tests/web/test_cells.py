"""Values as they stand in a cell and in Excel, and codes in words."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import translation

from chedai.platform.imports.columns import Type
from chedai.web import words
from chedai.web.lists.cells import cell, sheet_column, sheet_value, shown_value, total_value
from chedai.web.lists.spec import Column, Kind

ROW = SimpleNamespace(v=7_220_000, d=date(2026, 11, 20), nothing=None, words="<b>")


def _column(kind: Kind, name: str = "v") -> Column:
    return Column("c", "列", lambda row: getattr(row, name), kind)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.RATE, 7_220_000, "7.22%"),
        (Kind.DAY, date(2026, 11, 20), "2026-11-20"),
        (Kind.NUMBER, 12_500, "12,500"),
        (Kind.MONEY, 12_500_000, "125,000.00"),
        (Kind.MONEY, 0, '<span class="zero">0.00</span>'),
        (Kind.RATE, None, "—"),
        (Kind.NUMBER, None, "—"),
        (Kind.TEXT, None, ""),
    ],
)
def test_a_value_is_written_by_its_kind(kind: Kind, value: object, text: str) -> None:
    assert shown_value(_column(kind), value) == text


def test_figures_stand_on_the_right_and_words_are_escaped() -> None:
    assert cell(_column(Kind.RATE), ROW, is_title=False).css == "num"
    assert cell(_column(Kind.TEXT, "words"), ROW, is_title=True).html == "&lt;b&gt;"
    assert cell(_column(Kind.CODE, "words"), ROW, is_title=False).html == '<span class="code">&lt;b&gt;</span>'
    assert cell(_column(Kind.TAG, "nothing"), ROW, is_title=False).html == ""


def test_a_rule_may_colour_a_figure() -> None:
    late = Column("days", "天数", lambda row: 36, Kind.NUMBER, tint=lambda row: "red", note=lambda row: "自 10-15")
    shown = cell(late, ROW, is_title=False)
    assert (shown.css, shown.html) == ("num red", "36<small>自 10-15</small>")


def test_excel_gets_figures_as_figures() -> None:
    assert (sheet_column(_column(Kind.RATE)).type, sheet_value(_column(Kind.RATE), ROW)) == (Type.RATE, 7_220_000)
    assert sheet_value(_column(Kind.DAY, "d"), ROW) == date(2026, 11, 20)
    assert sheet_value(_column(Kind.TEXT, "nothing"), ROW) == ""
    assert total_value(_column(Kind.NUMBER), None) == "0"


def test_codes_are_said_in_words_and_unknown_ones_as_they_are() -> None:
    assert words.action("approval.decided") == "作出审批"
    assert words.action("nobody.knows") == "nobody.knows"
    assert (words.subject("staff:17"), words.subject("thing:1")) == ("员工 17", "thing:1")
    assert (words.role("officer"), words.role("wizard")) == ("金融专员", "wizard")
    assert (words.fact("reason"), words.fact("x")) == ("理由", "x")
    with translation.override("en"):
        assert (words.role("officer"), words.approval_state("pending")) == ("Finance officer", "pending")


def test_the_filters_write_what_the_formats_say(db: None) -> None:
    shown = Template("{% load ui %}{{ v|rate }} {{ m|wan }} {{ d|shortday }} {{ n|grouped }} {{ m|money }}")
    values = {"v": 7_220_000, "m": 12_500_000, "d": date(2024, 2, 29), "n": 12_500}
    assert shown.render(Context(values)) == "7.22% 12.5 万元 2024-02-29 12,500 125,000.00"
