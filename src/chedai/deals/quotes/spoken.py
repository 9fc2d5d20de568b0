"""Figures and names as a customer reads them, in one place for the page, the paper, the picture and the interface."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from chedai.deals.quotes.frozen import FrozenFee, FrozenPlan
from chedai.engine.compare.methods import method_of
from chedai.engine.compare.words import money, share
from chedai.engine.errors import Language
from chedai.engine.money import percent
from chedai.engine.rates import Payee, ShareOf, When

DASH: Final = "—"
_CENT: Final = Decimal("0.01")

_PAYEES: Final = {
    Payee.LENDER: ("", ""),  # by name
    Payee.DEALER: ("经销商", "dealer"),
    Payee.INSURER: ("保险公司", "insurer"),
    Payee.GUARANTOR: ("担保或增信机构", "guarantor"),
    Payee.GOVERNMENT: ("政府部门", "government"),
    Payee.OTHER: ("其他机构", "third party"),
}


class Words:
    """Picks the words of one language: `say("首付", "down payment")`."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en or zh

    def own(self, text: str) -> str:
        """A name written in both languages as `分期手续费|instalment fee`; one written once serves both."""
        return self(*text.split("|")) if text.count("|") == 1 else text

    def lender(self, plan: FrozenPlan) -> str:
        """Who lends, or that nobody does."""
        return self("全款", "cash") if plan.is_cash else self(plan.lender_name, plan.lender_name_en)

    def product(self, plan: FrozenPlan) -> str:
        """Product or promotion, and method."""
        if plan.terms is None:
            if plan.list_price > plan.price:
                off = money(plan.list_price - plan.price)
                return self(f"不贷款，现金优惠 {off}", f"no loan, {off} off")
            return self("不贷款", "no loan")
        method = method_of(plan.terms.amortisation, plan.terms.interest_method)
        name = self(plan.promotion_name, plan.promotion_name_en) or self(plan.product_name, plan.product_name_en)
        return f"{name} · {self(method.zh, method.en)}"

    def term(self, plan: FrozenPlan) -> str:
        """How many months."""
        if plan.terms is None:
            return self("一次付清", "paid at once")
        return self(f"{plan.periods} 期", f"{plan.periods} months")

    def advertised(self, plan: FrozenPlan) -> str:
        """宣传口径: the lender's own words, else the contract rate."""
        if plan.is_cash:
            return DASH
        rate = f"{percent(plan.annual_rate):f}%"
        return self(plan.advertised, plan.advertised_en) or self(f"年利率 {rate}", f"{rate} a year")

    def payee(self, fee: FrozenFee, plan: FrozenPlan) -> str:
        """收取方: the lender by name, everybody else by what they are."""
        return self.lender(plan) if fee.payee is Payee.LENDER else self(*_PAYEES[fee.payee])

    def measure(self, fee: FrozenFee, plan: FrozenPlan) -> str:
        """When and by what measure a fee is taken."""
        part = f"{share(fee.share)} " if fee.share else ""
        of = self("按车价", "of the price") if fee.of is ShareOf.PRICE and fee.share else ""
        if fee.when is When.PERIODIC:
            return self(
                f"随月供 {money(fee.each)} × {plan.periods}",
                f"with each instalment, {money(fee.each)} × {plan.periods}",
            )
        first = fee.when is When.FIRST_INSTALMENT
        zh = f"{'首期' if first else '放款时'}一次 {of}{part}".strip()
        return self(zh, f"once, {part}{of}{' ' if of else ''}{'with the first instalment' if first else 'at payout'}")


def amount(fen: int | None) -> str:
    """Yuan with cents; nothing at all as a dash."""
    return DASH if fen is None else money(fen)


def rate(units: int | None) -> str:
    """A rate with two decimals: 7_219_992 -> 7.22%."""
    return DASH if units is None else f"{percent(units).quantize(_CENT, ROUND_HALF_UP)}%"
