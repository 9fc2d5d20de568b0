"""The inputs of a decision, gathered from the rooms before: facts, plan, car, law, what the house has lent already."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db.models import Sum

from chedai.catalog.products.limits import house_rules
from chedai.catalog.vehicles.models import Vehicle
from chedai.catalog.vehicles.selectors import valuations_of, vehicles_bound
from chedai.deals.applications.collecting import facts_of
from chedai.deals.applications.facts import BureauFacts, Facts, Figure, PartyFacts
from chedai.deals.applications.selectors import flags_of
from chedai.deals.applications.states import FlagKind, Liability
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.states import DealState, Mode, Stage
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.selectors import plans_of, quote_accepted, wish_of
from chedai.deals.quotes.wishes import DeskWish
from chedai.deals.underwriting.models import Rating
from chedai.deals.underwriting.rules.book import RuleSet
from chedai.deals.underwriting.rules.questionnaire import quality
from chedai.deals.underwriting.rules.values import (
    Ask,
    Borrower,
    Bureau,
    Car,
    Exposure,
    Helper,
    Inputs,
    Quality,
    Regulation,
    Signals,
    Stress,
    Worth,
)
from chedai.engine.compare import Bound, LenderKind
from chedai.platform.errors import Refusal
from chedai.platform.policies.scope import Region
from chedai.platform.policies.selectors import book_in_force

_CODES: Final = (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66))
_PROVINCES: Final = {region.value: str(code) for region, code in zip(Region, _CODES, strict=True)}
"""GB/T 2260: the first two digits of an identity number by province."""
_PROMISED: Final = (Stage.CONTRACT, Stage.DISBURSEMENT, Stage.COLLATERAL)
EMPLOYER_PHONE: Final = "employer_phone"
"""The question whose equal answers in several deals are a ring's sign."""


def inputs_of(deal: Deal, application_id: int, case_id: int, questions: RuleSet) -> Inputs:
    """Everything a decision may know today. Errors: `NotFound` without an accepted plan, `Refusal` for cash."""
    facts = facts_of(application_id)
    quote = quote_accepted(deal.pk)
    plan, wish = plans_of(quote)[quote.accepted_plan or 0], wish_of(quote)
    if plan.is_cash or plan.lender_kind is None:
        raise Refusal("cash-needs-no-credit", "全款购车不需要授信", "a cash plan needs no credit")
    return Inputs(
        on=facts.on,
        deal=facts.deal_number,
        round=facts.round,
        mode=facts.mode,
        store_region=_PROVINCES.get(facts.region or wish.region, ""),
        borrower=_borrower(facts.applicant, facts.on),
        bureau=_bureau(facts.applicant.bureau),
        helpers=tuple(_helper(party) for party in facts.parties if party is not facts.applicant),
        car=_car(deal, facts, plan, wish),
        ask=ask_of(plan, plan.lender_kind),
        regulation=_regulation(wish, plan.lender_kind, facts.on),
        exposure=Exposure(customer=_lent(deal), guaranteed=facts.applicant.guaranteed_elsewhere),
        signals=_signals(facts),
        quality=_quality(case_id, questions),
        stress=_stress(facts.on),
    )


def _stress(on: date) -> Stress:
    """How hard the burden is tried, by the policy of the day."""
    book = book_in_force()
    rise, fall = (book.in_force(f"eligibility.stress_{name}", on).rate for name in ("rate_rise", "income_fall"))
    return Stress(rise, fall)


def _borrower(party: PartyFacts, on: date) -> Borrower:
    return Borrower(
        kind=party.kind,
        age_months=None if party.born is None else _months(party.born, on),
        id_region=party.id_region or None,
        residence_region=party.residence_region,
        residence=party.residence,
        residence_months=party.residence_months,
        job=party.job,
        job_months=party.job_months,
        licence=party.licence,
        marital=party.marital,
        income_stated=_amount(party.income_stated),
        income_verified=_fresh(party.income_verified),
        debt_monthly=_amount(party.debt_monthly),
    )


def _helper(party: PartyFacts) -> Helper:
    return Helper(
        role=party.role.value,
        joint=party.liability is Liability.JOINT,
        income_verified=_fresh(party.income_verified),
        income_stated=_amount(party.income_stated),
        debt_monthly=_amount(party.debt_monthly),
    )


def _bureau(report: BureauFacts | None) -> Bureau | None:
    if report is None:
        return None
    return Bureau(
        stale=report.stale,
        overdue_now=report.overdue_now,
        worst_run=report.worst_run,
        overdue_months=report.overdue_months,
        queries_3m=report.queries_3_months,
        card_limit=report.card_limit,
        card_used=report.card_used,
        bad_debt=report.bad_debt,
    )


def ask_of(plan: FrozenPlan, lender_kind: LenderKind) -> Ask:
    """What a plan asks for."""
    rates = [rate for rate in (plan.nominal_rate, plan.effective_rate) if rate is not None]
    return Ask(
        lender_code=plan.lender_code,
        lender_kind=lender_kind.value,
        product_code=plan.product_code,
        amount=plan.principal,
        add_ons=plan.financed_add_ons,
        annual_rate=plan.annual_rate,
        periods=plan.periods,
        instalment=max(plan.instalment, plan.highest if plan.highest != plan.last else 0),
        down_payment=plan.down_payment,
        plan_digest=plan.digest,
        all_in_rate=max(rates) if rates else None,
    )


def _car(deal: Deal, facts: Facts, plan: FrozenPlan, wish: DeskWish) -> Car:
    bound = vehicles_bound(deal.pk).first()
    reference = wish.list_price
    if bound is not None and not bound.is_used:
        reference = bound.model.guide_price
    return Car(
        kind=plan.vehicle_kind.value,
        price=plan.price,
        subsidy=wish.government_subsidy,
        reference=reference,
        age_months=_car_age(bound, wish, facts.on),
        worths=_worths(bound, wish, facts.on),
        title_moved_on=facts.title_moved_on,
    )


def _car_age(car: Vehicle | None, wish: DeskWish, on: date) -> int:
    if car is not None and car.first_registered is not None:
        return _months(car.first_registered, on)
    return wish.vehicle_age


def _worths(car: Vehicle | None, wish: DeskWish, on: date) -> tuple[Worth, ...]:
    """The newest word of each valuer; for a new car its invoice less what the invoice bundles."""
    if car is None:
        return () if wish.appraisal is None else (Worth("quote", wish.appraisal, on),)
    if not car.is_used:
        if car.invoice_price is None:
            return ()
        bundled = sum(car.bundled.values_list("amount", flat=True))
        return (Worth("invoice", car.invoice_price - bundled, on),)
    newest: dict[tuple[str, str], Worth] = {}
    for said in valuations_of(car.pk):
        newest.setdefault((said.source, said.valuer), Worth(said.source, said.amount, said.valued_on))
    return tuple(newest.values())


def _regulation(wish: DeskWish, lender_kind: LenderKind, on: date) -> Regulation:
    rules = house_rules(book_in_force(), wish.asked_on(on), frozenset({lender_kind}), long_need=False).rules
    least: dict[Bound, int] = {}
    for rule in rules:
        least[rule.bound] = min(rule.limit, least.get(rule.bound, rule.limit))
    return Regulation(
        ltv=least.get(Bound.LTV),
        periods=least.get(Bound.TERM_MOST),
        rate=least.get(Bound.RATE_CAP),
        rows=tuple(dict.fromkeys(rule.version for rule in rules)),
    )


def _lent(deal: Deal) -> int:
    """What the house has lent or promised the same customer on its own book, at its full amount."""
    own = Deal.objects.filter(customer_id=deal.customer_id, mode=Mode.OWN_BOOK).exclude(pk=deal.pk)
    funded = own.filter(state=DealState.FUNDED)
    promised = own.filter(state=DealState.OPEN, stage__in=_PROMISED)
    total: int = (funded | promised).aggregate(total=Sum("amount"))["total"] or 0
    return total


def _signals(facts: Facts) -> Signals:
    deals: dict[str, set[str]] = {}
    broken = 0
    for flag in flags_of(facts.application_id):
        if flag.kind == FlagKind.STATEMENT:
            broken += 1
        else:
            name = EMPLOYER_PHONE if flag.question == EMPLOYER_PHONE else flag.kind
            deals.setdefault(name, set()).update(flag.others)
    return Signals(
        employer_phone_deals=len(deals.get(EMPLOYER_PHONE, ())),
        same_phone_deals=len(deals.get(FlagKind.SAME_PHONE, ())),
        same_address_deals=len(deals.get(FlagKind.SAME_ADDRESS, ())),
        same_employer_deals=len(deals.get(FlagKind.SAME_EMPLOYER, ())),
        same_file_deals=len(deals.get(FlagKind.SAME_FILE, ())),
        statement_faults=broken,
        differences_open=facts.differences_open,
        papers_missing=len(facts.papers_missing),
        down_payment_payer=facts.down_payment_payer,
        down_payment_proved=facts.down_payment_proved,
    )


def _quality(case_id: int, questions: RuleSet) -> Quality | None:
    """The ratings of a case under the questions as they read now; those under another text do not count."""
    rated = Rating.objects.filter(case=case_id, questionnaire=questions.digest).order_by("pk")
    return quality(questions, list(rated.values_list("answers", flat=True)))


def _amount(figure: Figure | None) -> int | None:
    return None if figure is None else figure.amount


def _fresh(figure: Figure | None) -> int | None:
    """A proof that is too old proves nothing: the income was not collected."""
    return None if figure is None or figure.stale else figure.amount


def _months(since: date, on: date) -> int:
    """Whole months from one day to another."""
    return (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)
