"""报价单: one value from which page, print, PDF, picture, link and interface are written, so that nothing can differ.

It holds no customer and no row of the house: whoever gets hold of it learns prices, and nothing about a person.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from chedai.deals.quotes import selectors
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.models import Quote
from chedai.deals.quotes.spoken import Words, amount, rate
from chedai.deals.quotes.states import WORDS, QuoteState
from chedai.deals.quotes.table import Table, compare_table
from chedai.engine.compare.words import share
from chedai.engine.errors import Language
from chedai.engine.money import RATE_SCALE, divide

_ROOMY: Final = 34
"""Up to so many lines the rows of the paper stand apart; more must stand closer to stay on one page."""

_VEHICLES: Final = {
    "own_ice": ("新车 · 燃油", "new, combustion"),
    "own_nev": ("新车 · 新能源", "new, new-energy"),
    "commercial_ice": ("商用 · 燃油", "commercial, combustion"),
    "commercial_nev": ("商用 · 新能源", "commercial, new-energy"),
    "used": ("二手车", "used car"),
}


class Headline(msgspec.Struct, frozen=True):
    """The preferred plan in one line."""

    lender: str
    product: str
    term: str
    instalment: str
    nominal: str
    effective: str
    over_cash: str
    fees: str


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a quote as it is handed out. Everything is text in one language."""

    language: Language
    title: str
    number: str
    version: int
    state: str
    store: str
    officer: str
    car: str
    terms: str
    quoted_on: str
    valid_until: str
    valid_words: str
    headline: Headline
    table: Table
    add_ons: tuple[str, ...]
    contingent: tuple[str, ...]
    note: str
    disclaimer: str
    digest: str

    def data(self) -> dict[str, Any]:
        """The sheet for a paper's template."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        lines = sum(1 + max((len(cell.notes) for cell in row.cells), default=0) for row in self.table.rows)
        return found | {"tight": lines + 2 * len(self.contingent) > _ROOMY}


def sheet_of(quote: Quote, language: Language = "zh") -> Sheet:
    """What is handed out of a version, in one language."""
    say, plans, desk = Words(language), selectors.plans_of(quote), selectors.wish_of(quote)
    preferred = plans[quote.preferred]
    until = "" if quote.valid_until is None else quote.valid_until.isoformat()
    part = share(divide(desk.down_payment * RATE_SCALE, desk.price))
    kind = say(*_VEHICLES[desk.vehicle_kind.value])
    state = WORDS[QuoteState(quote.state)]
    price, down = amount(desk.price), amount(desk.down_payment)
    return Sheet(
        language=language,
        title=say("购车金融方案报价单", "Car financing quote"),
        number=quote.number,
        version=quote.version,
        state=say(*state),
        store=quote.store.name,
        officer=quote.officer.user.display_name,
        car=" · ".join(part for part in (desk.vehicle, kind, say(f"车价 {price} 元", f"price {price} yuan")) if part),
        terms=say(f"首付 {down} 元（{part}）", f"down payment {down} yuan ({part})"),
        quoted_on=quote.quoted_on.isoformat(),
        valid_until=until,
        valid_words=say(f"有效至 {until}", f"valid until {until}")
        if until
        else say("草稿，未报出", "draft, not offered"),
        headline=_headline(preferred, say),
        table=compare_table(plans, quote.preferred, language).for_customers(),
        add_ons=tuple(_add_on(one.name, one.price, one.financed, say) for one in preferred.add_ons),
        contingent=_contingent(plans, say),
        note=quote.note,
        disclaimer=say(
            "年化按贷款机构与合作方收取的全部利息、费用计算，单利与复利两种口径同时给出。"
            "本报价不构成放款承诺，以贷款机构批复和综合融资成本明示表为准。",
            "The annual rates count all interest and fees of lender and partners, simple and compound. This quote is "
            "no promise to lend; the lender's approval and the statement of all-in cost decide.",
        ),
        digest=quote.digest[:12],
    )


def _headline(plan: FrozenPlan, say: Words) -> Headline:
    fees = "；".join(
        f"{say.own(fee.name)} {amount(fee.total)}，{say('收取方', 'to')} {say.payee(fee, plan)}" for fee in plan.fees
    )
    return Headline(
        lender=say.lender(plan),
        product=say.product(plan),
        term=say.term(plan),
        instalment=amount(plan.instalment),
        nominal=rate(plan.nominal_rate),
        effective=rate(plan.effective_rate),
        over_cash=amount(plan.over_cash),
        fees=fees or say("无其他费用", "no other fees"),
    )


def _add_on(name: str, price: int, financed: bool, say: Words) -> str:
    how = say("并入贷款", "financed") if financed else say("签约日付清", "paid on the day")
    return f"{name} {amount(price)}（{how}）"


def _contingent(plans: tuple[FrozenPlan, ...], say: Words) -> tuple[str, ...]:
    """What falls due only on default, apart from the costs of a plan kept to the letter."""
    return tuple(
        f"{say.lender(plan)}：{say.own(fee.name)} {amount(fee.each)}，{say('收取方', 'to')} {say.payee(fee, plan)}"
        for plan in plans
        for fee in plan.contingent
    )
