"""Plans side by side: plans are columns, facts are rows, cash first; below, the other plans and who is missing why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chedai.cli import facts
from chedai.cli.compare_rows import fact_rows
from chedai.cli.facts import amount, rate
from chedai.cli.output import RULED, page
from chedai.cli.results import ComparisonOut, PlanOut
from chedai.cli.say import Say
from chedai.cli.why_not_list import print_why_not, told
from chedai.engine.compare import lowest
from chedai.engine.compare.methods import BY_CODE

MOST_COLUMNS: Final = 6
LABEL_WIDTH: Final = 14
CELL_WIDTH: Final = 15
GAP: Final = 1
UNBEATEN: Final = "◆ "
RATES_EN: Final = "rates hold every counted fee: simple = monthly IRR × 12, compound = (1+monthly IRR)^12 − 1"


def print_comparison(answer: ComparisonOut, say: Say, *, full: bool, region_open: bool = False) -> None:
    """The whole comparison, on standard output."""
    with page() as out:
        fit = max(1, (out.width - LABEL_WIDTH - GAP) // (CELL_WIDTH + GAP))
        shown, others = picked(answer.plans, fit, full=full)
        _print_title(out, answer, say)
        for block in [shown[first : first + fit] for first in range(0, len(shown), fit)]:
            out.print(_table(block, shown, say))
            out.print()
        _print_notes(out, say, region_open)
        if others:
            _print_others(out, others, say)
        print_why_not(out, answer, say, full=full)


def picked(plans: Sequence[PlanOut], fit: int, *, full: bool) -> tuple[list[PlanOut], list[PlanOut]]:
    """Cash, the best plan of each lender, then the best that are left, as many as `fit` (six at most); and the others.

    Methods compared at one rate are all shown, and everything is with `full`, in several tables if need be.
    """
    most = min(fit, MOST_COLUMNS)
    if full or len(plans) <= most or not any(plan.lender for plan in plans):
        return list(plans), []
    lenders = {plan.lender: plan for plan in reversed(plans)}
    first = [place for place, plan in enumerate(plans) if lenders[plan.lender] is plan]
    rest = [place for place in range(len(plans)) if place not in first]
    chosen = sorted([*first, *rest][:most])
    return [plans[k] for k in chosen], [plan for k, plan in enumerate(plans) if k not in chosen]


def _print_title(out: Console, answer: ComparisonOut, say: Say) -> None:
    count = sum(not plan.cash for plan in answer.plans)
    title = say(f"方案对比 · {count} 个贷款方案 + 全款", f"Plans compared · {count} financed + cash")
    refused = len(told(answer))
    if refused:
        title += say(f" · 未入选 {refused} 个", f" · {refused} not offered")
    out.print(Text(title, style="bold"))
    price = f"{say(*facts.PRICE)} {amount(answer.price)}"
    on = (answer.on, answer.catalogue) if answer.catalogue else ()
    out.print(Text(" · ".join((price, *on)), style="dim"))
    out.print()


def _table(block: Sequence[PlanOut], shown: Sequence[PlanOut], say: Say) -> Table:
    table = Table(box=RULED, padding=(0, GAP, 0, 0), pad_edge=False, show_edge=False, header_style="")
    table.add_column("", width=LABEL_WIDTH, overflow="fold")
    heads = [_head(plan, say) for plan in block]
    deepest = max(head.plain.count("\n") for head in heads)
    for head in heads:
        # Heads stand on the line below them; the names are to stand on one line at the top.
        head.append("\n" * (deepest - head.plain.count("\n")))
        table.add_column(head, justify="right", width=CELL_WIDTH, overflow="fold")
    for row in fact_rows(shown, say):
        marked = _lowest(shown, row.compared) if row.compared else []
        label, how = Text(say(*row.label), style="bold" if row.strong else ""), say(*row.how)
        cells = [_cell(*row.cell(plan), lowest_mark=plan in marked, strong=row.strong, say=say) for plan in block]
        table.add_row(Text.assemble(label, "\n", (how, "dim")) if how else label, *cells, end_section=row.ends_section)
    return table


def _head(plan: PlanOut, say: Say) -> Text:
    if plan.cash:
        return Text.assemble((say("全款", "cash"), "bold"), "\n", (say("不贷款", "no loan"), "dim"))
    mark = Text.assemble((say("首选 ", "1st "), "bold blue") if plan.preferred else "", UNBEATEN if plan.pareto else "")
    if not plan.lender:
        return Text.assemble(mark, (plan.product, "bold"), "\n", (_months(plan, say), "dim"))
    below = f"{plan.promotion or plan.product}\n{_way(plan, say)}"
    return Text.assemble(mark, (plan.lender, "bold"), "\n", (below, "dim"))


def _way(plan: PlanOut, say: Say) -> str:
    method = BY_CODE[plan.method or ""]
    return f"{say(method.zh, method.en)} {_months(plan, say)}"


def _months(plan: PlanOut, say: Say) -> str:
    return say(f"{plan.periods} 期", f"{plan.periods} m")


def _cell(figure: str, note: str, *, lowest_mark: bool, strong: bool, say: Say) -> Text:
    mark = (say("最低 ", "low "), "green") if lowest_mark else ""
    text = Text.assemble(mark, (figure, "bold" if strong else ""))
    if not note:
        return text
    return Text.assemble(text, "\n" if figure else "", (note, "dim"))


def _lowest(plans: Sequence[PlanOut], compared: Callable[[PlanOut], str | None]) -> list[PlanOut]:
    """The financed plans that are lowest in a fact; all that print the same."""
    financed = [plan for plan in plans if not plan.cash]
    texts = [compared(plan) for plan in financed]
    return [financed[k] for k in lowest([None if text is None else Decimal(text) for text in texts])]


def _print_notes(out: Console, say: Say, region_open: bool) -> None:
    """What the words above mean, in one line each."""
    notes = [
        say("比全款多付 = 利息 + 费用 − 随贷优惠", "more than cash = interest + fees − discount with the loan"),
        say("年化含全部计入费用：单利 = 月 IRR × 12，复利 = (1+月 IRR)^12 − 1", RATES_EN),
        say(
            "第 n 月结清 = 到该月为止的利息 + 费用 + 违约金",
            "settled at n = interest, fees, fee for leaving until then",
        ),
        say(
            "◆ 没有别的方案在当日资金、月供、总成本上都不高于它",
            "◆ no other plan is as low in cash, instalment and cost",
        ),
    ]
    if region_open:
        notes.append(say("未指定 --region，地区性利率上限未核对", "no --region: regional rate caps are unchecked"))
    for note in notes:
        out.print(Text(note, style="dim"))
    out.print()


def _print_others(out: Console, plans: Sequence[PlanOut], say: Say) -> None:
    """The plans that did not get a column: one line each, in the same order."""
    out.print(Text(say(f"其他方案 {len(plans)} 个", f"{len(plans)} more"), style="bold"))
    table = Table(box=RULED, padding=(0, GAP, 0, 0), pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("", overflow="fold")
    for head in (facts.INSTALMENT, facts.LAST, facts.OVER_CASH, facts.SIMPLE):
        table.add_column(say(*head), justify="right", no_wrap=True)
    for plan in plans:
        name = " · ".join((plan.lender or plan.product, plan.promotion or plan.product, _way(plan, say)))
        name = f"{UNBEATEN if plan.pareto else '  '}{name}"
        simple = rate(plan.annual_rate_simple_pct or "0")
        table.add_row(name, amount(plan.instalment), amount(plan.last_instalment), amount(plan.over_cash), simple)
    out.print(table)
    out.print()
