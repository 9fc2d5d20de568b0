"""A quote behind its addresses: one in each store, of somebody there, with a link and an ask for bespoke terms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from chedai.catalog.partners.models import Lender
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.models import AdviceText, BespokeAsk, Quote, QuoteShare
from chedai.deals.quotes.wishes import DeskWish
from chedai.engine.compare import LenderKind, VehicleKind
from chedai.engine.terms import LoanTerms
from chedai.org.models import Store
from chedai.platform import clock
from chedai.platform.approvals.models import Approval
from tests.security import applications

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]
_LOAN: Final = {"vehicle_kind": VehicleKind.OWN_NEV, "list_price": 200_000, "price": 200_000}


def _plans() -> list[dict[str, Any]]:
    terms = LoanTerms(principal=100_000, annual_rate=0, periods=10, disbursed_on=date(2026, 11, 20))
    cash = FrozenPlan(**_LOAN, down_payment=200_000, total_paid=200_000, cash_at_signing=200_000)
    loan = FrozenPlan(
        **_LOAN,
        lender_code="quote-lender",
        lender_name="江河银行",
        lender_kind=LenderKind.BANK,
        product_code="loan",
        down_payment=100_000,
        principal=100_000,
        periods=10,
        terms=terms,
        instalment=10_000,
        highest=10_000,
        last=10_000,
        total_paid=200_000,
        cash_at_signing=100_000,
        nominal_rate=0,
        effective_rate=0,
    )
    return [cash.document(), loan.document()]


def _quote(house: House, store: Store) -> Quote:
    by, now = house.targets[store.pk], clock.now()
    found = Quote.objects.filter(officer=by).first()
    if found is not None:
        return found
    Lender.objects.get_or_create(
        code="quote-lender", defaults={"name": "江河银行", "kind": LenderKind.BANK, "registered_at": now}
    )
    wish = DeskWish(price=200_000, down_payment=100_000, vehicle_kind=VehicleKind.OWN_NEV)
    return Quote.objects.create(
        number=f"Q{store.code}-20261120-001",
        store=store,
        officer=by,
        state="offered",
        wish=wish.document(),
        plans=_plans(),
        preferred=1,
        digest="0" * 64,
        catalogue="",
        valid_until=clock.business_date(),
        quoted_on=clock.business_date(),
        prepared_at=now,
    )


def _values(house: House, store: Store) -> Values:
    return {"quote_id": _quote(house, store).pk}


def _share(house: House, store: Store) -> Values:
    quote, now = _quote(house, store), clock.now()
    share, _made = QuoteShare.objects.get_or_create(
        quote=quote,
        token_hash=f"{quote.pk:064}",
        defaults={"made_by": quote.officer, "made_at": now, "expires_at": now + timedelta(days=1)},
    )
    return {"quote_id": quote.pk, "share_id": share.pk}


def _ask(house: House, store: Store) -> Values:
    quote, now = _quote(house, store), clock.now()
    found = BespokeAsk.objects.filter(quote=quote).first()
    if found is None:
        approval = Approval.objects.create(
            action="price.deviation",
            subject=f"quote:{quote.pk}",
            unit=store.pk,
            frozen=b"{}",
            digest="0" * 64,
            steps=["approver"],
            requested_by_id=quote.officer.user_id,
            requested_at=now,
        )
        found = BespokeAsk.objects.create(
            quote=quote,
            plan=quote.plans[1],
            lines=[],
            deviation_bp=10,
            reason="老客户",
            approval=approval,
            asked_by=quote.officer,
            asked_at=now,
            expires_on=clock.business_date(),
        )
    return {"quote_id": quote.pk, "ask_id": found.pk}


def _text(house: House) -> Values:
    """A draft of somebody who is not tried."""
    by = next(iter(house.targets.values()))
    given = {"title": "费用说明", "body": "月供 {instalment} 元", "written_by": by, "written_at": clock.now()}
    return {"pk": AdviceText.objects.get_or_create(code="cost", defaults=given)[0].pk}


OF_HOUSE: Final[dict[str, Callable[[House], Values]]] = {"advice_text": _text, "advice_publish": _text}
SCREENS: Final = (
    "quote", "quote_print", "quote_pdf", "quote_image", "quote_offer", "quote_share", "quote_accept",
    "quote_withdraw", "quote_deal", "quote_menu", "quote_menu_take", "quote_terms", "quote_revise", "quote_advice",
)  # fmt: skip
OPERATIONS: Final = (
    "get /quotes/{quote_id}",
    "get /quotes/{quote_id}/sheet/{kind}",
    "post /quotes/{quote_id}/offer",
    "post /quotes/{quote_id}/accept",
    "post /quotes/{quote_id}/shares",
    "post /quotes/{quote_id}/advice",
)
OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = {
    **dict.fromkeys(SCREENS, _values),
    **dict.fromkeys(OPERATIONS, lambda house, store: _values(house, store) | {"kind": "pdf"}),
    "quote_share_revoke": _share,
    "quote_terms_take": _ask,
    **dict.fromkeys(
        ("deal_plan", "get /deals/{number}/quotes", "post /deals/{number}/quotes"),
        applications.OF_STORE["deal_application"],
    ),
}
WISH: Final = {"price": 200_000, "down_payment": 100_000}
BODIES: Final[dict[str, Any]] = {
    "post /quotes": WISH,
    "post /quotes/{quote_id}/accept": {"plan": 1, "digest": "0" * 64},
    "post /quotes/{quote_id}/shares": {"days": 1},
    "post /quotes/{quote_id}/advice": {"text": 1},
    "post /deals/{number}/quotes": {"wish": WISH},
}
