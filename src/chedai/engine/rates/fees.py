"""费用: what a loan costs beside interest, to whom it goes, when it falls due, and whether the rate counts it.

A fee is an amount, or a share of the principal or of the car's price; it is taken before or at the payout (also when
it is financed: the borrower owes it and does not receive it), with the first instalment, or with every instalment. A
contingent cost (penalty, breach) falls due only on default: it is listed apart and never enters the rate of normal
performance.

综合融资成本明示 (in force 2026-08-01): the statement names each item, when and by what measure it is taken, and 收取方.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from chedai.engine.errors import InvalidArgument
from chedai.engine.money import RATE_SCALE, divide, fen, rate_units


class When(StrEnum):
    """When a fee falls due."""

    UPFRONT = "upfront"  # 前置, at or before the payout
    FIRST_INSTALMENT = "first_instalment"  # 首期一并收取
    PERIODIC = "periodic"  # 每期, the amount or share is for one period
    CONTINGENT = "contingent"  # 或有, only on default


class Payee(StrEnum):
    """收取方: who receives a cost."""

    LENDER = "lender"
    DEALER = "dealer"
    INSURER = "insurer"
    GUARANTOR = "guarantor"
    GOVERNMENT = "government"
    OTHER = "other"


class ShareOf(StrEnum):
    """What a fee stated as a percentage is a share of."""

    PRINCIPAL = "principal"
    PRICE = "price"


Choice = TypeVar("Choice", When, Payee)

HALF_WIDTH: Final = str.maketrans({"\uff1a": ":", "\uff05": "%", "\uff0c": ","})
"""What a Chinese keyboard types for the signs of a fee."""

WHEN_ZH: Final = {
    When.UPFRONT: "放款前一次性收取",
    When.FIRST_INSTALMENT: "随首期收取",
    When.PERIODIC: "每期收取",
    When.CONTINGENT: "违约时收取",
}
PAYEE_ZH: Final = {
    Payee.LENDER: "贷款人",
    Payee.DEALER: "经销商",
    Payee.INSURER: "保险公司",
    Payee.GUARANTOR: "担保/增信机构",
    Payee.GOVERNMENT: "政府部门",
    Payee.OTHER: "其他机构",
}


@dataclass(frozen=True, slots=True)
class Fee:
    """One cost item: `amount` in fen, or `share` in rate units (1e-8) of `of`; one of the two is 0."""

    name: str
    amount: int = 0
    share: int = 0
    of: ShareOf = ShareOf.PRINCIPAL
    when: When = When.UPFRONT
    payee: Payee = Payee.LENDER
    in_rate: bool = True
    note: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidArgument("fee", "must have a name", "费用必须有名称")
        for argument, value in (("amount", self.amount), ("share", self.share)):
            if value < 0:
                raise InvalidArgument(f"fee.{argument}", "must not be negative", "不得为负", value=value)
        if self.amount and self.share:
            raise InvalidArgument("fee", "is an amount or a share, not both", "金额与比例只能填一项", value=self.name)

    def charge(self, principal: int, price: int | None = None) -> int:
        """What is taken each time it falls due, in fen, half-up. A share of a price that is not given is refused."""
        if not self.share:
            return self.amount
        base = principal if self.of is ShareOf.PRINCIPAL else price
        if base is None:
            raise InvalidArgument(
                "price", "is needed for a share of the price", "按车价比例收费须给出车价", value=self.name
            )
        return divide(base * self.share, RATE_SCALE)

    def total(self, principal: int, periods: int, price: int | None = None) -> int:
        """What it comes to over a loan of `periods` instalments kept to the letter; nothing for a contingent cost."""
        if self.when is When.CONTINGENT:
            return 0
        return self.charge(principal, price) * (periods if self.when is When.PERIODIC else 1)


def parse_fee(text: str) -> Fee:
    """A fee as typed: `名称:金额[:when[:payee[:in|out]]]`, by default upfront, to the lender, in the rate.

    The amount is yuan (`3000`), a percentage of the principal (`3%`) or of the price (`3%price`): `手续费:3%:upfront`,
    `服务费:3000:upfront:dealer:in`, `月费率:0.32%:periodic`. Errors: `InvalidArgument` naming the part.
    """
    parts = [part.strip() for part in text.translate(HALF_WIDTH).split(":")]
    if not 2 <= len(parts) <= 5:
        raise InvalidArgument(
            "fee",
            "must read name:amount[:when[:payee[:in|out]]]",
            "格式为 名称:金额[:时点[:收取方[:in|out]]]",
            value=text,
        )
    name, measure, when, payee, counted = [*parts, *("upfront", "lender", "in")[len(parts) - 2 :]]
    if counted not in ("in", "out"):
        raise InvalidArgument("fee.in_rate", "must be in or out", "必须是 in 或 out", value=counted)
    of = ShareOf.PRICE if measure.endswith("price") else ShareOf.PRINCIPAL
    measure = measure.removesuffix("price").strip()
    is_share = measure.endswith("%")
    if of is ShareOf.PRICE and not is_share:
        raise InvalidArgument("fee.amount", "a share of the price needs %", "按车价比例收费须带百分号", value=text)
    if measure.startswith("-"):
        raise InvalidArgument(
            f"fee.{'share' if is_share else 'amount'}", "must not be negative", "不得为负", value=measure
        )
    return Fee(
        name,
        amount=0 if is_share else fen(measure, argument="fee.amount"),
        share=rate_units(measure, argument="fee.share") if is_share else 0,
        of=of,
        when=_choice(When, when, "fee.when"),
        payee=_choice(Payee, payee, "fee.payee"),
        in_rate=counted == "in",
    )


def _choice(kind: type[Choice], text: str, argument: str) -> Choice:
    """The member of `kind` written as `text`."""
    try:
        return kind(text)
    except ValueError:
        allowed = ", ".join(kind)
        raise InvalidArgument(argument, f"must be one of {allowed}", f"必须是 {allowed} 之一", value=text) from None


def cash_flows(
    principal: int, instalments: Sequence[int], fees: Sequence[Fee] = (), *, price: int | None = None, wait: int = 0
) -> tuple[int, ...]:
    """The borrower's flows of a plan with the fees that the rate counts, in fen, one a period.

    `instalments` are the amounts due, the first one period after the payout; `wait` whole periods without any payment
    lie before it where the first instalment is deferred. A payout that fees and down payment eat up is refused.
    """
    if not instalments:
        raise InvalidArgument("instalments", "must not be empty", "还款计划不能为空")
    if wait < 0:
        raise InvalidArgument("wait", "must be at least 0", "不得小于 0", value=wait)
    counted = [fee for fee in fees if fee.in_rate]
    taken = {when: sum(f.charge(principal, price) for f in counted if f.when is when) for when in When}
    received = principal - taken[When.UPFRONT]
    if received <= 0:
        raise InvalidArgument("fees", "leave nothing of the payout", "前置费用不得超过本金", value=received)
    paid = [due + taken[When.PERIODIC] for due in instalments]
    paid[0] += taken[When.FIRST_INSTALMENT]
    return (received, *(0 for _ in range(wait)), *(-due for due in paid))
