"""What the accepted quote carries into the application: the plan, the lenders it names, and what they ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from chedai.catalog.partners.models import Lender
from chedai.catalog.products.models import ProductVersion
from chedai.catalog.products.requirements import Requirements
from chedai.deals.applications.checklists import Terms
from chedai.deals.applications.models import Application
from chedai.deals.quotes.frozen import FrozenPlan, plan_from
from chedai.deals.quotes.models import Quote
from chedai.engine.compare import CustomerKind
from chedai.platform.errors import NotFound
from chedai.platform.rows import at_most_one


class Option(Struct, frozen=True):
    """One lender the file could go to, on the terms its plan of the quote names (fen, 1e-8 a year, months)."""

    lender_code: str
    lender_name: str
    lender_kind: str
    product_code: str
    product_name: str
    product_kind: str
    product_version: int
    amount: int
    annual_rate: int
    periods: int
    instalment: int


def plan_of(application: Application) -> FrozenPlan:
    """The accepted plan. Errors: `NotFound` where the quote holds none."""
    found = at_most_one(Quote.objects.filter(pk=application.quote_id))
    if found is None or found.accepted_plan is None:
        raise NotFound("no-accepted-plan", "案卷没有已接受的方案", "the deal has no accepted plan")
    return plan_from(found.plans[found.accepted_plan])


def options_of(application: Application) -> list[Option]:
    """Every lender of the quote, once, the accepted plan's first, on the plan that was shown for it."""
    quote = at_most_one(Quote.objects.filter(pk=application.quote_id))
    if quote is None or quote.accepted_plan is None:
        return []
    order = [quote.accepted_plan, *(at for at in range(len(quote.plans)) if at != quote.accepted_plan)]
    found: dict[str, Option] = {}
    for plan in (plan_from(quote.plans[at]) for at in order):
        if not plan.is_cash and plan.lender_code:
            found.setdefault(plan.lender_code, _option(plan))
    return list(found.values())


def chosen(application: Application) -> list[Option]:
    """Those the file is meant for."""
    return [one for one in options_of(application) if one.lender_code in application.lenders]


def lender_kinds(options: Iterable[Option]) -> list[str]:
    """Of what kinds the lenders are."""
    return sorted({one.lender_kind for one in options})


def terms_of(plan: FrozenPlan, options: Sequence[Option], job: str, marital: str) -> Terms:
    """What the checklist asks about the deal: car, products, lenders, and the papers their versions name."""
    needs = requirements_of(options)
    customer = plan.customer_kind
    papers = {
        rule.paper
        for need in needs
        for rule in need.papers_for(job=job, marital=marital, customer=CustomerKind(customer))
        if rule.required
    }
    return Terms(
        vehicle_kind=plan.vehicle_kind.value,
        product_kinds=tuple(sorted({one.product_kind for one in options})),
        lender_kinds=tuple(lender_kinds(options)),
        papers=tuple(sorted(papers)),
        down_payment_evidence=any(need.down_payment_evidence for need in needs),
    )


def requirements_of(options: Sequence[Option]) -> list[Requirements]:
    """What the product versions of the quote ask for; one that is of no product asks for nothing."""
    numbers = [one.product_version for one in options if one.product_version]
    return [version.requirements for version in ProductVersion.objects.filter(pk__in=numbers).order_by("pk")]


def lenders_by_code(codes: Iterable[str]) -> dict[str, Lender]:
    """The lenders as the catalogue knows them now."""
    return {lender.code: lender for lender in Lender.objects.filter(code__in=list(codes))}


def _option(plan: FrozenPlan) -> Option:
    return Option(
        lender_code=plan.lender_code,
        lender_name=plan.lender_name,
        lender_kind=plan.lender_kind.value if plan.lender_kind else "",
        product_code=plan.product_code,
        product_name=plan.product_name,
        product_kind=plan.product_kind.value if plan.product_kind else "",
        product_version=plan.product_version,
        amount=plan.principal,
        annual_rate=plan.annual_rate,
        periods=plan.periods,
        instalment=plan.instalment,
    )
