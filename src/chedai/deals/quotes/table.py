"""The compare table: plans as columns, facts as rows, in the order in which they are always shown.

首付, 月供, 利息, 费用, 比全款多付, 总支出, 真实年化 (单利, 复利), 宣传口径, 费用明细, 提前结清.
Page, print, PDF, picture and interface are all written from this one value, so their figures cannot differ.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence

import msgspec

from chedai.deals.quotes.frozen import FrozenPlan, FrozenSettlement
from chedai.deals.quotes.spoken import DASH, Words, amount, rate
from chedai.deals.quotes.wishes import SETTLE_MONTHS
from chedai.engine.compare import SettledHow, lowest
from chedai.engine.errors import Language


class Column(msgspec.Struct, frozen=True):
    """The head of one plan."""

    lender: str
    product: str
    term: str
    preferred: bool = False
    cash: bool = False


class Cell(msgspec.Struct, frozen=True):
    """One figure: what is written, what stands below it in grey, whether it is the lowest of its row."""

    text: str
    notes: tuple[str, ...] = ()
    lowest: bool = False
    quiet: bool = False  # a zero or nothing at all


class Row(msgspec.Struct, frozen=True):
    """One fact of every plan. `kind` is plain, big, strong, quiet or band; a band has no cells. `internal` rows are
    for the house, never for a customer's eyes."""

    code: str
    label: str
    cells: tuple[Cell, ...] = ()
    sub: str = ""
    kind: str = "plain"
    internal: bool = False


class Table(msgspec.Struct, frozen=True):
    """All of it."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def for_customers(self) -> Table:
        """Without the rows of the house."""
        return Table(self.columns, tuple(row for row in self.rows if not row.internal))


Figure = Callable[[FrozenPlan], int | None]


def compare_table(plans: Sequence[FrozenPlan], preferred: int, language: Language) -> Table:
    """The table of `plans`, cash first; `preferred` is the position of 首选."""
    say = Words(language)
    columns = tuple(
        Column(say.lender(plan), say.product(plan), say.term(plan), at == preferred and at > 0, plan.is_cash)
        for at, plan in enumerate(plans)
    )
    return Table(columns, tuple(_rows(plans, say)))


def _rows(plans: Sequence[FrozenPlan], say: Words) -> Iterator[Row]:
    yield from _money_rows(plans, say)
    real = say("真实年化", "true annual rate")
    yield Row("real", real, sub=say("含全部费用，r = 月 IRR", "all fees in, r = monthly IRR"), kind="band")
    yield _rates(plans, "nominal", say("单利", "simple"), "r × 12", lambda p: p.nominal_rate, "strong")
    yield _rates(plans, "effective", say("复利", "compound"), "(1+r)¹² − 1", lambda p: p.effective_rate, "plain")
    said = tuple(Cell(say.advertised(plan), quiet=True) for plan in plans)
    yield Row("advertised", say("宣传口径", "as advertised"), said, kind="quiet")
    yield Row("fees", say("费用明细", "fees"), sub=say("谁收、何时收", "to whom, when"), kind="band")
    yield Row("fee_items", say("收费项目", "items"), tuple(_fees(plan, say) for plan in plans))
    if any(plan.subsidies for plan in plans):
        lines = tuple(_subsidies(plan, say) for plan in plans)
        yield Row("subsidies", say("贴息", "subsidy"), lines, say("谁出、多少", "who pays"), internal=True)
    until = say("到该月为止多付的利息 + 费用 + 违约金", "interest, fees and the fee for leaving, up to that month")
    yield Row("settled", say("提前结清", "settled early"), sub=until, kind="band")
    for at, month in enumerate(SETTLE_MONTHS):
        yield _settled(plans, at, month, say)


def _money_rows(plans: Sequence[FrozenPlan], say: Words) -> Iterator[Row]:
    yield _amounts(plans, "down_payment", say("首付", "down payment"), operator.attrgetter("down_payment"))
    if any(plan.trade_in is not None for plan in plans):
        yield from _trade_in(plans, say)
    yield _instalments(plans, say)
    yield _amounts(plans, "interest", say("利息", "interest"), _of_loan(lambda p: p.interest))
    yield _amounts(plans, "fee_total", say("费用", "fees"), _of_loan(lambda p: p.fee_total))
    sub = say("利息 + 费用", "interest + fees")
    if any(plan.list_price != plan.price and not plan.is_cash for plan in plans):
        sub = say("利息 + 费用 − 车价优惠", "interest + fees − discount")
    over: Figure = operator.attrgetter("over_cash")
    more = say("比全款多付", "more than cash")
    yield _amounts(plans, "over_cash", more, over, sub=sub, kind="strong", judged=over)
    if any(plan.add_ons for plan in plans):
        label = say("加装", "add-ons")
        yield _amounts(plans, "add_ons", label, lambda plan: sum(one.price for one in plan.add_ons))
    paid = say("总支出", "paid in all")
    sub = say("车价 + 利息 + 费用", "price + interest + fees")
    yield _amounts(plans, "total_paid", paid, operator.attrgetter("total_paid"), sub=sub)


def _trade_in(plans: Sequence[FrozenPlan], say: Words) -> Iterator[Row]:
    """置换: what the old car brings and, on a line of its own, what is owed on it beyond its value."""
    brings = say("旧车净值抵扣", "old car brings")
    yield _amounts(plans, "trade_in", brings, lambda plan: 0 if plan.trade_in is None else -plan.trade_in.equity)
    if any(plan.negative_equity for plan in plans):
        sub = say("旧车欠款高于车值，不并入贷款", "owed beyond its value, never rolled into the loan")
        label = say("旧车缺口", "negative equity")
        yield _amounts(plans, "negative_equity", label, operator.attrgetter("negative_equity"), sub=sub)
    label = say("签约日现金", "cash on the day")
    yield _amounts(plans, "cash_at_signing", label, operator.attrgetter("cash_at_signing"))


def _instalments(plans: Sequence[FrozenPlan], say: Words) -> Row:
    highest = _of_loan(lambda p: p.highest)
    label = say("月供", "monthly")
    row = _amounts(plans, "instalment", label, _of_loan(lambda p: p.instalment), kind="big", judged=highest)
    cells = zip(row.cells, plans, strict=True)
    return msgspec.structs.replace(
        row, cells=tuple(msgspec.structs.replace(cell, notes=_uneven(plan, say)) for cell, plan in cells)
    )


def _of_loan(figure: Callable[[FrozenPlan], int]) -> Figure:
    """A figure that cash does not have."""
    return lambda plan: None if plan.is_cash else figure(plan)


def _uneven(plan: FrozenPlan, say: Words) -> tuple[str, ...]:
    """The last instalment, where it differs by more than the cents it takes; the tail by its name."""
    if plan.is_cash or abs(plan.last - plan.instalment) <= plan.periods:
        return ()
    if plan.tail and not plan.returns_car:
        return (say(f"末期 {amount(plan.last)}，含尾款", f"last {amount(plan.last)}, with the tail"),)
    if plan.returns_car:
        return (
            say(f"期末还车，残值 {amount(plan.tail)} 由出租方承担", f"car goes back, lessor bears {amount(plan.tail)}"),
        )
    return (say(f"末期 {amount(plan.last)}", f"last {amount(plan.last)}"),)


def _amounts(
    plans: Sequence[FrozenPlan],
    code: str,
    label: str,
    figure: Figure,
    *,
    sub: str = "",
    kind: str = "plain",
    judged: Figure | None = None,
) -> Row:
    """A row of amounts; with `judged` the loans for which that is lowest are marked."""
    best = frozenset() if judged is None else lowest([None if plan.is_cash else judged(plan) for plan in plans])
    figures = [figure(plan) for plan in plans]
    cells = tuple(Cell(amount(f), (), at in best, not f) for at, f in enumerate(figures))
    return Row(code, label, cells, sub, kind)


def _rates(plans: Sequence[FrozenPlan], code: str, label: str, sub: str, figure: Figure, kind: str) -> Row:
    best = lowest([figure(plan) for plan in plans]) if kind == "strong" else frozenset()
    cells = tuple(Cell(rate(figure(plan)), (), at in best, plan.is_cash) for at, plan in enumerate(plans))
    return Row(code, label, cells, sub, kind)


def _fees(plan: FrozenPlan, say: Words) -> Cell:
    if not plan.fees:
        return Cell(say("无", "none"), quiet=True)
    notes: list[str] = []
    for at, fee in enumerate(plan.fees):
        head = () if at == 0 else (say.own(fee.name),)
        counted = () if fee.in_rate else (say("不计入年化", "not in the rate"),)
        to = say(f"收取方 {say.payee(fee, plan)}", f"to {say.payee(fee, plan)}")
        notes += [*head, amount(fee.total), say.measure(fee, plan), to, *counted]
    return Cell(say.own(plan.fees[0].name), tuple(notes))


def _subsidies(plan: FrozenPlan, say: Words) -> Cell:
    if not plan.subsidies:
        return Cell(DASH, quiet=True)
    total = sum(line.amount for line in plan.subsidies)
    return Cell(amount(total), tuple(f"{say.own(line.payer)} {amount(line.amount)}" for line in plan.subsidies))


def _settled(plans: Sequence[FrozenPlan], at: int, month: int, say: Words) -> Row:
    lines = [plan.settlements[at] if len(plan.settlements) > at else None for plan in plans]
    costs = [None if plan.is_cash or line is None else line.cost for plan, line in zip(plans, lines, strict=True)]
    best = lowest(costs)
    cells = tuple(
        Cell(DASH, quiet=True)
        if plan.is_cash or line is None
        else Cell(amount(line.cost), (_how(line, plan, say),), place in best, line.cost is None)
        for place, (plan, line) in enumerate(zip(plans, lines, strict=True))
    )
    return Row(f"settled_{month}", say(f"第 {month} 月", f"month {month}"), cells)


def _how(line: FrozenSettlement, plan: FrozenPlan, say: Words) -> str:
    """What settling then means: allowed or not, with which fee for leaving."""
    if line.how is SettledHow.LOCKED:
        return say("合同不允许", "not allowed yet")
    if line.how is SettledHow.MATURED:
        if line.month > plan.periods:
            return say(f"已于 {plan.periods} 期结清", f"ended in month {plan.periods}")
        return say("正常到期", "at its end")
    if line.fee:
        return say(f"含违约金 {amount(line.fee)}", f"fee for leaving {amount(line.fee)}")
    return say("无违约金", "no fee for leaving")
