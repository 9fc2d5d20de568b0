"""What is asked at the desk: at most five inputs, a few more behind a drawer, and the tray of plans chosen.

The wish is kept with every version of a quote, so that anybody can ask again from where it stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import msgspec

from chedai.deals.quotes.frozen import FrozenTradeIn
from chedai.engine.compare import CustomerKind, Preference, TradeIn, VehicleKind, Wish
from chedai.engine.errors import EngineError
from chedai.platform.errors import Refusal
from chedai.platform.policies.scope import Region

SETTLE_MONTHS: Final = (12, 24, 36)

REGIONS: Final = frozenset(region.value for region in Region)
"""The provinces by which caps and products may differ."""

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "down_payments": "down_payment",
        "terms": "term",
        "cash_discount": "price",
        "value": "trade_in",
        "payoff": "trade_in",
        "principal": "down_payment",
    }
)
"""Which field of the desk an argument of the engine came from."""


class DeskWish(msgspec.Struct, frozen=True, kw_only=True):
    """One customer's question. Amounts in fen; `term` in months, None for the best of every term."""

    price: int
    down_payment: int
    vehicle_kind: VehicleKind = VehicleKind.OWN_ICE
    vehicle: str = ""  # as shown
    model: str = ""  # the code a catalogue limits its products by
    term: int | None = None
    instalment_most: int | None = None
    cash_most: int | None = None
    region: str = ""
    customer_kind: CustomerKind = CustomerKind.PERSON
    list_price: int | None = None
    appraisal: int | None = None
    government_subsidy: int = 0
    vehicle_age: int = 0  # months
    trade_in: FrozenTradeIn | None = None
    preference: Preference = Preference.TOTAL_COST

    def asked_on(self, day: date) -> Wish:
        """The question in the engine's words, over every term. Errors: `Refusal` at the field."""
        if self.region and self.region not in REGIONS:
            raise Refusal("no-such-region", "没有这个省份", "there is no such province", field="region")
        with refusing():
            return Wish(
                price=self.price,
                on=day,
                down_payments=(self.down_payment,),
                vehicle=self.vehicle_kind,
                instalment_most=self.instalment_most,
                cash_most=self.cash_most,
                model=self.model,
                region=self.region,
                customer=self.customer_kind,
                list_price=self.list_price,
                appraisal=self.appraisal,
                government_subsidy=self.government_subsidy,
                vehicle_age=self.vehicle_age,
                trade_in=None if self.trade_in is None else TradeIn(self.trade_in.value, self.trade_in.payoff),
                settle_months=SETTLE_MONTHS,
            )

    def document(self) -> dict[str, Any]:
        """The wish as plain JSON values, as it is stored."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


def wish_from(document: object) -> DeskWish:
    """The wish of a stored document."""
    return msgspec.convert(document, DeskWish)


@contextmanager
def refusing() -> Iterator[None]:
    """What the engine refuses is refused at the field it came from, in both languages."""
    try:
        yield
    except EngineError as error:
        field = FIELDS.get(error.argument, error.argument)
        raise Refusal(f"quote-{field.replace('_', '-')}", error.rule_zh, error.rule, field=field) from None
