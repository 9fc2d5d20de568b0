"""`chedai replay` as a person runs it: a real process, its output, its exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LOAN = {
    "terms": {
        "principal": "12000",
        "annual_rate_pct": "6",
        "periods": 4,
        "disbursement_date": "2024-01-15",
        "down_payment_pct": 10,
        "down_payment_auto": True,
    },
    "day_count": "act/365",
    "recalculation": "daily",
    "events": [
        {"type": "disbursement", "date": "2024-01-15", "amount": "12000"},
        {"type": "charge", "kind": "fee", "due_date": "2024-02-10", "amount": "30", "id": "stamp"},
        {"type": "repayment", "date": "2024-02-20", "amount": "1000", "id": "first"},
        {"type": "repayment", "date": "2024-03-01", "amount": "2000"},
        {"type": "reversal", "date": "2024-03-02", "of": "first"},
    ],
    "as_of": "2024-03-10",
}


def chedai(*arguments: str, stdin: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[str]:
    raw = stdin.encode() if isinstance(stdin, str) else stdin
    ran = subprocess.run(
        [sys.executable, "-m", "chedai.cli.main", *arguments],
        input=raw,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8", **environment},
        timeout=60,
        check=False,
    )
    return subprocess.CompletedProcess(ran.args, ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def figures(text: str) -> list[list[str]]:
    """The rows of the printed tables: lines that begin with a number and a date."""
    rows = [line.split() for line in text.splitlines() if re.match(r"\s*\d+\s+\d{4}-\d{2}-\d{2}\s", line)]
    return [[cell.replace(",", "") for cell in row] for row in rows]


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


def test_standard_input_file_and_list_print_the_same_schedule(tmp_path: Path) -> None:
    case = tmp_path / "case.json"
    case.write_text(json.dumps(LOAN))
    from_file = chedai("replay", str(case))
    from_pipe = chedai("replay", "-", stdin=json.dumps(LOAN))
    from_list = chedai("replay", "-", stdin=json.dumps([LOAN, LOAN]))
    assert (from_file.returncode, from_file.stderr) == (0, "")
    assert from_pipe.stdout == from_file.stdout
    assert from_list.stdout == from_file.stdout * 2


def test_text_and_json_give_the_same_figures() -> None:
    text = chedai("replay", "-", "--after", "each", stdin=json.dumps(LOAN)).stdout
    result = json.loads(chedai("replay", "-", "--after", "each", "--json", stdin=json.dumps(LOAN)).stdout)
    heads = "n due_date days principal interest fees penalties total balance paid paid_early paid_late outstanding"
    rows = [row for schedule in result["schedules"] for row in schedule["rows"]]
    assert len(result["schedules"]) == 5
    assert figures(text) == [[str(row[name]) for name in heads.split()] for row in rows]
    for schedule in result["schedules"]:
        for name, total in schedule["totals"].items():
            assert sum(Decimal(row[name]) for row in schedule["rows"]) == Decimal(total)


def test_json_names_the_event_each_schedule_follows_and_the_payouts_apart() -> None:
    asked = {**LOAN, "show": ["stamp", 2]}
    result = json.loads(chedai("replay", "-", "--json", stdin=json.dumps(asked)).stdout)
    assert [schedule["after"] for schedule in result["schedules"]] == [
        {"index": 1, "type": "charge", "date": "2024-01-15", "id": "stamp"},
        {"index": 2, "type": "repayment", "date": "2024-02-20", "id": "first"},
    ]
    assert result["schedules"][0]["disbursements"] == [
        {"date": "2024-01-15", "amount": "12000.00", "balance": "10800.00"}
    ]
    assert result["schedules"][0]["rows"][0]["days"] == 0


def test_a_shown_event_adds_its_schedule_to_the_last_one() -> None:
    events = [dict(event) for event in LOAN["events"]]  # type: ignore[attr-defined]
    events[2]["show"] = True
    result = json.loads(chedai("replay", "-", "--json", stdin=json.dumps({**LOAN, "events": events})).stdout)
    assert [(s["after"]["index"], s["as_of"]) for s in result["schedules"]] == [(2, "2024-02-20"), (4, "2024-03-10")]


def test_a_list_gives_a_json_list_and_one_case_an_object() -> None:
    assert isinstance(json.loads(chedai("replay", "-", "--json", stdin=json.dumps([LOAN])).stdout), list)
    assert isinstance(json.loads(chedai("replay", "-", "--json", stdin=json.dumps(LOAN)).stdout), dict)


def test_without_events_the_contract_is_printed() -> None:
    contract = {"name": "甲", "terms": {**LOAN["terms"], "down_payment_pct": 0}}  # type: ignore[dict-item]
    ran = chedai("replay", "-", stdin=json.dumps(contract))
    assert "甲 · 合同还款计划 · 截至 2024-01-15" in ran.stdout
    assert len(figures(ran.stdout)) == 4
    assert "尚欠" in ran.stdout


def test_heads_are_chinese_or_english_and_columns_line_up() -> None:
    chinese = chedai("replay", "-", stdin=json.dumps(LOAN)).stdout.splitlines()
    english = chedai("replay", "-", "--lang", "en", stdin=json.dumps(LOAN)).stdout.splitlines()
    assert "应还本金" in "".join(chinese)
    assert "principal" in "".join(english)
    assert not re.search(r"[一-鿿]", "".join(english))
    for lines in (chinese, english):
        table = [line for line in lines if re.match(r"\s*\d+\s+\d{4}-\d{2}-\d{2}|.*(应还本金|principal)", line)]
        assert len({width(line) for line in table}) == 1


def test_a_payoff_closes_the_loan_and_too_much_money_stands_as_credit() -> None:
    out = {"type": "disbursement", "date": "2024-01-15", "amount": "12000"}
    off = {**LOAN, "events": [out, {"type": "payoff", "date": "2024-02-20"}]}
    over = {**LOAN, "events": [out, {"type": "repayment", "date": "2024-02-20", "amount": "20000"}]}
    assert "已结清" in chedai("replay", "-", stdin=json.dumps(off)).stdout
    assert "closed · credit" in chedai("replay", "-", "--lang", "en", stdin=json.dumps(over)).stdout


@pytest.mark.parametrize(
    ("document", "said", "gesagt"),
    [
        (
            {**LOAN, "as_off": "2024-01-01"},
            "as_off: is no known field; the nearest is as_of",
            "as_off:是未知字段,最接近的是 as_of",
        ),
        (
            {"terms": {**LOAN["terms"], "periods": 0}},
            "terms.periods: must be at least 1 (got 0)",
            "terms.periods:不得小于 1(现为 0)",
        ),  # type: ignore[dict-item]
        (
            {**LOAN, "events": [{"type": "repaid"}]},
            "events[0].type: is no type of event",
            "events[0].type:不是已知的事件类型",
        ),
    ],
)
def test_a_bad_document_prints_its_refusal_and_nothing_else(document: object, said: str, gesagt: str) -> None:
    english = chedai("replay", "-", "--lang", "en", stdin=json.dumps(document))
    chinese = chedai("replay", "-", stdin=json.dumps(document))
    assert (english.returncode, english.stdout, chinese.returncode, chinese.stdout) == (2, "", 2, "")
    assert said in english.stderr
    assert gesagt in chinese.stderr


def test_every_bad_case_of_a_list_is_reported_and_no_good_one_printed() -> None:
    cases = [LOAN, {**LOAN, "show": "all"}, LOAN, {"terms": {}}]
    ran = chedai("replay", "-", "--lang", "en", stdin=json.dumps(cases))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "cases[1].show:" in ran.stderr
    assert "cases[3].terms.principal: is required" in ran.stderr
    assert "cases[0]" not in ran.stderr


@pytest.mark.parametrize("raw", ["{", b"\xff", "[1", "3", "[3]", ""])
def test_what_is_no_case_is_refused(raw: str | bytes) -> None:
    ran = chedai("replay", "-", stdin=raw)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.strip()


def test_a_missing_file_and_a_missing_argument_are_refused(tmp_path: Path) -> None:
    missing = chedai("replay", str(tmp_path / "none.json"), "--lang", "en")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr.endswith("none.json: cannot be read (No such file or directory)\n")
    nothing = chedai("replay")
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "案例" in nothing.stderr


@pytest.mark.parametrize("of", ["case", "result"])
def test_schema_prints_the_committed_file(of: str) -> None:
    ran = chedai("replay", "--schema", of)
    assert ran.returncode == 0
    assert ran.stdout == (ROOT / f"docs/schemas/replay-{of}.schema.json").read_text()


def test_the_worked_document_prints_the_table_of_its_page() -> None:
    page = (ROOT / "docs/replay-case.md").read_text()
    document, table = re.findall(r"```json\n(.+?)```|```text\n(.+?)```", page, re.DOTALL)
    printed = chedai("replay", "-", stdin=document[0]).stdout
    lines = [line.rstrip() for line in printed.rstrip().splitlines()]
    assert lines == table[1].rstrip().splitlines()
