"""Every kind of fault planted in a file is told, with file, key and rows, in both languages, all at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from chedai.platform.policies import Fault, PolicyBook, PolicyBookInvalid, Severity
from tests.platform.policy_files import HEAD, faults, row, series, write

OLD = row("old", "2020-01-01", "2020-12-31")


def told(folder: Path) -> list[tuple[Fault, str, str, tuple[str, ...]]]:
    """The faults without their words."""
    return [(f.fault, f.file, f.key, f.rows) for f in faults(folder)]


def test_two_rows_on_one_day_are_an_overlap(tmp_path: Path) -> None:
    write(tmp_path, series(OLD, row("new", "2020-12-31")))
    (finding,) = faults(tmp_path)
    assert (finding.severity, finding.fault) == (Severity.ERROR, Fault.OVERLAP)
    assert finding.text("en") == (
        "fees.toml, fees.gps [fees.gps/old, fees.gps/new]: are in force together on 2020-12-31; "
        "close one, narrow one, or say which one beats the other"
    )
    assert finding.text() == (
        "fees.toml,fees.gps [fees.gps/old,fees.gps/new]:"
        "于 2020-12-31 同时有效；请关闭其一、缩小范围，或写明何者优先（beats)"
    )


def test_one_day_without_a_row_is_a_hole(tmp_path: Path) -> None:
    write(tmp_path, series(OLD, row("new", "2021-01-02")))
    (finding,) = faults(tmp_path)
    assert finding.text("en") == (
        "fees.toml, fees.gps [fees.gps/old, fees.gps/new]: leave a hole from 2021-01-01 to 2021-01-01"
    )
    assert finding.text() == (
        "fees.toml,fees.gps [fees.gps/old,fees.gps/new]:之间有空档：2021-01-01 至 2021-01-01 无任何规则"
    )


def test_rows_that_touch_are_neither(tmp_path: Path) -> None:
    write(tmp_path, series(OLD, row("new", "2021-01-01")))
    assert faults(tmp_path) == ()


def test_a_hole_of_one_lender_is_not_filled_by_the_row_of_another(tmp_path: Path) -> None:
    bank, micro = 'lender_type = ["bank"]', 'lender_type = ["micro_loan"]'
    first = row("bank-1", "2020-01-01", "2020-12-31", more=bank)
    write(tmp_path, series(first, row("bank-2", "2022-01-01", more=bank), row("micro", "2020-01-01", more=micro)))
    assert told(tmp_path) == [(Fault.HOLE, "fees.toml", "fees.gps", ("fees.gps/bank-1", "fees.gps/bank-2"))]


def test_a_narrow_row_over_a_wide_one_is_an_overlap_unless_it_says_so(tmp_path: Path) -> None:
    wide = row("wide", "2020-01-01")
    narrow = 'lender_type = ["bank"]\n'
    write(tmp_path, series(wide, row("narrow", "2021-01-01", more=narrow)))
    assert told(tmp_path) == [(Fault.OVERLAP, "fees.toml", "fees.gps", ("fees.gps/wide", "fees.gps/narrow"))]
    write(tmp_path, series(wide, row("narrow", "2021-01-01", more=narrow + 'beats = ["wide"]')))
    assert faults(tmp_path) == ()


def test_rows_that_cross_in_two_dimensions_overlap_where_they_meet(tmp_path: Path) -> None:
    banks, used = row("banks", "2020-01-01", more='lender_type = ["bank"]'), 'vehicle_kind = ["used"]'
    write(tmp_path, series(banks, row("used", "2020-01-01", more=used)))
    assert told(tmp_path) == [(Fault.OVERLAP, "fees.toml", "fees.gps", ("fees.gps/banks", "fees.gps/used"))]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ('beats = ["nobody"]', "beats a row that does not exist"),
        ('beats = ["wide"]', "may only beat a row of a wider scope"),
        ('lender_type = ["bank"]\nbeats = ["bygone"]', "beats a row that is never in force with it"),
        ('lender_type = ["bank"]\nbeats = ["used"]', "may only beat a row of a wider scope"),
    ],
)
def test_an_exception_must_name_a_wider_row_it_meets(tmp_path: Path, more: str, reason: str) -> None:
    bygone = row("bygone", "2019-01-01", "2019-12-31")
    used = row("used", "2020-01-01", more='vehicle_kind = ["used"]\nbeats = ["wide"]')
    write(tmp_path, series(bygone, row("wide", "2020-01-01"), used, row("exception", "2021-01-01", more=more)))
    beats = [f for f in faults(tmp_path) if f.fault is Fault.BEATS]
    assert [(f.rule, f.rows[0]) for f in beats] == [(reason, "fees.gps/exception")]


def test_a_hole_is_told_by_the_rows_at_its_edges(tmp_path: Path) -> None:
    exception = row("exception", "2020-03-01", "2020-06-30", more='lender_type = ["bank"]\nbeats = ["old"]')
    write(tmp_path, series(OLD, exception, row("new", "2021-02-01", "2021-02-28"), row("newest", "2021-03-01")))
    assert told(tmp_path) == [(Fault.HOLE, "fees.toml", "fees.gps", ("fees.gps/old", "fees.gps/new"))]


def test_a_row_of_one_day_and_a_series_verified_on_its_newest_day_are_sound(tmp_path: Path) -> None:
    fresh = "freshness = { verified_on = 2020-01-02, stale_after_days = 35 }"
    write(tmp_path, series(row("a", "2020-01-01", "2020-01-01"), row("b", "2020-01-02"), more=fresh))
    assert faults(tmp_path) == ()


def test_a_row_that_ends_before_it_begins(tmp_path: Path) -> None:
    write(tmp_path, series(row("back", "2020-02-01", "2020-01-31")))
    assert told(tmp_path) == [(Fault.DATES, "fees.toml", "fees.gps", ("fees.gps/back",))]


def test_a_series_verified_before_its_newest_row(tmp_path: Path) -> None:
    fresh = "freshness = { verified_on = 2020-12-31, stale_after_days = 35 }"
    write(tmp_path, series(OLD, row("new", "2021-01-01"), more=fresh))
    assert told(tmp_path) == [(Fault.DATES, "fees.toml", "fees.gps", ())]


@pytest.mark.parametrize("more", ["", 'limit = "lender_decides"\nvalue = 60'])
def test_a_row_says_either_a_value_or_why_there_is_none(tmp_path: Path, more: str) -> None:
    write(tmp_path, series(row("mute", "2020-01-01", value="", more=more)))
    assert told(tmp_path) == [(Fault.VALUE, "fees.toml", "fees.gps", ("fees.gps/mute",))]


@pytest.mark.parametrize(
    ("kind", "unit"), [("number", "lightyears"), ("number", ""), ("flag", "months"), ("percent", "months")]
)
def test_a_unit_that_the_kind_does_not_have(tmp_path: Path, kind: str, unit: str) -> None:
    values = {"number": "60", "flag": "true", "percent": '"5"'}
    write(tmp_path, series(row("a", "2020-01-01", value=values[kind]), kind=kind, unit=unit))
    assert told(tmp_path) == [(Fault.VALUE, "fees.toml", "fees.gps", ())]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('confidence = "A"', 'confidence = "E"'),
        ('source = "文件"', 'source = ""'),
        ("from = 2020-01-01", "begins = 2020-01-01"),
        ("from = 2020-01-01", 'from = 2020-01-01\nlender_type = ["pawnshop"]'),
    ],
)
def test_a_malformed_row_is_named(tmp_path: Path, wrong: str, right: str) -> None:
    write(tmp_path, series(row("a", "2020-01-01").replace(wrong, right)))
    assert told(tmp_path) == [(Fault.MALFORMED, "fees.toml", "fees.gps", ("fees.gps/a",))]


def test_what_has_no_name_is_named_by_its_place(tmp_path: Path) -> None:
    nameless = row("a", "2021-01-01").replace('id = "a"\n', "")
    write(tmp_path, series(OLD, nameless), series(OLD).replace('key = "fees.gps"\n', ""))
    assert told(tmp_path) == [
        (Fault.MALFORMED, "fees.toml", "fees.gps", ("fees.gps/#2",)),
        (Fault.MALFORMED, "fees.toml", "#2", ()),
    ]
    write(tmp_path, 'policy = ["text"]')
    assert told(tmp_path) == [(Fault.MALFORMED, "fees.toml", "#1", ())]


def test_an_unreadable_row_does_not_show_as_a_hole(tmp_path: Path) -> None:
    broken = row("broken", "2021-01-01", "2021-12-31", value='"sixty"')
    write(tmp_path, series(OLD, broken, row("new", "2022-01-01")))
    assert told(tmp_path) == [(Fault.VALUE, "fees.toml", "fees.gps", ("fees.gps/broken",))]


def test_a_key_must_be_in_the_file_of_its_name(tmp_path: Path) -> None:
    write(tmp_path, series(OLD, key="tax.stamp"))
    assert told(tmp_path) == [(Fault.MISPLACED_KEY, "fees.toml", "tax.stamp", ())]


def test_one_key_is_one_series(tmp_path: Path) -> None:
    write(tmp_path, series(OLD), series(OLD))
    assert told(tmp_path) == [(Fault.DUPLICATE_KEY, "fees.toml", "fees.gps", ())]
    write(tmp_path, series(OLD))
    write(tmp_path, series(OLD), name="gps")
    assert (Fault.DUPLICATE_KEY, "gps.toml", "fees.gps", ()) in told(tmp_path)


def test_one_id_is_one_row(tmp_path: Path) -> None:
    write(tmp_path, series(OLD, row("old", "2021-01-01")))
    assert told(tmp_path) == [(Fault.DUPLICATE_ROW, "fees.toml", "fees.gps", ("fees.gps/old",))]


def test_files_that_are_no_policy_files(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "draft.toml").write_text("title_zh =", encoding="utf-8")
    (tmp_path / "empty.toml").write_text(HEAD, encoding="utf-8")
    (tmp_path / "folder.toml").mkdir()
    assert [(f.fault, f.file) for f in faults(tmp_path)] == [
        (Fault.UNREADABLE, "bytes.toml"),
        (Fault.UNREADABLE, "draft.toml"),
        (Fault.MALFORMED, "empty.toml"),
        (Fault.UNREADABLE, "folder.toml"),
    ]


def test_a_folder_without_files(tmp_path: Path) -> None:
    assert [f.fault for f in faults(tmp_path)] == [Fault.UNREADABLE]


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    write(
        tmp_path, series(OLD, row("new", "2021-01-02")), series(row("b", "2020-01-01", value='"x"'), key="fees.plate")
    )
    write(tmp_path, series(OLD, row("new", "2020-06-01"), key="tax.stamp"), name="tax")
    with pytest.raises(PolicyBookInvalid) as refused:
        PolicyBook.load(tmp_path)
    assert [f.fault for f in refused.value.findings] == [Fault.VALUE, Fault.HOLE, Fault.OVERLAP]
    assert str(refused.value).count("\n") == 2
    assert refused.value.text("zh").splitlines()[1].startswith("fees.toml,fees.gps [fees.gps/old,fees.gps/new]:")


def test_a_series_not_looked_up_lately_is_a_warning(tmp_path: Path) -> None:
    fresh = "freshness = { verified_on = 2021-01-20, stale_after_days = 35 }"
    book = PolicyBook.load(write(tmp_path, series(OLD, row("new", "2021-01-01"), more=fresh)))
    assert book.check(date(2021, 2, 24)) == []
    (finding,) = book.check(date(2021, 2, 25))
    assert (finding.severity, finding.fault, finding.rows) == (Severity.WARNING, Fault.STALE, ("fees.gps/new",))
    assert "最近一次核实为 2021-01-20，距 2021-02-25 已 36 天（上限 35 天）" in finding.text()
    assert "36 days before 2021-02-25 (limit 35)" in finding.text("en")
