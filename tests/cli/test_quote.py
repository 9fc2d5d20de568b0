"""`chedai quote`: the figures of the business, the same in table, JSON and CSV, and tables kept as files."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from chedai.cli.example import WISH
from tests.cli.run import Ran, chedai

GOLDEN = Path(__file__).with_name("golden")
ONE = ("quote", "--price", "185000", "--down", "30%", "--term", "36", "--rate", "5.88", "--method", "level")
FEE = ("--fee", "服务费:3000:upfront")


def _quote(capsys: pytest.CaptureFixture[str], *options: str) -> Ran:
    ran = chedai(capsys, "quote", *options)
    assert (ran.code, ran.err) == (0, "")
    return ran


def _json(capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    return json.loads(_quote(capsys, *options, "--json").out)


SPLIT = "12:interest-only,24:solve"
BASE = ("--price", "100000", "--rate", "5.88", "--term", "36")


@pytest.mark.parametrize(
    ("options", "figures"),
    [
        (BASE, {"instalment": "3036.76", "interest": "9323.36", "last_instalment": "3036.76"}),
        (
            (*BASE, "--method", "equal-principal"),
            {"instalment": "3267.78", "last_instalment": "2791.31", "interest": "9065.00"},
        ),
        (
            (*BASE, "--method", "interest-first"),
            {"instalment": "490.00", "last_instalment": "100490.00", "interest": "17640.00"},
        ),
        ((*BASE, "--method", "bullet"), {"instalment": "0.00", "last_instalment": "117640.00", "interest": "17640.00"}),
        (("--price", "105000", "--rate", "4.75", "--term", "36"), {"instalment": "3135.17"}),
        (
            ("--price", "100000", "--rate", "6", "--term", "36", "--method", "balloon", "--balloon", "30%"),
            {"instalment": "2279.54", "last_instalment": "32279.33", "interest": "12063.23"},
        ),
        (
            ("--price", "100000", "--rate", "6", "--term", "36", "--method", "balloon", "--instalment", "2279.54"),
            {"instalment": "2279.54", "last_instalment": "32279.33"},
        ),
        (
            ("--price", "100000", "--rate", "6", "--term", "36", "--method", "stepped", "--steps", SPLIT),
            {"instalment": "500.00", "highest_instalment": "4432.06"},
        ),
        (
            ("--price", "250000", "--down", "20%", "--rate", "5.5", "--term", "60", "--settle-months", "24"),
            {"principal": "200000.00"},
        ),
    ],
)
def test_the_figures_of_the_desk(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], figures: dict[str, str]
) -> None:
    answer = _json(capsys, *options)
    assert {name: answer[name] for name in figures} == figures


@pytest.mark.parametrize(
    ("price", "term", "rate", "instalment"),
    [("100000", "36", "0.32", "3097.78"), ("12000", "12", "0.6", "1072.00")],
)
def test_a_monthly_rate_counts_on_the_original_principal(
    capsys: pytest.CaptureFixture[str], price: str, term: str, rate: str, instalment: str
) -> None:
    options = ("--price", price, "--term", term, "--monthly-rate", rate)
    answer = _json(capsys, *options)
    assert (answer["method"], answer["instalment"]) == ("flat", instalment)
    compared = _json(capsys, *options, "--compare")["plans"][1:]
    assert [(plan["method"], plan["instalment"]) for plan in compared] == [("flat", instalment)]


@pytest.mark.parametrize(
    ("options", "simple"),
    [
        (("--rate", "3.84", "--term", "36", "--method", "flat"), "7.22"),
        (("--monthly-rate", "0.32", "--term", "36", "--method", "flat"), "7.22"),
        (("--monthly-rate", "0.32", "--term", "36"), "7.22"),
        (("--rate", "0", "--term", "36", "--fee", "手续费：0.32%：每期"), "7.22"),
        (("--rate", "5.88", "--term", "36", "--fee", "服务费:3%:upfront"), "7.94"),
        (("--rate", "0", "--term", "24", "--fee", "手续费:4%"), "3.95"),
    ],
)
def test_the_true_rate_behind_the_advert(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], simple: str
) -> None:
    answer = _json(capsys, "--price", "100000", *options)
    assert f"{float(answer['annual_rate_simple_pct']):.2f}" == simple
    assert f"{simple}%" in _quote(capsys, "--price", "100000", *options).out


def test_clearing_200000_after_24_months_costs_more_than_a_15000_discount(capsys: pytest.CaptureFixture[str]) -> None:
    answer = _json(capsys, "--price", "200000", "--rate", "5.5", "--term", "60", "--settle-months", "24")
    assert [s["cost"] for s in answer["settlements"]] == ["18200.51"]


def test_the_table_shows_every_figure_of_the_json(capsys: pytest.CaptureFixture[str]) -> None:
    options = (
        *ONE[1:],
        *FEE,
        "--fee",
        "保险:4500:upfront:insurer:out",
        "--settle-fee",
        "12=3%,24=1%",
        "--start",
        "2026-11-20",
    )
    answer = _json(capsys, *options)
    table = _quote(capsys, *options, "--full").out
    shown = set(re.findall(r"[\d,]+\.\d\d", table))
    named = (
        "price",
        "down_payment",
        "principal",
        "instalment",
        "last_instalment",
        "interest",
        "fee_total",
        "over_cash",
    )
    figures = [answer[name] for name in (*named, "total_paid", "cash_at_signing")]
    figures += [fee["total"] for fee in answer["fees"]]
    figures += [
        figure for s in answer["settlements"] if s["how"] == "early" for figure in (s["cost"], s["fee"], s["payoff"])
    ]
    figures += [
        row[name] for row in answer["schedule"] for name in ("principal", "interest", "fees", "total", "balance")
    ]
    assert {f"{float(figure):,.2f}" for figure in figures} <= shown
    assert all(row["due_date"] in table for row in answer["schedule"])


def test_the_csv_has_the_figures_of_the_json(capsys: pytest.CaptureFixture[str]) -> None:
    options = (*ONE[1:], *FEE)
    answer = _json(capsys, *options)
    facts, rows = _quote(capsys, *options, "--csv").out.split("\n\n")
    (flat,) = csv.DictReader(io.StringIO(facts))
    single = {name: value for name, value in answer.items() if isinstance(value, str)}
    assert {name: flat[name] for name in single} == single
    assert [flat[f"settled_{s['month']}_cost"] for s in answer["settlements"]] == [
        s["cost"] for s in answer["settlements"]
    ]
    assert flat["fees"] == "服务费 3000.00 upfront lender"
    schedule = [{**row, "n": str(row["n"]), "due_date": row["due_date"] or ""} for row in answer["schedule"]]
    assert list(csv.DictReader(io.StringIO(rows))) == schedule


def test_first_fees_and_subsidies_have_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--price", "100000", "--rate", "0", "--term", "36", "--fee", "手续费:360:first:dealer")
    options += ("--subsidy", "厂家:70%", "--subsidy", "经销商：30%", "--standard-rate", "6")
    answer = _json(capsys, *options)
    assert [row["fees"] for row in answer["schedule"][:2]] == ["360.00", "0.00"]
    assert answer["subsidies"] == [{"payer": "厂家", "amount": "6084.13"}, {"payer": "经销商", "amount": "2607.49"}]
    assert "由 厂家 承担" in _quote(capsys, *options).out


def test_a_short_plan_shows_all_its_rows_and_a_long_one_says_how_to_see_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    short = _quote(capsys, "--price", "100000", "--rate", "5", "--term", "4").out
    assert "--full" not in short and "…" not in short
    assert "其余 32 行：加 --full" in _quote(capsys, *ONE[1:]).out


def test_the_highest_instalment_is_named_where_it_is_not_the_first(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    stepped = ("--price", "100000", "--rate", "6", "--term", "36", "--method", "stepped", "--steps", SPLIT)
    assert "× 36 · 最高 4,432.06" in _quote(capsys, *stepped).out
    late = _compared(capsys, tmp_path, 'repayments = [{ method = "level", grace_principal = 6 }]')
    assert "490.00" in late and "最高 3,592.48" in late and "末期" not in late


def test_a_plan_that_asks_for_nothing_until_its_end_has_no_monthly_figure(capsys: pytest.CaptureFixture[str]) -> None:
    assert re.search(r"月供 +— +× 36 · 末期 117,640.00", _quote(capsys, *BASE, "--method", "bullet").out)


def test_a_true_rate_beyond_all_reason_is_shown_in_short(capsys: pytest.CaptureFixture[str]) -> None:
    table = _quote(capsys, *BASE, "--fee", "费:99999.99").out
    assert re.search(r"真实年化.*\d\.\d\dE\+\d+%|复利.*\d\.\d\dE\+\d+%", table)


def test_a_lockup_shows_a_dash(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    table = _compared(capsys, tmp_path, "settlement = { locked = 24, share = 3 }")
    assert "锁定期内" in table and "无违约金" not in table


CATALOGUE = """
name = "试"
as_of = 2026-11-20
[lenders.jianghe]
name = "江河银行"
name_en = "Jianghe Bank"
kind = "bank"
[[products]]
code = "loan"
lender = "jianghe"
name = "车贷"
name_en = "loan"
rates = { 36 = 5.88 }
"""


def _compared(capsys: pytest.CaptureFixture[str], folder: Path, extra: str, *options: str) -> str:
    file = folder / "shelf.toml"
    file.write_text(CATALOGUE + extra, encoding="utf-8")
    return _quote(capsys, "--price", "125000", "--down", "20%", "--catalogue", str(file), *options).out


def test_a_catalogue_file_is_compared_with_cash_first(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    table = _compared(capsys, tmp_path, "")
    assert table.startswith("方案对比 · 1 个贷款方案 + 全款\n")
    head = table.splitlines()[3]
    assert head.index("全款") < head.index("江河银行")
    assert "3,036.76" in table and "9,323.36" in table and "未指定 --region" in table


def test_a_named_province_is_checked_against_its_own_cap(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    table = _compared(capsys, tmp_path, "", "--region", "henan")
    assert "未指定 --region" not in table
    assert "综合年化 6.05% 超过上限 6%（政策 rate_caps.loan.regional_self_discipline/henan-2025）。" in table


def test_methods_beside_a_catalogue(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    table = _compared(capsys, tmp_path, "", "--rate", "5", "--term", "36")
    assert "方案对比 · 6 个贷款方案 + 全款" in table and "先息后本" in table and "江河银行" in table


@pytest.mark.parametrize("tail", ["30%", "30000"])
def test_methods_side_by_side_say_what_each_alone_says(capsys: pytest.CaptureFixture[str], tail: str) -> None:
    options = ("--price", "100000", "--rate", "5.88", "--term", "36", "--fee", "费:1%", "--settle-fee", "2%")
    compared = _json(capsys, *options, "--compare", "--balloon", tail)
    assert [plan["cash"] for plan in compared["plans"]] == [True] + [False] * 6
    for plan in compared["plans"][1:]:
        balloon = ("--balloon", tail) if plan["method"] == "balloon" else ()
        alone = _json(capsys, *options, "--method", plan["method"], *balloon)
        same = {name for name in alone if name in plan} - {"schedule"}
        assert {name: plan[name] for name in same} == {name: alone[name] for name in same}


def test_comparison_in_csv_has_a_row_a_plan_and_the_refused_below(capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(_quote(capsys, *WISH, "--json").out)
    plans, refused = _quote(capsys, *WISH, "--csv").out.split("\n\n")
    rows = list(csv.DictReader(io.StringIO(plans)))
    names = ("lender", "product", "instalment", "over_cash", "annual_rate_compound_pct", "total_paid", "tail")
    assert [[row[name] for name in names] for row in rows] == [
        ["" if plan[name] is None else plan[name] for name in names] for plan in answer["plans"]
    ]
    told = list(csv.DictReader(io.StringIO(refused)))
    assert len(told) == len(answer["why_not"])
    only_plans = _quote(capsys, "--price", "100000", "--rate", "5", "--term", "12", "--compare", "--csv").out
    assert "\n\n" not in only_plans


def test_the_table_of_a_comparison_shows_the_figures_of_its_json(capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(_quote(capsys, *WISH, "--json").out)
    table = _quote(capsys, *WISH, "--full").out
    shown = set(re.findall(r"[\d,]+\.\d\d", table))
    named = (
        "down_payment",
        "interest",
        "fee_total",
        "over_cash",
        "over_cash_with_forgone",
        "total_paid",
        "cash_at_signing",
    )
    figures = [plan[name] for plan in answer["plans"] for name in named]
    figures += [s["cost"] for plan in answer["plans"] for s in plan["settlements"] if s["cost"] and not plan["cash"]]
    assert {f"{float(figure):,.2f}" for figure in figures} <= shown
    reasons = [bound["reason"] for why in answer["why_not"] for bound in why["bounds"] if bound["bound"] != "term"]
    assert all(reason.replace(" ", "") in re.sub(r"\s", "", table) for reason in reasons)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("name", "options"), [("quote", (*ONE[1:], *FEE)), ("compare", WISH)])
def test_the_table_is_the_one_kept_on_file(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    name: str,
    options: tuple[str, ...],
) -> None:
    """To renew a file after a wanted change: COLUMNS=100 chedai quote ... --lang zh > tests/cli/golden/quote.zh.txt"""
    monkeypatch.setenv("COLUMNS", "100")
    kept = (GOLDEN / f"{name}.{language}.txt").read_text(encoding="utf-8")
    assert _quote(capsys, *options, "--lang", language).out == kept


@pytest.mark.parametrize("columns", ["80", "100", "120", "200", "20"])
def test_no_line_is_wider_than_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    widest = min(max(int(columns), 60), 120)
    for options in ((*ONE[1:], *FEE), WISH):
        for line in _quote(capsys, *options).out.splitlines():
            assert sum(2 if ord(c) > 0x2E80 else 1 for c in line) <= widest


def test_the_demo_tells_a_story_and_what_to_type_next(capsys: pytest.CaptureFixture[str]) -> None:
    ran = chedai(capsys, "example")
    assert ran.code == 0
    assert ran.out.startswith("王女士") and "没入选的方案" in ran.out
    for command in re.findall(r"^  chedai (.+)$", ran.out, re.MULTILINE):
        assert chedai(capsys, *[word.strip('"') for word in command.split()]).code == 0


def test_the_demo_in_english_has_no_chinese_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert re.findall(r"[一-鿿]+", chedai(capsys, "example", "--lang", "en").out) == []


def test_the_trade_in_and_the_lease_have_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    options = (
        "--price",
        "185000",
        "--down",
        "30%",
        "--term",
        "36",
        "--catalogue",
        "sample",
        "--trade-in",
        "50000:62000",
    )
    table = _quote(capsys, *options, "--full").out
    assert "旧车净值缺口" in table and "12,000.00" in table
    assert "出租人承担" in table and "期末还车" in table and "客户支付" in table
    assert "旧车净值缺口" not in _quote(capsys, *options[:-1], "70000").out


def test_days_are_counted_where_there_are_days(capsys: pytest.CaptureFixture[str]) -> None:
    options = (
        "--price",
        "100000",
        "--rate",
        "6",
        "--term",
        "12",
        "--method",
        "interest-first",
        "--start",
        "2026-01-01",
    )
    assert _json(capsys, *options, "--day-count", "act/360")["interest"] == "6083.36"
    odd = _json(
        capsys, "--price", "100000", "--rate", "6", "--term", "12", "--start", "2026-01-10", "--first-due", "2026-02-20"
    )
    assert odd["schedule"][0]["due_date"] == "2026-02-20"
