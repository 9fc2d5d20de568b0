"""The table of one quote: what it costs, who takes what, what it truly is a year, what leaving costs, the rows."""

from __future__ import annotations

from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chedai.cli import facts
from chedai.cli.facts import amount, plain_rate, rate
from chedai.cli.output import RULED, page
from chedai.cli.results import QuoteOut, RowOut
from chedai.cli.say import Say
from chedai.engine.compare.methods import BY_CODE

HEAD_ROWS = 3
"""Rows of the schedule shown before the last one."""


def print_quote(answer: QuoteOut, say: Say, *, full: bool) -> None:
    """The whole quote, on standard output."""
    method = BY_CODE[answer.method or ""]
    term = say(f"{answer.periods} 期", f"{answer.periods} months")
    with page() as out:
        out.print(Text(" · ".join((say("报价", "Quote"), say(method.zh, method.en), term)), style="bold"))
        out.print()
        out.print(_costs(answer, say))
        _print_schedule(out, answer, say, full)


def _costs(answer: QuoteOut, say: Say) -> Table:
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim", overflow="fold")
    _add_money(table, answer, say)
    _add_rates(table, answer, say)
    _add_settlements(table, answer, say)
    return table


def _add_money(table: Table, answer: QuoteOut, say: Say) -> None:
    def line(label: tuple[str, str], value: str, note: str = "", style: str = "") -> None:
        table.add_row(say(*label), Text(amount(value), style=style), note)

    line(facts.PRICE, answer.price)
    line(facts.DOWN, answer.down_payment, answer.down_payment_pct)
    line(facts.PRINCIPAL, answer.principal)
    table.add_row()
    monthly = amount(answer.instalment) if Decimal(answer.instalment) else facts.NONE
    table.add_row(say(*facts.INSTALMENT), Text(monthly, style="bold"), _instalment_note(answer, say))
    line(facts.INTEREST, answer.interest)
    line(facts.FEES, answer.fee_total)
    for fee in answer.fees:
        out = "" if fee.in_rate else say("，不计入年化", ", not in the rate")
        note = f"{facts.when_words(fee, say)} · {facts.payee_words(fee, say)}{out}"
        table.add_row(Text(f"  {fee.name}", style="dim"), Text(amount(fee.total), style="dim"), note)
    line(facts.OVER_CASH, answer.over_cash, say("利息 + 费用", "interest + fees"), "bold")
    line(facts.TOTAL, answer.total_paid)
    if answer.cash_at_signing != answer.down_payment:
        line(facts.SIGNING, answer.cash_at_signing, say("首付 + 放款时费用", "down payment + fees taken then"))
    for subsidy in answer.subsidies:
        line(("贴息", "subsidy"), subsidy.amount, say(f"由 {subsidy.payer} 承担", f"paid by {subsidy.payer}"))


def _instalment_note(answer: QuoteOut, say: Say) -> str:
    """How often, and what the highest and the last instalment are where they differ."""
    parts = [f"× {answer.periods}"]
    if answer.highest_instalment != answer.instalment:
        parts.append(f"{say('最高', 'highest')} {amount(answer.highest_instalment)}")
    if answer.last_instalment != answer.instalment:
        parts.append(f"{say(*facts.LAST)} {amount(answer.last_instalment)}")
    return " · ".join(parts)


def _add_rates(table: Table, answer: QuoteOut, say: Say) -> None:
    table.add_row()
    table.add_row(Text(say(*facts.TRUE_RATE), style="bold"), "", say("含全部计入费用", "every counted fee included"))
    simple, compound = answer.annual_rate_simple_pct or "0", answer.annual_rate_compound_pct or "0"
    table.add_row(f"  {say(*facts.SIMPLE)}", Text(rate(simple), style="bold"), say(*facts.SIMPLE_HOW))
    table.add_row(f"  {say(*facts.COMPOUND)}", Text(rate(compound), style="bold"), say(*facts.COMPOUND_HOW))
    contract = plain_rate(answer.annual_rate_pct or "0")
    table.add_row(Text(f"  {say('合同利率', 'contract rate')}", style="dim"), Text(contract, style="dim"), "")


def _add_settlements(table: Table, answer: QuoteOut, say: Say) -> None:
    table.add_row()
    table.add_row(Text(say(*facts.SETTLING), style="bold"), "", say(*facts.SETTLING_HOW))
    for cost in answer.settlements:
        value = facts.NONE if cost.cost is None else amount(cost.cost)
        note = facts.settlement_note(cost, say)
        if cost.how == "early":
            note += say(f" · 当月另付清 {amount(cost.payoff)}", f" · to pay off that day {amount(cost.payoff)}")
        table.add_row(say(f"  第 {cost.month} 月", f"  month {cost.month}"), value, note)


def _print_schedule(out: Console, answer: QuoteOut, say: Say, full: bool) -> None:
    rows = answer.schedule
    hidden = 0 if full else len(rows) - HEAD_ROWS - 1
    shown = rows if hidden < 1 else (*rows[:HEAD_ROWS], rows[-1])
    dated = any(row.due_date for row in rows)
    charged = any(Decimal(row.fees) for row in rows)
    table = Table(box=RULED, padding=(0, 1), pad_edge=False, show_edge=False, header_style="dim")
    heads = [say("期", "no.")]
    heads += [say("到期日", "due")] if dated else []
    heads += [say("本金", "principal"), say("利息", "interest")]
    heads += [say(*facts.FEES)] if charged else []
    heads += [say("应付", "due amount"), say("剩余本金", "balance")]
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True, min_width=10 if head != heads[0] else 3)
    for place, row in enumerate(shown):
        if hidden > 0 and place == HEAD_ROWS:
            table.add_row("…", style="dim")
        table.add_row(*_cells(row, dated, charged))
    out.print()
    out.print(Text(say("还款计划", "Schedule"), style="bold"))
    out.print(table)
    if hidden > 0:
        out.print(Text(say(f"其余 {hidden} 行：加 --full", f"{hidden} rows more: --full"), style="dim"))


def _cells(row: RowOut, dated: bool, charged: bool) -> list[str]:
    cells = [str(row.n)]
    cells += [row.due_date or ""] if dated else []
    cells += [amount(row.principal), amount(row.interest)]
    cells += [amount(row.fees)] if charged else []
    return [*cells, amount(row.total), amount(row.balance)]
