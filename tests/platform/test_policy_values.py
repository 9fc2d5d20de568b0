"""How each kind of value is written, read and refused."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from chedai.platform.policies import (
    Band,
    Bracket,
    Cap,
    Fault,
    Hours,
    Kind,
    Label,
    Line,
    PercentRange,
    Text,
)
from chedai.platform.policies.value_reading import BadValue, read_value
from tests.platform.policy_files import faults, row, series, write

SPRING = {"zh": "春节", "en": "Spring Festival", "from": date(2026, 2, 15), "to": date(2026, 2, 23)}
LABOUR = {"zh": "劳动节", "en": "Labour Day", "from": date(2026, 5, 1), "to": date(2026, 5, 5)}


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Kind.PERCENT, "5.88", 5_880_000),
        (Kind.PERCENT, "0.0175", 17_500),
        (Kind.PERCENT_RANGE, {"low": "30", "high": "50"}, PercentRange(30_000_000, 50_000_000)),
        (Kind.PERCENT_RANGE, {"low": "5", "high": "5"}, PercentRange(5_000_000, 5_000_000)),
        (Kind.MONEY, "300000", 30_000_000),
        (Kind.MONEY, "12.34", 1_234),
        (Kind.NUMBER, 0, 0),
        (Kind.FLAG, False, False),
        (Kind.TEXT, {"zh": "一", "en": "one"}, Text("一", "one")),
        (Kind.CAP, "24", Cap(None, 24_000_000)),
        (Kind.CAP, {"times_lpr_1y": 4}, Cap(4, None)),
        (Kind.CAP, {"times_lpr_1y": 2, "at_most": "6"}, Cap(2, 6_000_000)),
        (Kind.ORDER, ["fee", "interest"], ("fee", "interest")),
        (Kind.LABELS, [{"code": "C1", "zh": "内部", "en": "internal"}], (Label("C1", "内部", "internal"),)),
        (
            Kind.BRACKETS,
            [{"up_to": "20000", "rate": "20", "deduct": "0"}, {"rate": "30", "deduct": "2000"}],
            (Bracket(2_000_000, 20_000_000, 0), Bracket(None, 30_000_000, 200_000)),
        ),
        (
            Kind.BANDS,
            [{"code": "M1", "first": 1, "last": 30}, {"code": "M2", "first": 31}],
            (Band("M1", 1, 30), Band("M2", 31, None)),
        ),
        (
            Kind.TABLE,
            [{"code": "m1", "share": 80, "buckets": ["M1"]}],
            (Line("m1", (("code", "m1"), ("share", 80), ("buckets", ("M1",)))),),
        ),
        (Kind.HOURS, {"start": time(22), "end": time(8)}, Hours(time(22), time(8))),
    ],
)
def test_a_value_is_read_exactly(kind: Kind, raw: object, value: object) -> None:
    assert read_value(kind, raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "reason"),
    [
        (Kind.PERCENT, 5.88, "is no percent"),  # a float is no way to write a rate
        (Kind.PERCENT, "-1", "must not be negative"),
        (Kind.PERCENT, "many", "must be a percentage"),
        (Kind.PERCENT_RANGE, {"low": "50", "high": "30"}, "begins above its end"),
        (Kind.PERCENT_RANGE, {"low": "50"}, "is no percent_range"),
        (Kind.MONEY, "1.234", "must not have parts of a fen"),
        (Kind.MONEY, "-1", "must not be negative"),
        (Kind.NUMBER, "60", "is no number"),
        (Kind.NUMBER, -1, "must not be negative"),
        (Kind.FLAG, 1, "is no flag"),
        (Kind.TEXT, "one", "is no text"),
        (Kind.CAP, {"times_lpr_1y": 0}, "at least once"),
        (Kind.CAP, {"times_lpr_5y": 4}, "is no cap"),
        (Kind.ORDER, [], "name each step once"),
        (Kind.ORDER, ["fee", "fee"], "name each step once"),
        (Kind.LABELS, [], "each code once"),
        (Kind.LABELS, [{"code": "N", "zh": "a", "en": "a"}] * 2, "each code once"),
        (Kind.BRACKETS, [], "must rise"),
        (Kind.BRACKETS, [{"up_to": "1", "rate": "1", "deduct": "0"}], "the last without end"),
        (Kind.BRACKETS, [{"rate": "1", "deduct": "0"}] * 2, "must rise"),
        (
            Kind.BRACKETS,
            [{"up_to": u, "rate": "1", "deduct": "0"} for u in ("2", "1")] + [{"rate": "1", "deduct": "0"}],
            "must rise",
        ),
        (Kind.TABLE, [], "each code once"),
        (Kind.TABLE, [{"share": 80}], "each code once"),
        (Kind.BANDS, [], "without a hole"),
        (Kind.BANDS, [{"code": "M1", "first": 1, "last": 30}], "the last without end"),
        (Kind.BANDS, [{"code": "M1", "first": 1, "last": 30}, {"code": "M2", "first": 32}], "without a hole"),
        (Kind.BANDS, [{"code": "M1", "first": 1}, {"code": "M2", "first": 32}], "without a hole"),
        (Kind.BANDS, [{"code": "M'1", "first": 1}], "each code once, of 1 to 8"),
        (Kind.BANDS, [{"code": "M1 %s", "first": 1}], "each code once, of 1 to 8"),
        (Kind.BANDS, [{"code": "", "first": 1}], "each code once, of 1 to 8"),
        (Kind.BANDS, [{"code": "overdue-1", "first": 1}], "each code once, of 1 to 8"),
        (Kind.BANDS, [{"code": "A", "first": 1, "last": 30}, {"code": "A", "first": 31}], "each code once, of 1 to 8"),
        (Kind.HOURS, {"start": "22", "end": "8"}, "is no hours"),
        (Kind.CALENDAR, {"days_off": [LABOUR, SPRING], "make_up_workdays": []}, "in order"),
        (Kind.CALENDAR, {"days_off": [{**SPRING, "to": date(2026, 2, 14)}], "make_up_workdays": []}, "in order"),
        (Kind.CALENDAR, {"days_off": [], "make_up_workdays": [date(2026, 2, 13)]}, "must be a weekend day"),
        (Kind.CALENDAR, {"days_off": [SPRING], "make_up_workdays": [date(2026, 2, 15)]}, "must be a weekend day"),
    ],
)
def test_a_value_that_is_not_what_its_kind_promises(kind: Kind, raw: object, reason: str) -> None:
    with pytest.raises(BadValue, match=reason) as refused:
        read_value(kind, raw)
    assert refused.value.rule_zh


def test_the_days_of_a_calendar_are_in_the_dates_of_their_row(tmp_path: Path) -> None:
    year = '{ days_off = [{ zh = "春节", en = "S", from = 2026-02-15, to = 2026-02-23 }], make_up_workdays = [] }'
    late = row("2027", "2027-01-01", "2027-12-31", year)
    write(tmp_path, series(row("2026", "2026-01-01", value=year), kind="calendar", unit=""))
    assert faults(tmp_path) == ()
    write(tmp_path, series(late, kind="calendar", unit=""))
    assert [(f.fault, f.rows) for f in faults(tmp_path)] == [(Fault.VALUE, ("fees.gps/2027",))]


@pytest.mark.parametrize(
    ("hours", "moment", "inside"),
    [
        (Hours(time(22), time(8)), time(21, 59), False),
        (Hours(time(22), time(8)), time(22), True),
        (Hours(time(22), time(8)), time(0), True),
        (Hours(time(22), time(8)), time(7, 59), True),
        (Hours(time(22), time(8)), time(8), False),
        (Hours(time(9), time(17)), time(9), True),
        (Hours(time(9), time(17)), time(17), False),
        (Hours(time(9), time(17)), time(8, 59), False),
    ],
)
def test_hours_begin_inside_and_end_outside(hours: Hours, moment: time, inside: bool) -> None:
    assert hours.hold(moment) is inside
