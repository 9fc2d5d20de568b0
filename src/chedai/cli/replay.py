"""`chedai replay CASE.json`: a loan and the events of its life in, its schedule after each requested event out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

from chedai.cli.parser import Parser
from chedai.cli.say import Refused, Say
from chedai.engine.case import CaseRefused, CaseResult, ScheduleResult, run, schema, split

_HEADS: Final = {
    "n": ("期次", "no."),
    "due_date": ("到期日", "due"),
    "days": ("天数", "days"),
    "principal": ("应还本金", "principal"),
    "interest": ("应还利息", "interest"),
    "fees": ("费用", "fees"),
    "penalties": ("罚息", "penalties"),
    "total": ("应还合计", "total"),
    "balance": ("剩余本金", "balance"),
    "paid": ("已还", "paid"),
    "paid_early": ("提前还", "early"),
    "paid_late": ("逾期还", "late"),
    "outstanding": ("未还", "outstanding"),
}

_EVENTS: Final = {
    "disbursement": ("放款", "disbursement"),
    "repayment": ("还款", "repayment"),
    "prepayment": ("部分提前还款", "prepayment"),
    "payoff": ("结清", "payoff"),
    "charge": ("收费", "charge"),
    "rate_change": ("利率调整", "rate change"),
    "due_date_shift": ("还款日变更", "due date shift"),
    "term_extension": ("展期", "term extension"),
    "interest_pause": ("停息", "interest pause"),
    "reamortise": ("重新摊还", "re-amortisation"),
    "reage": ("重新计期", "re-age"),
    "restructure": ("重组", "restructure"),
    "reversal": ("冲正", "reversal"),
}

_WIDE: Final = 1_000
"""Columns rich may use: the table takes what its figures need."""


def parser(say: Say) -> Parser:
    """The options of `chedai replay`."""
    made = Parser(
        say=say,
        prog="chedai replay",
        description=say("按事件逐笔重放一笔贷款，打印还款计划", "replay a loan's events and print its schedule"),
    )
    made.add_argument(
        "case", nargs="?", help=say("案例文件（JSON），- 表示标准输入", "the case (JSON), - for standard input")
    )
    made.add_argument("--json", action="store_true", help=say("输出 JSON", "print JSON"))
    made.add_argument(
        "--after",
        choices=("each", "last"),
        help=say("每个事件之后 / 仅最后（默认依文件）", "after each event or the last (default: as the case says)"),
    )
    made.add_argument(
        "--schema",
        nargs="?",
        choices=("case", "result"),
        const="case",
        help=say("打印案例或结果的 JSON Schema", "print the JSON schema of the case or of the result"),
    )
    return made


def main(arguments: Sequence[str], say: Say) -> int:
    """Runs the command; a bad document prints nothing but its refusals, on standard error, and returns 2."""
    asked = parser(say).parse_args(arguments)
    if asked.schema:
        sys.stdout.write(schema(asked.schema))
        return 0
    if asked.case is None:
        raise Refused(say("请给出案例文件，或 - 表示标准输入", "name a case file, or - for standard input"))
    raw = _read(asked.case, say)
    try:
        documents = split(raw)
    except CaseRefused as error:
        raise Refused(error.text(say.language)) from None
    many = raw.lstrip()[:1] == b"["
    results = _results(documents, asked.after, many, say)
    if asked.json:
        whole = results if many else results[0]
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n")
    else:
        for result in results:
            _print(result, say)
    return 0


def _read(name: str, say: Say) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        why, why_zh = f"cannot be read ({error.strerror})", f"无法读取（{error.strerror}）"
        raise Refused(f"{name}: {say(why_zh, why)}") from None


def _results(
    documents: Sequence[bytes], after: Literal["each", "last"] | None, many: bool, say: Say
) -> list[CaseResult]:
    """All the results, or one refusal that lists every bad case; never some of each."""
    results, refusals = [], []
    for place, document in enumerate(documents):
        try:
            results.append(run(document, after))
        except CaseRefused as error:
            refusals.append((error.under(f"cases[{place}]") if many else error).text(say.language))
    if refusals:
        raise Refused("\n".join(refusals))
    return results


def _print(result: CaseResult, say: Say) -> None:
    """The schedules of a case as tables; figures are never cut, a narrow terminal wraps the lines instead."""
    console = Console(highlight=False, width=_WIDE)
    for schedule in result.schedules:
        console.print(_title(result.name, schedule, say), style="bold", markup=False)
        for payout in schedule.disbursements:
            paid_out, owed = say("放款", "paid out"), say("欠本金", "owed")
            console.print(f"  {paid_out} {payout.date}  {_money(payout.amount)}  {owed} {_money(payout.balance)}")
        console.print(_table(schedule, say))
        console.print(_foot(schedule, say) + "\n")


def _title(name: str, schedule: ScheduleResult, say: Say) -> str:
    after = schedule.after
    if after is None:
        what = say("合同还款计划", "schedule as signed")
    else:
        kind, label = say(*_EVENTS[after.type]), f" {after.id}" if after.id else ""
        what = say(
            f"第 {after.index} 号事件{label}（{kind} {after.date}）之后的还款计划",
            f"schedule after event {after.index}{label} ({kind}, {after.date})",
        )
    day = say(f"截至 {schedule.as_of}", f"as of {schedule.as_of}")
    return " · ".join(part for part in (name, what, day) if part)


def _table(schedule: ScheduleResult, say: Say) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_footer=True, padding=(0, 1, 0, 0))
    totals = msgspec.structs.asdict(schedule.totals)
    for name, heads in _HEADS.items():
        foot = _money(totals[name]) if name in totals else say("合计", "total") if name == "due_date" else ""
        table.add_column(say(*heads), footer=foot, justify="left" if name == "due_date" else "right", no_wrap=True)
    amounts = {*totals, "balance"}
    for row in schedule.rows:
        cells = {name: str(value) for name, value in msgspec.structs.asdict(row).items()}
        table.add_row(*(_money(cells[name]) if name in amounts else cells[name] for name in _HEADS))
    return table


def _foot(schedule: ScheduleResult, say: Say) -> str:
    owed = f"{say('尚欠', 'outstanding')} {_money(schedule.totals.outstanding)}"
    state = say("已结清", "closed") if schedule.closed else owed
    credit = f" · {say('溢缴款', 'credit')} {_money(schedule.credit)}"
    return f"  {state}" if schedule.credit == "0.00" else f"  {state}{credit}"


def _money(amount: str) -> str:
    """12345.60 as 12,345.60."""
    return f"{Decimal(amount):,}"
