"""The larger components: what they decide before they are drawn, and that each is alive on the style page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chedai.org.models import Staff
from chedai.platform import clock
from chedai.web.ui.board import Card, Lane, Urgency, urgency, urgent_first
from chedai.web.ui.chart import Series, TooManyLines, line_chart
from chedai.web.ui.deal import Paper, Turn
from chedai.web.ui.month import Entry, month_of
from tests.conftest import MOMENT
from tests.house import House

Browse = Callable[[Staff], Client]
HOUR = timedelta(hours=1)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def _card(name: str, used: int, limit: int = 48) -> Card:
    return Card(name, "#", used * HOUR, limit * HOUR)


def _shown(value: int | None) -> str:
    return "—" if value is None else str(value)


@pytest.mark.parametrize(
    ("used", "limit", "found"),
    [(24, 48, Urgency.CALM), (25, 48, Urgency.SOON), (48, 48, Urgency.SOON), (49, 48, Urgency.LATE)],
)
def test_a_clock_is_amber_past_half_of_its_limit_and_red_past_it(used: int, limit: int, found: Urgency) -> None:
    assert urgency(used * HOUR, limit * HOUR) is found


def test_a_board_shows_late_cards_first_then_soon_then_the_oldest() -> None:
    cards = urgent_first((_card("a", 2), _card("b", 60), _card("c", 30), _card("d", 9), _card("e", 50)))
    assert [card.title for card in cards] == ["b", "e", "c", "d", "a"]
    assert [card.edge for card in cards] == ["red", "red", "amber", "", ""]


def test_a_lane_is_full_at_its_limit_and_counts_what_it_does_not_show() -> None:
    cards = (_card("a", 1), _card("b", 1))
    assert [Lane("k", "列", cards, 6, most=most).is_full for most in (0, 5, 6, 7)] == [False, True, True, False]
    assert Lane("k", "列", cards, 6).hidden == 4


def test_a_month_begins_on_monday_and_is_filled_with_its_neighbours(db: None) -> None:
    with clock.frozen(MOMENT):
        month = month_of(
            date(2026, 11, 20), [Entry(date(2026, 11, 20), "甲", "#"), Entry(date(2026, 12, 1), "乙", "#")]
        )
    assert [week[0].day for week in month.weeks] == [
        date(2026, 10, 26), date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23),
        date(2026, 11, 30),
    ]  # fmt: skip
    assert (month.before, month.after, month.count) == (date(2026, 10, 1), date(2026, 12, 1), 1)
    today = [day for week in month.weeks for day in week if day.is_today]
    assert [(day.day, [e.label for e in day.entries]) for day in today] == [(date(2026, 11, 20), ["甲"])]
    assert month.weeks[-1][1].is_outside


def test_the_year_turns_with_the_month(db: None) -> None:
    with clock.frozen(MOMENT):
        assert month_of(date(2026, 12, 31), []).after == date(2027, 1, 1)
        assert month_of(date(2027, 1, 5), []).before == date(2026, 12, 1)


def test_a_chart_begins_at_zero_and_ends_above_its_largest_figure() -> None:
    chart = line_chart(("1", "2", "3"), (Series("甲", (0, 700, 1230), chosen=True), Series("乙", (5, 6, None))), _shown)
    assert [tick.label for tick in chart.ys] == ["0", "500", "1000", "1500"]
    assert [tick.at for tick in chart.ys] == [252, 172, 92, 12]
    assert [line.css for line in chart.lines] == ["chart-chosen", "chart-1"]
    assert chart.lines[0].points == "64,252 300,140 536,55"
    assert chart.lines[1].points == "64,251 300,251"
    assert chart.rows == (("1", ("0", "5")), ("2", ("700", "6")), ("3", ("1230", "—")))


def test_labels_of_lines_that_end_together_do_not_cover_each_other() -> None:
    chart = line_chart(("1", "2"), tuple(Series(str(n), (0, 1000 + n)) for n in range(5)), _shown)
    heights = sorted(line.label_y for line in chart.lines)
    assert all(below - above >= 16 for above, below in pairwise(heights))
    low = line_chart(("1", "2"), tuple(Series(str(n), (0, n)) for n in range(5)), _shown)
    flat = line_chart(("1",), tuple(Series(str(n), (0,)) for n in range(5)), _shown)
    assert max(line.label_y for chart in (low, flat) for line in chart.lines) <= 276


def test_a_sixth_line_is_refused() -> None:
    with pytest.raises(TooManyLines, match="6 lines, at most 5"):
        line_chart(("1",), tuple(Series(str(n), (n,)) for n in range(6)), _shown)


@pytest.mark.parametrize(
    ("used", "ours", "edge", "bar"),
    [
        (1, True, "", ""),
        (1, False, "turn-theirs", ""),
        (20, True, "turn-amber", "amber"),
        (30, False, "turn-red", "red"),
    ],
)
def test_the_turn_bar_says_whose_turn_and_how_late(used: int, ours: bool, edge: str, bar: str) -> None:
    turn = Turn("补件", "缺流水", used * HOUR, 24 * HOUR, ours=ours)
    assert (turn.edge, turn.bar, turn.minutes) == (edge, bar, (used * 60, 1440))


def test_a_picture_is_shown_and_anything_else_is_opened() -> None:
    assert [Paper("x", "#", kind).is_picture for kind in ("image/png", "application/pdf")] == [True, False]


def test_every_component_is_alive_on_the_style_page(house: House, browse: Browse) -> None:
    page = browse(house.officer).get("/style/").content.decode()
    alive = (
        "turn", "steps", "kpis", "compare", "timeline", "board", "month", "chart", "how", "papers", "upload", "why-not",
        "table-totals", "plan", "bar-bottom", "pair", "range", "segments", "legend", "tabs", "chips", "choices",
        "light", "notice", "empty", "drawer", "modal", "progress", "clock", "print-only", "pages", "form",
        "switch", "item",
    )  # fmt: skip
    assert [name for name in alive if f'class="{name}' not in page and f" {name}" not in page] == []
    assert page.index("孙先生</a>") < page.index("周女士</a>") < page.index("马先生</a>")
    assert "2 / 2 满" in page
    assert "超时 6 时" in page


def test_the_page_of_a_customer_has_no_menu_and_a_button_that_waits(house: House, browse: Browse) -> None:
    page = browse(house.officer).get("/style/customer/").content.decode()
    assert 'class="h5"' in page
    assert 'id="nav"' not in page
    assert 'data-wait="3"' in page


def test_an_upload_says_what_came_and_keeps_nothing(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    sent = {"file": [SimpleUploadedFile("王.png", PNG), SimpleUploadedFile("二.png", PNG)]}
    answer = client.post("/style/upload/", sent, headers={"HX-Request": "true"})
    assert answer.content.decode().count("image/png") == 2
    wrong = client.post("/style/upload/", {"file": SimpleUploadedFile("王.png", b"MZ")}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    assert client.post("/style/upload/", {"file": SimpleUploadedFile("王.png", PNG)})["Location"] == "/style/"


def test_places_that_do_not_fit_side_by_side_are_left_out_from_the_last_one_back() -> None:
    months = [f"2026-{month:02}" for month in range(1, 13)]
    chart = line_chart(months, (Series("甲", tuple(range(12))),), _shown)
    assert [tick.label for tick in chart.xs] == months[1::2]
    assert len(chart.rows) == 12


def test_a_label_keeps_off_the_axis_and_off_its_neighbours_only() -> None:
    chart = line_chart(
        ("1", "2", "3"), (Series("甲", (0, 0, 0)), Series("乙", (0, 0, 0)), Series("丙", (0, None, None))), _shown
    )
    assert [(line.label_x, line.label_y) for line in chart.lines] == [(544, 248), (544, 232), (72, 248)]
