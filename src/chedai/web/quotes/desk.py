"""The answer of the desk: table, preferred plan, reasons, the chart, and how each plan is worked out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from chedai.deals.quotes import tray
from chedai.deals.quotes.asking import Answer
from chedai.deals.quotes.explaining import Explained, costs_by_month, explain
from chedai.deals.quotes.freezing import freeze
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.selectors import quote_answer
from chedai.deals.quotes.spoken import Words
from chedai.deals.quotes.table import Column, Table, compare_table
from chedai.engine.compare import Change, Lever, Plan
from chedai.engine.compare import WhyNot as Reason
from chedai.engine.compare.methods import method_of
from chedai.engine.compare.words import change_text, money, reason
from chedai.engine.errors import Language
from chedai.engine.money import divide
from chedai.web.formats import money as shown_money
from chedai.web.quotes.addresses import desk_url, part_of
from chedai.web.quotes.forms import DeskForm, Order
from chedai.web.ui.chart import MOST_LINES, Chart, Series, line_chart
from chedai.web.ui.deal import WhyNot

_LABEL: Final = 14
"""Characters of a plan's name beside its line."""

EVERY: Final = 3
"""Months between two points of the chart."""

_ORDERS: Final = {
    Order.MINE: gettext_lazy("我的顺序"),
    Order.INSTALMENT: gettext_lazy("月供"),
    Order.TOTAL: gettext_lazy("总成本"),
    Order.RATE: gettext_lazy("年化"),
}
_FIELDS: Final = {Lever.DOWN_PAYMENT: "down", Lever.TERM: "term", Lever.CEILING: "ceiling", Lever.CASH: "cash"}


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the table with what can be done to it."""

    column: Column
    key: str
    prefer_url: str = ""
    drop_url: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan that could come into the tray."""

    label: str
    figures: str
    url: str


@dataclass(frozen=True, slots=True)
class How:
    """One plan worked out, under its tab: `label` is short, `full` names the plan."""

    key: str
    label: str
    full: str
    made: Explained
    rows_url: str


@dataclass(frozen=True, slots=True)
class Block:
    """One plan where a table has no room."""

    column: Column
    plan: FrozenPlan
    instalment: str
    advertised: str
    fees: str


def language() -> Language:
    """The language of the reader as the engine names it."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def answered(form: DeskForm, data: QueryDict) -> dict[str, Any]:
    """Everything the answer shows. Errors: `Refusal` at the field."""
    found = quote_answer(form.wish)
    order = Order(form.cleaned_data["order"] or Order.MINE)
    plans = _sorted(tray.lay(found.comparison.plans, form.keys, found.desk.term), order)
    picked = form.cleaned_data["preferred"]
    at = tray.place_of(plans, picked) if len(plans) > 1 else 0
    frozen = [freeze(plan, found.desk) for plan in plans]
    table = compare_table(frozen, at, language())
    months = tuple(range(EVERY, max((plan.periods for plan in frozen), default=0) + 1, EVERY))
    costs = [costs_by_month(plan, months) for plan in frozen]
    return {
        "found": found,
        "order": order,
        "preferred": at,
        "picked": bool(picked),
        "best": frozen[at] if at else None,
        "best_name": _full(frozen[at]) if at else "",
        "best_lender": Words(language()).lender(frozen[at]) if at else "",
        "loans": len(plans) - 1,
        "orders": [(one, word, desk_url(data, order=one)) for one, word in _ORDERS.items()],
        "terms_line": _terms_line(frozen),
        "table": table,
        "heads": _heads(plans, table, form, data),
        "blocks": blocks_of(frozen, table),
        "offers": _offers(found, plans, form, data),
        "reasons": _reasons(found, data),
        "all_reasons": len(found.comparison.why_not),
        "hows": _hows(plans, frozen, data),
        "how_first": tray.key_of(plans[at]),
        "chart": _chart(frozen, costs, months, at),
        "finding": _finding(frozen, at),
    }


def all_reasons(found: Answer) -> list[WhyNot]:
    """Every plan that fell out, with every bound it breaks."""
    return [_told(why, "") for why in found.comparison.why_not]


def loan_hint(form: DeskForm) -> str:
    """What is left to finance."""
    data = form.cleaned_data
    if data.get("price") is None or data.get("down") is None:
        return ""
    return _("贷款 %s") % shown_money(data["price"] - data["down"])


def _sorted(plans: tuple[Plan, ...], order: Order) -> tuple[Plan, ...]:
    keys = {
        Order.INSTALMENT: lambda plan: plan.highest,
        Order.TOTAL: lambda plan: plan.over_cash,
        Order.RATE: lambda plan: plan.nominal_rate or 0.0,
    }
    cash, loans = plans[:1], plans[1:]
    return plans if order is Order.MINE else (*cash, *sorted(loans, key=keys[order]))


def _heads(plans: Sequence[Plan], table: Table, form: DeskForm, data: QueryDict) -> list[Head]:
    names = [_name_in(plan, form) for plan in plans]
    loans = names[1:]
    return [
        Head(
            column,
            name,
            "" if column.cash or column.preferred else desk_url(data, preferred=name, tray=",".join(loans)),
            ""
            if column.cash or len(loans) < 2
            else desk_url(data, tray=",".join(other for other in loans if other != name), preferred=""),
        )
        for column, name in zip(table.columns, names, strict=True)
    ]


def _name_in(plan: Plan, form: DeskForm) -> str:
    """How the tray names a plan: with its term where somebody chose that, else following the term."""
    key = tray.key_of(plan)
    return key if plan.is_cash or key in form.keys else f"{tray.family_of(plan)}.{tray.FOLLOWS}"


def _offers(found: Answer, plans: Sequence[Plan], form: DeskForm, data: QueryDict) -> list[Offer]:
    """Every plan that is not in the tray, those at the term first."""
    inside, say = {id(plan) for plan in plans}, Words(language())
    standing = tray.at_term(found.comparison.plans, found.desk.term)
    near = {id(plan) for plan in standing}
    rest = [plan for plan in found.comparison.plans if id(plan) not in near]
    loans = [_name_in(plan, form) for plan in plans[1:]]
    offers = []
    for plan in (*standing, *rest):
        if plan.is_cash or id(plan) in inside:
            continue
        name = f"{tray.family_of(plan)}.{tray.FOLLOWS}" if id(plan) in near else tray.key_of(plan)
        one = freeze(plan, found.desk)
        label = f"{say.lender(one)} · {say.product(one)} · {say.term(one)}"
        offers.append(Offer(label, money(plan.instalment), desk_url(data, tray=",".join((*loans, name)[-tray.MOST :]))))
    return offers


def blocks_of(plans: Sequence[FrozenPlan], table: Table) -> list[Block]:
    """The plans as blocks, with the very figures of the table."""
    rows = {row.code: row.cells for row in table.rows}
    parts = zip(table.columns, plans, rows["instalment"], rows["advertised"], rows["fee_items"], strict=True)
    return [
        Block(column, plan, amount.text, said.text, "，".join((fees.text, *fees.notes)))
        for column, plan, amount, said, fees in parts
    ]


def _reasons(found: Answer, data: QueryDict) -> list[WhyNot]:
    short = tray.reasons_at(found.comparison.why_not, found.comparison.plans, found.desk.term)
    ordered = sorted(short, key=lambda why: not why.changes)  # what can be changed first
    return [_told(why, _try_url(why, data)) for why in ordered]


def _told(why: Reason, url: str) -> WhyNot:
    say, spoken = Words(language()), language()
    name = say(why.product.name, why.product.name_en)
    if why.promotion is not None:
        name = say(why.promotion.name, why.promotion.name_en)
    parts = [say(why.product.lender.name, why.product.lender.name_en), name]
    if why.repayment is not None and len(why.product.repayments) > 1:
        method = method_of(why.repayment.amortisation, why.repayment.interest_method)
        parts.append(say(method.zh, method.en))
    if why.periods is not None:
        parts.append(_("%s 期") % why.periods)
    rule = " ".join(reason(failure, why, spoken) for failure in why.failures)
    change = change_text(why.changes[0], spoken) if why.changes else ""
    return WhyNot(" · ".join(parts), rule, change, url)


def _try_url(why: Reason, data: QueryDict) -> str:
    """The desk with the smallest change made; nothing where none helps, or it is not at the desk to make it."""
    return "" if not why.changes else _changed(why.changes[0], data)


def _changed(change: Change, data: QueryDict) -> str:
    if change.lever is Lever.CUSTOMER:
        return desk_url(data, customer=str(change.value))
    value = str(change.value) if change.lever is Lever.TERM else money(int(change.value))
    if change.lever is Lever.TERM and value not in dict(DeskForm.base_fields["term"].choices):  # type: ignore[attr-defined]
        return ""
    return desk_url(data, **{_FIELDS[change.lever]: value})


def _hows(plans: Sequence[Plan], frozen: Sequence[FrozenPlan], data: QueryDict) -> list[How]:
    url, labels = part_of(desk_url(data), "quote_rows"), _labels(frozen)
    return [
        How(
            tray.key_of(plan),
            label,
            _full(one),
            explain(one, language()),
            f"{url}&{urlencode({'plan': tray.key_of(plan)})}",
        )
        for plan, one, label in zip(plans, frozen, labels, strict=True)
        if not one.is_cash
    ]


def _labels(plans: Sequence[FrozenPlan]) -> list[str]:
    """A short name for each plan: the lender, and where one lends twice what tells its plans apart."""
    say = Words(language())
    names = [re.split(r"[（（]", say.lender(plan))[0].strip() for plan in plans]
    short = [name[:2] if language() == "zh" else name.split(" ")[0] for name in names]
    ways = [say.product(plan).rpartition(" · ")[2] for plan in plans]
    terms = [say.term(plan) for plan in plans]
    labels = []
    for at, name in enumerate(short):
        twins = [other for other, its in enumerate(short) if its == name and other != at]
        apart = next((tell for tell in (ways, terms) if all(tell[at] != tell[other] for other in twins)), None)
        labels.append(name if not twins else f"{name} {apart[at] if apart else at}")
    return labels


def _full(plan: FrozenPlan) -> str:
    say = Words(language())
    return f"{say.lender(plan)} · {say.product(plan)} · {say.term(plan)}"


def _terms_line(plans: Sequence[FrozenPlan]) -> tuple[str, str]:
    """Price and loan, over the labels of the table."""
    loan = next((plan.principal for plan in plans if not plan.is_cash), 0)
    price = _("车价 %s") % money(plans[0].list_price)
    return price, _("贷款 %s") % money(loan)


def _chart(
    plans: Sequence[FrozenPlan], costs: Sequence[tuple[int | None, ...]], months: Sequence[int], preferred: int
) -> Chart | None:
    """What each plan has cost by the month in which it is settled; at most five, the preferred one among them."""
    if not months:
        return None
    labels = _labels(plans)
    places = sorted(range(1, len(plans)), key=lambda at: at != preferred)[:MOST_LINES]
    lines = [Series(labels[at][:_LABEL], costs[at], chosen=at == preferred) for at in sorted(places)]
    return line_chart([str(month) for month in months], lines, _short)


def _short(fen: int | None) -> str:
    return "—" if fen is None else f"{divide(fen, 100):,}"


def _finding(plans: Sequence[FrozenPlan], preferred: int) -> str:
    """One sentence in figures: who costs least after a year, and who when kept to the end."""
    say, loans = Words(language()), list(plans[1:])
    if len(loans) < 2:
        return ""
    early = [(line.cost, plan) for plan in loans for line in plan.settlements[:1] if line.cost is not None]
    kept = min(loans, key=lambda plan: plan.over_cash)
    last = _("持有到期：%(kept)s 最少，多付 %(cost)s。") % {
        "kept": f"{say.lender(kept)} {say.term(kept)}",
        "cost": money(kept.over_cash),
    }
    if not early:
        return last
    cost, plan = min(early, key=lambda pair: pair[0])
    own = next((line.cost for line in plans[preferred].settlements[:1]), None)
    first = _("满 1 年结清：%(plan)s 最少，多付 %(cost)s") % {
        "plan": f"{say.lender(plan)} {say.term(plan)}",
        "cost": money(cost),
    }
    if own is not None and own > cost:
        first += _("，比首选少 %s") % money(own - cost)
    return f"{first}{_('。')}{last}"
