"""The fixed words and the order of the facts, shared by the table of one quote and the table of many plans."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from chedai.cli.results import FeeOut, SettlementOut
from chedai.cli.say import Say
from chedai.engine.rates import PAYEE_ZH, WHEN_ZH, Payee, When

NONE: Final = "—"
PRICE: Final = ("车价", "price")
DOWN: Final = ("首付", "down payment")
PRINCIPAL: Final = ("贷款", "financed")
INSTALMENT: Final = ("月供", "instalment")
LAST: Final = ("末期", "last")
INTEREST: Final = ("利息", "interest")
FEES: Final = ("费用", "fees")
OVER_CASH: Final = ("比全款多付", "more than cash")
TOTAL: Final = ("总支出", "total outlay")
SIGNING: Final = ("当日需付", "due at signing")
SIMPLE: Final = ("单利", "simple")
SIMPLE_RATE: Final = ("年化（单利）", "simple rate")
COMPOUND_RATE: Final = ("年化（复利）", "compound rate")
SIMPLE_HOW: Final = ("月 IRR × 12", "monthly IRR × 12")
COMPOUND: Final = ("复利", "compound")
COMPOUND_HOW: Final = ("(1+月 IRR)^12 − 1", "(1+monthly IRR)^12 − 1")
TRUE_RATE: Final = ("真实年化", "true annual rate")
ADVERTISED: Final = ("宣传口径", "as advertised")
SETTLING: Final = ("提前结清", "settled early")
SETTLING_HOW: Final = (
    "到该月为止多付的利息 + 费用 + 违约金",
    "interest + fees so far + the fee for leaving",
)

_RATE_DIGITS: Final = 9

_WHEN_EN: Final = {
    When.UPFRONT: "at the payout",
    When.FIRST_INSTALMENT: "with the first instalment",
    When.PERIODIC: "with every instalment",
    When.CONTINGENT: "only on default",
}
_SHORT: Final = {
    When.UPFRONT: ("放款时", "at the payout"),
    When.FIRST_INSTALMENT: ("随首期", "first month"),
    When.PERIODIC: ("每期", "monthly"),
    When.CONTINGENT: ("违约时", "on default"),
}
_PAYEE_EN: Final = {payee: payee.value for payee in Payee}


def amount(text: str) -> str:
    """12345.60 as 12,345.60; below zero in brackets."""
    value = Decimal(text)
    return f"({-value:,})" if value < 0 else f"{value:,}"


def rate(text: str) -> str:
    """7.942100 as 7.94%; a rate of more digits than anybody reads as 1.23E+25%."""
    value = Decimal(text)
    if value.adjusted() > _RATE_DIGITS:
        return f"{value:.2E}%"
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def plain_rate(text: str) -> str:
    """A contract rate with the decimals it needs: 5.88 -> 5.88%, 0 -> 0%."""
    return f"{text}%"


def when_words(fee: FeeOut, say: Say) -> str:
    """When a fee is taken, with the single charge where there are several."""
    words = say(WHEN_ZH[fee.when], _WHEN_EN[fee.when])
    return f"{words} {amount(fee.each)}" if fee.when is When.PERIODIC else words


def when_short(fee: FeeOut, say: Say) -> str:
    """The same for a narrow column."""
    zh, en = _SHORT[fee.when]
    return f"{say(zh, en)} {amount(fee.each)}" if fee.when is When.PERIODIC else say(zh, en)


def payee_words(fee: FeeOut, say: Say, lender: str = "") -> str:
    """Who receives a fee, by name where it is the lender."""
    name = lender if lender and fee.payee is Payee.LENDER else say(PAYEE_ZH[fee.payee], _PAYEE_EN[fee.payee])
    return say(f"收取方 {name}", f"to {name}")


def settlement_note(cost: SettlementOut, say: Say) -> str:
    """What the figure beside it holds."""
    if cost.how == "matured":
        return say("已到期", "at maturity")
    if cost.how == "locked":
        return say("锁定期内", "locked in")
    if Decimal(cost.fee) == 0:
        return say("无违约金", "no fee")
    return say(f"违约金 {amount(cost.fee)}", f"fee {amount(cost.fee)}")
