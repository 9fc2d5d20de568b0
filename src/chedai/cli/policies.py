"""`chedai policies`: the rules on file, for a date and a scope, each with its dates, confidence and source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.console import Console

from chedai.cli.parser import Parser
from chedai.cli.say import Refused, Say, money
from chedai.engine.money import percent
from chedai.platform.policies import (
    Band,
    Bracket,
    CalendarYear,
    Cap,
    Channel,
    Finding,
    Hours,
    Kind,
    Label,
    LenderType,
    Limit,
    Line,
    PercentRange,
    PolicyRow,
    Region,
    Text,
    VehicleKind,
    shipped_book,
)
from chedai.platform.policies.scope import DIMENSIONS, Asked
from chedai.platform.policies.units import UNITS


def parser(say: Say) -> Parser:
    """The options of `chedai policies`."""
    made = Parser(
        say=say,
        prog="chedai policies",
        description=say("列出收录的监管与行业规则", "list the rules on file"),
    )
    made.add_argument(
        "prefix", nargs="?", default="", help=say("规则名的开头,如 rate_caps", "how the key begins: rate_caps")
    )
    made.add_argument(
        "--on",
        type=date.fromisoformat,
        metavar=say("日期", "DATE"),
        help=say("只列该日有效的规则(默认:含历史)", "only rules in force on the day (default: closed ones too)"),
    )
    made.add_argument("--lender-type", choices=[str(w) for w in LenderType], help=say("贷款人类型", "who lends"))
    made.add_argument("--vehicle-kind", choices=[str(w) for w in VehicleKind], help=say("车辆类别", "what is bought"))
    made.add_argument(
        "--region", choices=[str(w) for w in Region], metavar=say("省份", "PROVINCE"), help=say("地区", "province")
    )
    made.add_argument("--channel", choices=[str(w) for w in Channel], help=say("渠道", "how it is sold"))
    return made


def main(arguments: Sequence[str], say: Say) -> int:
    """Prints the rules that the date and the scope do not exclude, and under them what is stale.

    Errors: `Refused` for a wrong call, `PolicyError` where the files cannot be used.
    """
    asked = parser(say).parse_args(arguments)
    book = shipped_book()
    if not book.keys(asked.prefix):
        known = ", ".join(sorted({key.partition(".")[0] for key in book.keys("")}))
        unknown = say(f"没有以此开头的规则名;可用 {known}", f"is no known key; there are {known}")
        raise Refused(f"{asked.prefix}: {unknown}")
    scope = {d: getattr(asked, d) for d in DIMENSIONS}
    if asked.on is None:
        shown = [row for row in book.rows(asked.prefix) if row.scope.admits(Asked.of("policies", **scope))]
    else:
        shown = [row for row in book.all_in_force(asked.on, **scope) if row.key.startswith(asked.prefix)]
    findings = [] if asked.on is None else book.warnings(asked.on, *dict.fromkeys(row.key for row in shown))
    _print(shown, findings, say)
    return 0


def value_text(row: PolicyRow, say: Say) -> str:
    """What a row says, as a person reads it."""
    if row.limit is not None:
        return say(*_LIMITS[row.limit])
    unit = say(UNITS.get(row.kind, {}).get(row.unit, ""), row.unit.replace("_", " "))
    match row.kind:
        case Kind.PERCENT:
            return f"{percent(row.rate):f}% {unit}"
        case Kind.MONEY:
            return f"{money(row.money)} {unit}"
        case Kind.NUMBER:
            return f"{row.number} {unit}"
        case Kind.FLAG:
            return say("是", "yes") if row.flag else say("否", "no")
        case Kind.ORDER:
            return " > ".join(row.listed(str))
        case Kind.LABELS:
            return "; ".join(f"{label.code} {say(label.zh, label.en)}" for label in row.listed(Label))
        case Kind.BRACKETS:
            return "; ".join(_bracket(bracket) for bracket in row.listed(Bracket))
        case Kind.TABLE:
            return "; ".join(line.code for line in row.listed(Line))
        case Kind.BANDS:
            return "; ".join(f"{b.code} {b.first}-{'' if b.last is None else b.last}" for b in row.listed(Band))
        case _:
            return _structured(row, unit, say)


_LIMITS = {
    Limit.LENDER_DECIDES: ("无监管上限,贷款人自定", "no limit, the lender decides"),
    Limit.NONE_FOUND: ("未查到规定", "no rule found"),
}


def _structured(row: PolicyRow, unit: str, say: Say) -> str:
    value = row.value
    if isinstance(value, PercentRange):
        return f"{percent(value.low):f}%-{percent(value.high):f}% {unit}"
    if isinstance(value, Cap):
        parts = [f"{value.times_lpr_1y} x LPR1Y"] if value.times_lpr_1y else []
        parts += [f"{percent(value.at_most):f}%"] if value.at_most is not None else []
        return f"{say('取低', 'lower of') + ' ' if len(parts) > 1 else ''}{', '.join(parts)} {unit}"
    if isinstance(value, Hours):
        return f"{value.start:%H:%M}-{value.end:%H:%M}"
    if isinstance(value, CalendarYear):
        days, worked = len(value.days_off()), len(value.make_up_workdays)
        return say(f"放假 {days} 天,调休上班 {worked} 天", f"{days} days off, {worked} worked in exchange")
    text = row.typed(Text)
    return say(text.zh, text.en)


def _bracket(bracket: Bracket) -> str:
    limit = "" if bracket.up_to is None else f"<= {money(bracket.up_to)}: "
    return f"{limit}{percent(bracket.rate):f}% - {money(bracket.deduct)}"


def _print(rows: Sequence[PolicyRow], findings: Sequence[Finding], say: Say) -> None:
    """Two lines a rule (what it says; where, for whom, when, how sure, by what), then what is stale."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for row in rows:
        dates = say(f"{row.start} 起", f"from {row.start}")
        if row.end is not None:
            dates = say(f"{row.start} 至 {row.end}", f"{row.start} to {row.end}")
        scope = [" ".join(sorted(row.scope.values(d))) for d in DIMENSIONS if row.scope.values(d)]
        console.print(f"{row.title(say.language)}: {value_text(row, say)}", style="bold")
        console.print("  " + " · ".join([row.id, *scope, dates, row.confidence, row.source]))
    for finding in findings:
        console.print(f"! {finding.text(say.language)}", style="yellow")
    console.print(say(f"共 {len(rows)} 条", f"{len(rows)} rows"))
