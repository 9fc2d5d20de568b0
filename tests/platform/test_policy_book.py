"""Asking the book: one row, or a refusal that says why."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.engine.compare import catalogue
from chedai.platform.policies import (
    AmbiguousPolicy,
    Confidence,
    EvaluatedAt,
    Fault,
    Kind,
    LenderType,
    Limit,
    NoLimitSet,
    NoPolicyInForce,
    PolicyBook,
    PolicyFilesMissing,
    PolicyRow,
    PolicySeries,
    Scope,
    ScopeNotStated,
    UnknownPolicy,
    UnknownScope,
    VehicleKind,
    WrongKind,
    binding_rate_cap,
    shipped_folder,
)
from chedai.platform.policies.values import Value
from tests.platform.policy_files import book, row, series, write

DAY_ONE = date(2020, 1, 1)
ANYONE = Scope()
BANK = Scope(lender_type=frozenset({LenderType.BANK}))


def made(
    name: str,
    start: date,
    end: date | None = None,
    scope: Scope = ANYONE,
    beats: tuple[str, ...] = (),
    value: Value = 1,
) -> PolicyRow:
    """A row in memory."""
    return PolicyRow(
        id=name, key="k", kind=Kind.NUMBER, unit="days", evaluated_at=EvaluatedAt.EVENT, start=start, end=end,
        value=value, limit=None, scope=scope, beats=beats, fact="", source="s", source_url="", confidence=Confidence.A,
        note="", title_zh="题", title_en="title", file="k.toml", content_hash="0",
    )  # fmt: skip


def of(*rows: PolicyRow) -> PolicyBook:
    """A book of one series, unchecked as a book in memory is."""
    return PolicyBook([PolicySeries(key="k", file="k.toml", title_zh="题", title_en="title", rows=rows)])


@given(
    lengths=st.lists(st.integers(1, 400), min_size=1, max_size=8),
    scopes=st.lists(st.sampled_from(LenderType), min_size=1, max_size=3, unique=True),
    when=st.integers(0, 3200),
    open_ended=st.booleans(),
)
def test_rows_end_to_end_leave_exactly_one_in_force_on_every_day(
    lengths: list[int], scopes: list[LenderType], when: int, open_ended: bool
) -> None:
    rows: list[PolicyRow] = []
    for lender in scopes:
        start = DAY_ONE
        for i, length in enumerate(lengths):
            end = start + timedelta(length - 1)
            last = open_ended and i == len(lengths) - 1
            scope = Scope(lender_type=frozenset({lender}))
            rows.append(made(f"{lender}-{i}", start, None if last else end, scope))
            start = end + timedelta(1)
    asked = of(*rows)
    day = DAY_ONE + timedelta(when)
    inside = open_ended or when < sum(lengths)
    for lender in scopes:
        holding = [
            r for r in rows if r.id.startswith(f"{lender}-") and r.start <= day and (r.end is None or day <= r.end)
        ]
        assert len(holding) == inside
        assert asked.find("k", day, lender_type=lender) == (holding[0] if inside else None)
    assert asked.check(day) == []


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), min_size=1, max_size=5))
def test_faults_are_exactly_the_days_with_two_rows_or_with_none_between(spans: list[tuple[int, int]]) -> None:
    rows = [
        made(f"r{i}", DAY_ONE + timedelta(a), DAY_ONE + timedelta(a + length)) for i, (a, length) in enumerate(spans)
    ]
    count = [sum(a <= day <= a + length for a, length in spans) for day in range(100)]
    inside = range(min(a for a, _ in spans), max(a + length for a, length in spans) + 1)
    found = {finding.fault for finding in of(*rows).check(DAY_ONE)}
    assert (Fault.OVERLAP in found) == any(n > 1 for n in count)
    assert (Fault.HOLE in found) == any(count[day] == 0 for day in inside)


def test_both_ends_of_a_row_are_inside(tmp_path: Path) -> None:
    asked = book(tmp_path, series(row("a", "2020-01-01", "2020-12-31", "36"), row("b", "2021-01-01", value="60")))
    assert [asked.in_force("fees.gps", d).number for d in (date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1))] == [
        36,
        36,
        60,
    ]
    with pytest.raises(NoPolicyInForce) as refused:
        asked.in_force("fees.gps", date(2019, 12, 31), lender_type="bank")
    assert (refused.value.file, refused.value.rows) == ("fees.toml", ("fees.gps/a", "fees.gps/b"))
    assert refused.value.text() == (
        "fees.toml,fees.gps [fees.gps/a,fees.gps/b]:2019-12-31 对（贷款人类型=bank）没有有效的规则"
    )
    assert str(refused.value).endswith("no row in force on 2019-12-31 for lender_type=bank")


def test_a_question_without_scope_says_so_in_its_refusal() -> None:
    with pytest.raises(NoPolicyInForce, match="for no scope") as refused:
        of(made("a", DAY_ONE)).in_force("k", date(2019, 1, 1))
    assert "未限定范围" in refused.value.text()


def test_two_rows_in_force_are_refused_and_named() -> None:
    with pytest.raises(AmbiguousPolicy) as refused:
        of(made("a", DAY_ONE), made("b", DAY_ONE)).in_force("k", DAY_ONE)
    assert refused.value.rows == ("a", "b")
    assert refused.value.text() == "k.toml,k [a,b]:2020-01-01 对（未限定范围）有 2 行同时有效"


def test_a_narrower_row_does_not_win_by_being_narrower() -> None:
    rows = made("wide", DAY_ONE), made("narrow", DAY_ONE, scope=BANK)
    with pytest.raises(AmbiguousPolicy):
        of(*rows).in_force("k", DAY_ONE, lender_type="bank")
    assert of(*rows).in_force("k", DAY_ONE, lender_type="leasing").id == "wide"


def test_a_row_wins_over_the_row_it_names_and_only_inside_its_dates_and_scope() -> None:
    exception = made("exception", date(2021, 1, 1), date(2021, 12, 31), BANK, ("wide",))
    asked = of(made("wide", DAY_ONE), exception)
    answers = [
        asked.in_force("k", date(2020, 12, 31), lender_type="bank").id,
        asked.in_force("k", date(2021, 1, 1), lender_type="bank").id,
        asked.in_force("k", date(2021, 12, 31), lender_type="bank").id,
        asked.in_force("k", date(2022, 1, 1), lender_type="bank").id,
        asked.in_force("k", date(2021, 6, 1), lender_type="trust").id,
    ]
    assert answers == ["wide", "exception", "exception", "wide", "wide"]
    assert asked.check(DAY_ONE) == []


def test_rows_that_beat_each_other_leave_no_answer() -> None:
    asked = of(made("a", DAY_ONE, beats=("b",)), made("b", DAY_ONE, beats=("a",)))
    with pytest.raises(AmbiguousPolicy):
        asked.in_force("k", DAY_ONE)
    assert [(f.fault, f.rows) for f in asked.check(DAY_ONE)] == [(Fault.OVERLAP, ("a", "b"))]


def test_a_question_must_state_what_the_rows_differ_by() -> None:
    asked = of(made("bank", DAY_ONE, scope=BANK))
    with pytest.raises(ScopeNotStated) as refused:
        asked.in_force("k", DAY_ONE, region="henan")
    assert refused.value.text() == "k.toml,k [bank]:因贷款人类型而异，请写明"
    assert "differs by lender_type: state it" in str(refused.value)


def test_words_outside_the_vocabulary_are_refused_with_those_inside() -> None:
    with pytest.raises(UnknownScope, match="known: own_ice, own_nev") as refused:
        of(made("a", DAY_ONE)).in_force("k", DAY_ONE, vehicle_kind="tank")
    assert refused.value.text().startswith("k:未知的车辆类别 tank（可用：own_ice、own_nev")


def test_a_key_that_no_file_holds() -> None:
    with pytest.raises(UnknownPolicy) as refused:
        of().in_force("j", DAY_ONE)
    assert (str(refused.value), refused.value.text()) == ("j: is in no policy file", "j:不在任何政策文件中")


def test_all_in_force_is_a_table_that_hides_only_what_surely_loses() -> None:
    exception = made("exception", DAY_ONE, scope=BANK, beats=("wide",))
    asked = of(made("wide", DAY_ONE), exception, made("later", date(2030, 1, 1), scope=BANK))
    assert {r.id for r in asked.all_in_force(DAY_ONE)} == {"wide", "exception"}
    assert [r.id for r in asked.all_in_force(DAY_ONE, lender_type="bank")] == ["exception"]
    assert [r.id for r in asked.all_in_force(DAY_ONE, lender_type="trust")] == ["wide"]


def test_a_row_is_read_as_what_it_holds(tmp_path: Path) -> None:
    number = book(tmp_path, series(row("a", "2020-01-01"))).in_force("fees.gps", DAY_ONE)
    assert number.number == 60
    for wrong in ("rate", "money", "flag"):
        with pytest.raises(WrongKind, match="holds number"):
            getattr(number, wrong)
    with pytest.raises(WrongKind):
        number.listed(str)
    flag = book(tmp_path, series(row("a", "2020-01-01", value="true"), kind="flag", unit="")).series("fees.gps").rows[0]
    assert flag.flag is True
    with pytest.raises(WrongKind) as refused:
        _ = flag.number
    assert refused.value.text() == "fees.toml,fees.gps [fees.gps/a]:的值是 flag 类型，不是 number"
    order = book(tmp_path, series(row("a", "2020-01-01", value='["fee"]'), kind="order", unit="")).series("fees.gps")
    with pytest.raises(WrongKind):
        order.rows[0].listed(int)
    assert (order.rows[0].title(), order.rows[0].title("en")) == ("题", "title")


@pytest.mark.parametrize(("limit", "words"), [("lender_decides", "由贷款人自主确定"), ("none_found", "未查到此项规定")])
def test_a_row_without_a_figure_never_gives_one(tmp_path: Path, limit: str, words: str) -> None:
    asked = book(tmp_path, series(row("a", "2020-01-01", value="", more=f'limit = "{limit}"')))
    free = asked.in_force("fees.gps", DAY_ONE)
    assert free.limit is Limit(limit)
    with pytest.raises(NoLimitSet) as refused:
        _ = free.number
    assert words in refused.value.text()


def test_versions_follow_the_content_and_nothing_else(tmp_path: Path) -> None:
    def version(text: str) -> tuple[str, str, str]:
        with TemporaryDirectory(dir=tmp_path) as folder:
            (Path(folder) / "fees.toml").write_bytes(text.encode())
            read = PolicyBook.load(Path(folder)).version
            return read.book, read.files["fees.toml"], read.rows["fees.gps/a"]

    text = 'title_zh = "测"\ntitle_en = "T"\n' + series(row("a", "2020-01-01"))
    plain, windows = version(text), version(text.replace("\n", "\r\n"))
    comment, closed = version("# why\n" + text), version(text.replace("source", "to = 2020-12-31\nsource", 1))
    unit = version(text.replace("months", "days"))
    assert windows == plain
    assert (comment[0], comment[2]) == (plain[0], plain[2])
    assert comment[1] != plain[1]
    assert len({plain, closed, unit}) == len({plain[0], closed[0], unit[0]}) == len({plain[2], closed[2], unit[2]}) == 3


def test_a_row_names_its_version_for_the_decision_that_used_it(tmp_path: Path) -> None:
    asked = book(tmp_path, series(row("a", "2020-01-01")))
    used = asked.in_force("fees.gps", DAY_ONE)
    assert used.version == f"fees.gps/a@{asked.version.rows['fees.gps/a']}"


def test_of_a_multiple_of_the_lpr_and_a_ceiling_the_lower_binds(tmp_path: Path) -> None:
    cap = row("c", "2020-01-01", value='{ times_lpr_1y = 2, at_most = "6" }')
    levels = row("low", "2020-01-01", "2020-12-31", '"2.8"'), row("high", "2021-01-01", value='"3.2"')
    write(tmp_path, series(*levels, key="lpr.1y", kind="percent", unit="per_year"), name="lpr")
    write(tmp_path, series(cap, key="rate_caps.loan.region", kind="cap", unit="per_year"), name="rate_caps")
    asked = PolicyBook.load(tmp_path)
    scope = {"lender_type": "bank", "region": "henan", "channel": "dealer"}
    days = date(2020, 12, 31), date(2021, 1, 1)
    assert [binding_rate_cap(asked, day, **scope).rate for day in days] == [5_600_000, 6_000_000]


def test_the_files_are_found_in_the_package_or_at_the_root(tmp_path: Path) -> None:
    package, root = tmp_path / "chedai" / "_policies", tmp_path / "policies"
    with pytest.raises(PolicyFilesMissing, match="no such folder"):
        shipped_folder((package, root))
    root.mkdir()
    assert shipped_folder((package, root)) == root
    package.parent.mkdir()
    package.write_text("../policies", encoding="utf-8")  # a link, as a file system without links checks it out
    assert shipped_folder((package, root)) == root
    package.unlink()
    package.mkdir()
    assert shipped_folder((package, root)) == package


def test_the_words_for_cars_and_lenders_are_those_of_the_catalogue() -> None:
    assert [str(kind) for kind in VehicleKind] == [str(kind) for kind in catalogue.VehicleKind]
    assert [str(kind) for kind in LenderType] == [str(kind) for kind in catalogue.LenderKind]
