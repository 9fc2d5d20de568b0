"""A quote on its way: prepared, revised, offered, accepted once; what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.apps import apps

from chedai.catalog.products.models import ProductVersion, Promotion
from chedai.crm.reception.models import Need
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.services import deal_advance
from chedai.deals.pipeline.states import Stage, Turn
from chedai.deals.quotes.events import QuoteAccepted
from chedai.deals.quotes.models import Quote
from chedai.deals.quotes.selectors import accepted_plan, plans_of, quotes_of, versions_of, wish_of
from chedai.deals.quotes.services import (
    quote_accept,
    quote_attach,
    quote_offer,
    quote_prepare,
    quote_revise,
    quote_withdraw,
    quotes_expire,
)
from chedai.deals.quotes.states import QuoteState
from chedai.platform import clock, events
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Refusal
from tests import house as houses
from tests.conftest import MOMENT
from tests.deals.quoting import CARD, EQUAL, LEVEL, SEED, Desk, asked, deal_for, desk, shelf
from tests.support.ground import begins_with

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf),
    pytest.mark.usefixtures("held_clock"),
]


@pytest.fixture
def at(db: None) -> Iterator[Desk]:
    before = events.wiring()
    events.install({})
    with clock.frozen(MOMENT):
        yield desk(houses.build())
    events.install(before)


def rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def refused(act: Callable[[], object]) -> str:
    """The code with which `act` is refused; nothing may have changed."""
    before, states = rows(), list(Quote.objects.order_by("pk").values_list("pk", "state", "accepted_plan"))
    with pytest.raises(Refusal) as caught:
        act()
    assert rows() == before
    assert list(Quote.objects.order_by("pk").values_list("pk", "state", "accepted_plan")) == states
    return caught.value.code


def test_a_draft_keeps_the_wish_the_plans_and_what_they_rest_on(at: Desk) -> None:
    quote = at.prepare(LEVEL, EQUAL, CARD, note="欢迎试驾")
    assert (quote.number, quote.version, quote.state) == ("QA1-20261120-001", 1, "draft")
    assert wish_of(quote) == asked()
    level = plans_of(quote)[1]
    assert [plan.lender_code for plan in plans_of(quote)] == ["", "jianghe", "jianghe", "changqiao"]
    assert (level.instalment, level.interest, level.total_paid) == (303_676, 932_336, 13_432_336)
    versions = ProductVersion.objects.filter(product__code__in=("jianghe-auto", "changqiao-card"))
    assert quote.product_versions == sorted(versions.values_list("pk", flat=True))
    assert [version.pk for version in versions if version.product.code == "jianghe-auto"] == [level.product_version]
    assert "loan_term.auto/new-2004" in quote.policies
    assert (quote.need, quote.note, quote.valid_until) == (None, "欢迎试驾", None)


def test_a_quote_names_the_version_of_the_needs_it_answers(at: Desk) -> None:
    columns = {"customer": at.deal.customer, "recorded_by": at.house.officer, "recorded_at": MOMENT}
    first = Need.objects.create(version=1, **columns)
    assert at.prepare().need == first
    second = Need.objects.create(version=2, reason="换车型", **columns)
    assert [q.need_id for q in (at.prepare(), at.prepare(need_id=first.pk))] == [second.pk, first.pk]


def test_two_quotes_of_a_day_have_two_numbers(at: Desk) -> None:
    first, second = at.prepare(deal=False), at.prepare(deal=False)
    assert [first.number, second.number] == ["QA1-20261120-001", "QA1-20261120-002"]


def test_a_deal_has_one_quote_in_versions(at: Desk) -> None:
    first, second = at.prepare(), at.prepare(wish=asked(term=24))
    assert (second.number, second.version, second.deal_id) == (first.number, 2, at.deal.pk)
    assert [q.state for q in quotes_of(at.deal.pk)] == ["draft", "withdrawn"]


def test_a_revision_keeps_the_old_version_as_it_was(at: Desk) -> None:
    offered = at.offer(LEVEL)
    before = Quote.objects.values().get(pk=offered.pk)
    revised = quote_revise(quote_id=offered.pk, desk=asked(down_payment=3_000_000), actor=at.actor, reason="首付提高")
    assert Quote.objects.values().get(pk=offered.pk) == before
    assert (revised.version, revised.state, plans_of(revised)[1].principal) == (2, "draft", 9_500_000)
    assert AuditEntry.objects.filter(subject=f"deal:{at.deal.pk}", action="quote.revised").count() == 1


def test_an_offer_is_good_for_the_days_of_the_setting(at: Desk) -> None:
    assert at.offer(LEVEL).valid_until == date(2026, 11, 27)


def test_an_offer_is_not_longer_than_the_promotion_it_rests_on(at: Desk) -> None:
    Promotion.objects.update(ends=date(2026, 11, 22))
    found = at.prepare()
    assert any(plan.promotion_code for plan in plans_of(found))
    assert quote_offer(quote_id=found.pk, actor=at.actor).valid_until == date(2026, 11, 22)


def test_a_draft_of_yesterday_is_computed_again_before_it_is_offered(at: Desk) -> None:
    draft = at.prepare(LEVEL)
    with clock.frozen(MOMENT + timedelta(days=1)):
        assert refused(lambda: quote_offer(quote_id=draft.pk, actor=at.actor)) == "quote-stale"


def test_accepting_freezes_the_plan_describes_the_deal_and_tells_the_next_room(at: Desk) -> None:
    told: list[object] = []
    events.install({QuoteAccepted: [told.append]})
    quote = at.offer(LEVEL, CARD)
    quote_accept(quote_id=quote.pk, plan=1, actor=at.actor)
    deal = Deal.objects.get(pk=at.deal.pk)
    assert told == [QuoteAccepted(deal.pk, quote.pk)]
    assert accepted_plan(deal.pk) == plans_of(quote)[1]
    assert (deal.amount, deal.lender_code, deal.vehicle) == (10_000_000, "jianghe", "启程 E5 520km 长续航版")
    facts = AuditEntry.objects.get(action="quote.accepted")
    assert facts.subject == f"deal:{deal.pk}"


def test_one_quote_is_accepted_on_a_deal_and_what_else_was_offered_is_withdrawn(at: Desk) -> None:
    first = at.offer(LEVEL)
    second = quote_offer(quote_id=quote_revise(quote_id=first.pk, desk=asked(), actor=at.actor).pk, actor=at.actor)
    quote_accept(quote_id=first.pk, plan=1, actor=at.actor)
    assert [q.state for q in versions_of(first.number)] == ["withdrawn", "accepted"]
    assert refused(lambda: quote_accept(quote_id=second.pk, plan=1, actor=at.actor)) == "quote-state"
    third = at.offer(CARD)
    assert refused(lambda: quote_accept(quote_id=third.pk, plan=1, actor=at.actor)) == "quote-accepted-already"


def test_a_deal_that_came_back_to_the_quote_takes_another_plan(at: Desk) -> None:
    first = at.offer(LEVEL)
    quote_accept(quote_id=first.pk, plan=1, actor=at.actor)
    for hours, stage in ((1, Stage.APPLICATION), (2, Stage.QUOTE)):
        with clock.frozen(MOMENT + timedelta(hours=hours)):
            deal_advance(deal_id=at.deal.pk, to=stage, owner_id=None, turn=Turn.OFFICER, next_step="", actor=at.actor)
    with clock.frozen(MOMENT + timedelta(hours=3)):
        again = at.offer(CARD)
        quote_accept(quote_id=again.pk, plan=1, actor=at.actor)
    assert [q.state for q in versions_of(first.number)] == ["accepted", "withdrawn"]
    assert accepted_plan(at.deal.pk).lender_code == "changqiao"


def test_an_expired_quote_is_refused_from_midnight_on(at: Desk) -> None:
    quote = at.offer(LEVEL)
    with clock.frozen(MOMENT + timedelta(days=7, hours=14)):  # 2026-11-28 00:00 in Shanghai
        assert refused(lambda: quote_accept(quote_id=quote.pk, plan=1, actor=at.actor)) == "quote-expired"
    with clock.frozen(MOMENT + timedelta(days=7, hours=13, minutes=59)):
        assert quote_accept(quote_id=quote.pk, plan=1, actor=at.actor).state == "accepted"


def test_the_daily_round_closes_what_has_expired(at: Desk) -> None:
    quote = at.offer(LEVEL)
    with clock.frozen(MOMENT + timedelta(days=7)):
        assert quotes_expire(actor=SEED) == 0
    with clock.frozen(MOMENT + timedelta(days=8)):
        assert quotes_expire(actor=SEED) == 1
        assert Quote.objects.get(pk=quote.pk).state == QuoteState.EXPIRED
        assert refused(lambda: quote_accept(quote_id=quote.pk, plan=1, actor=at.actor)) == "quote-expired"


def test_a_version_of_a_product_that_is_no_longer_sold_is_refused_by_name(at: Desk) -> None:
    quote = at.offer(LEVEL)
    sold = ProductVersion.objects.get(product__code="jianghe-auto")
    columns = {"product": sold.product, "number": 2, "terms": sold.terms, "needs": sold.needs, "digest": "f" * 64}
    ProductVersion.objects.create(
        **columns, starts=date(2026, 11, 20), state="published", written_at=MOMENT, published_at=MOMENT
    )
    assert refused(lambda: quote_accept(quote_id=quote.pk, plan=1, actor=at.actor)) == "product-version-not-sold"
    ProductVersion.objects.filter(product=sold.product).update(ends=date(2026, 11, 19))
    with pytest.raises(Refusal) as caught:
        quote_accept(quote_id=quote.pk, plan=1, actor=at.actor)
    assert caught.value.code == "product-not-sold"
    assert caught.value.zh.startswith("江河银行")
    assert caught.value.field == "plan"


def test_a_promotion_that_is_over_or_used_up_is_refused(at: Desk) -> None:
    quote = at.prepare()
    place = next(at for at, plan in enumerate(plans_of(quote)) if plan.promotion_code)
    quote_offer(quote_id=quote.pk, actor=at.actor)
    Promotion.objects.update(quota=3, used=3)
    act = lambda: quote_accept(quote_id=quote.pk, plan=place, actor=at.actor)  # noqa: E731
    assert refused(act) == "promotion-used-up"
    Promotion.objects.update(stopped_at=MOMENT)
    assert refused(act) == "promotion-over"


def test_what_no_application_can_be_made_of_is_refused(at: Desk) -> None:
    draft = at.prepare(LEVEL)
    assert refused(lambda: quote_accept(quote_id=draft.pk, plan=1, actor=at.actor)) == "quote-state"
    quote_offer(quote_id=draft.pk, actor=at.actor)
    assert refused(lambda: quote_accept(quote_id=draft.pk, plan=0, actor=at.actor)) == "plan-is-cash"
    assert refused(lambda: quote_accept(quote_id=draft.pk, plan=2, actor=at.actor)) == "no-such-plan"
    nameless = at.offer(LEVEL, deal=False)
    assert refused(lambda: quote_accept(quote_id=nameless.pk, plan=1, actor=at.actor)) == "quote-without-deal"


def test_a_quote_for_nobody_is_attached_with_all_its_versions(at: Desk) -> None:
    first = at.offer(LEVEL, deal=False)
    second = quote_revise(quote_id=first.pk, desk=asked(), actor=at.actor)
    quote_attach(quote_id=first.pk, deal_id=at.deal.pk, actor=at.actor)
    assert {q.pk for q in quotes_of(at.deal.pk)} == {first.pk, second.pk}
    assert quote_accept(quote_id=first.pk, plan=1, actor=at.actor).deal_id == at.deal.pk
    other = deal_for(at.house, "李强", "13900001111")
    assert refused(lambda: quote_attach(quote_id=first.pk, deal_id=other.pk, actor=at.actor)) == "quote-has-deal"
    third = at.prepare(deal=False)
    assert refused(lambda: quote_attach(quote_id=third.pk, deal_id=at.deal.pk, actor=at.actor)) == "deal-has-quote"


def test_nothing_is_kept_where_nothing_can_be_quoted(at: Desk) -> None:
    tight = asked(instalment_most=10_000)
    assert refused(lambda: at.prepare(wish=tight)) == "nothing-to-quote"
    wrong = asked(down_payment=12_600_000)
    with pytest.raises(Refusal) as caught:
        at.prepare(wish=wrong)
    assert (caught.value.code, caught.value.field) == ("quote-down-payment", "down_payment")


def test_a_withdrawal_says_why_and_an_accepted_quote_is_not_withdrawn(at: Desk) -> None:
    quote = at.offer(LEVEL)
    assert refused(lambda: quote_withdraw(quote_id=quote.pk, reason=" ", actor=at.actor)) == "reason-missing"
    quote_accept(quote_id=quote.pk, plan=1, actor=at.actor)
    assert refused(lambda: quote_withdraw(quote_id=quote.pk, reason="错价", actor=at.actor)) == "quote-accepted"
    later = at.prepare()
    assert quote_withdraw(quote_id=later.pk, reason="客户改主意", actor=at.actor).state == "withdrawn"


def test_the_services_name_a_store_that_is_open(at: Desk) -> None:
    act = lambda: quote_prepare(desk=asked(), store_id=99, officer_id=at.house.officer.pk, actor=at.actor)  # noqa: E731
    assert refused(act) == "no-such-store"


def test_an_offer_shows_on_the_deal_and_it_is_the_customers_turn(at: Desk) -> None:
    quote = at.offer(LEVEL, CARD, preferred=LEVEL)
    deal = Deal.objects.get(pk=at.deal.pk)
    assert (deal.amount, deal.lender_code, deal.turn) == (10_000_000, "jianghe", "customer")
    assert quote.state == "offered"
