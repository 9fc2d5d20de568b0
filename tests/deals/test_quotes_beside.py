"""Beside a quote: links that open once signed in or not, the menu with its signed decline, terms off the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.apps import apps

from chedai.catalog.products.menu import menu_item
from chedai.deals.quotes.bespoke import AskedTerms, bespoke_ask, bespoke_take
from chedai.deals.quotes.frozen import plan_from
from chedai.deals.quotes.menu import add_on_answer, add_ons_take
from chedai.deals.quotes.models import AddOnAnswer, BespokeAsk, QuoteOpening, QuoteShare
from chedai.deals.quotes.selectors import answers_of, plans_of
from chedai.deals.quotes.services import quote_accept, quote_offer
from chedai.deals.quotes.sharing import Opened, quote_opened, quote_share, share_revoke
from chedai.deals.quotes.states import AddOnChoice, AskState
from chedai.engine.terms import Step, StepKind
from chedai.journey.wiring import EVENTS
from chedai.org.models import AuthorityLimit
from chedai.platform import clock, events
from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Refusal
from tests import cast
from tests import house as houses
from tests.conftest import MOMENT
from tests.deals.quoting import CARD, EQUAL, LEVEL, Desk, asked, desk, shelf
from tests.support.ground import begins_with

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf),
    pytest.mark.usefixtures("held_clock"),
]

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)


@pytest.fixture
def at(db: None) -> Iterator[Desk]:
    before = events.wiring()
    events.install({event: hears for event, hears in EVENTS.items() if event.__name__ == "ApprovalClosed"})
    with clock.frozen(MOMENT):
        yield desk(houses.build())
    events.install(before)


def rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def refused(act: Callable[[], object]) -> str:
    before = rows()
    with pytest.raises(Refusal) as caught:
        act()
    assert rows() == before
    return caught.value.code


class TestLinks:
    def test_a_link_opens_is_logged_and_keeps_only_its_hash(self, at: Desk) -> None:
        quote = at.offer(LEVEL, deal=False)
        made = quote_share(quote_id=quote.pk, staff_id=at.house.officer.pk, actor=at.actor)
        assert quote_opened(token=made.token, what=Opened.PDF, device="phone").pk == quote.pk
        assert list(QuoteOpening.objects.values_list("share", "what", "device")) == [(made.share.pk, "pdf", "phone")]
        assert made.token not in str(QuoteShare.objects.values().get())
        entry = AuditEntry.objects.get(action="quote.opened")
        assert (entry.actor, entry.subject) == (f"guest:{made.share.pk}", f"quote:{quote.pk}")

    def test_a_link_ends_with_its_days_and_never_after_the_quote(self, at: Desk) -> None:
        quote = at.offer(LEVEL)
        two, month = (
            quote_share(quote_id=quote.pk, staff_id=at.house.officer.pk, actor=at.actor, days=days) for days in (2, 30)
        )
        assert two.share.expires_at == MOMENT + timedelta(days=2)
        assert month.share.expires_at.astimezone(clock.SHANGHAI).isoformat() == "2026-11-28T00:00:00+08:00"
        with clock.frozen(MOMENT + timedelta(days=2)):
            opening = lambda: quote_opened(token=two.token, what=Opened.PAGE, device="phone")  # noqa: E731
            assert refused(opening) == "link-over"
            assert quote_opened(token=month.token, what=Opened.PAGE, device="phone").pk == quote.pk

    def test_a_link_taken_back_and_one_never_made_open_nothing(self, at: Desk) -> None:
        quote = at.offer(LEVEL)
        made = quote_share(quote_id=quote.pk, staff_id=at.house.officer.pk, actor=at.actor)
        share_revoke(share_id=made.share.pk, actor=at.actor)
        assert refused(lambda: quote_opened(token=made.token, what=Opened.PAGE, device="phone")) == "link-over"
        assert refused(lambda: quote_opened(token="made-up", what=Opened.PAGE, device="phone")) == "no-such-link"
        assert refused(lambda: share_revoke(share_id=made.share.pk, actor=at.actor)) == "no-such-link"

    def test_a_draft_and_an_expired_quote_are_not_shared(self, at: Desk) -> None:
        def share(quote: int, days: int = 7) -> object:
            return quote_share(quote_id=quote, staff_id=at.house.officer.pk, actor=at.actor, days=days)

        draft = at.prepare(LEVEL)
        assert refused(lambda: share(draft.pk)) == "quote-not-offered"
        quote_offer(quote_id=draft.pk, actor=at.actor)
        assert refused(lambda: share(draft.pk, 31)) == "share-days"
        with clock.frozen(MOMENT + timedelta(days=8)):
            assert refused(lambda: share(draft.pk)) == "quote-expired"


class TestMenu:
    def test_each_product_shows_its_own_effect_and_what_was_taken_goes_into_a_new_version(self, at: Desk) -> None:
        quote = at.offer(LEVEL)
        answer = add_on_answer(
            quote_id=quote.pk, code="warranty-2y", choice=AddOnChoice.ACCEPTED, financed=True, actor=at.actor
        )
        # 4,200 more at 5.88 % over 36 months: 3,164.30 instead of 3,036.76
        assert (answer.price, answer.instalment, answer.effect) == (420_000, 316_430, 12_754)
        add_on_answer(quote_id=quote.pk, code="ins-full", choice=AddOnChoice.ACCEPTED, actor=at.actor)
        made = add_ons_take(quote_id=quote.pk, actor=at.actor)
        cash, plan = plans_of(made)
        before = plans_of(quote)[1]
        assert (made.version, plan.principal, plan.instalment, plan.down_payment) == (2, 10_420_000, 316_430, 2_500_000)
        assert [(one.code, one.financed) for one in plan.add_ons] == [("warranty-2y", True), ("ins-full", False)]
        assert plan.cash_at_signing == before.cash_at_signing + 568_000
        assert plan.total_paid == plan.price + 420_000 + 568_000 + plan.interest
        assert cash.total_paid == plans_of(quote)[0].total_paid + 988_000
        assert plan.ltv == before.ltv
        assert refused(lambda: add_ons_take(quote_id=made.pk, actor=at.actor)) == "no-add-on-taken"

    def test_the_second_product_stands_on_the_first(self, at: Desk) -> None:
        quote = at.offer(LEVEL)
        codes = ("warranty-2y", "ins-full")
        first, second = (
            add_on_answer(quote_id=quote.pk, code=code, choice=AddOnChoice.ACCEPTED, financed=True, actor=at.actor)
            for code in codes
        )
        assert second.instalment == first.instalment + second.effect

    def test_a_decline_is_signed_and_kept(self, at: Desk) -> None:
        quote = at.offer(LEVEL)
        act = lambda: add_on_answer(  # noqa: E731
            quote_id=quote.pk, code="ins-full", choice=AddOnChoice.DECLINED, actor=at.actor
        )
        assert refused(act) == "decline-not-signed"
        answer = add_on_answer(
            quote_id=quote.pk, code="ins-full", choice=AddOnChoice.DECLINED, signature=PNG, actor=at.actor
        )
        assert answer.signature is not None
        assert (answer.signature.subject, answer.signature.media_type) == (f"quote:{quote.pk}", "image/png")
        assert refused(lambda: add_ons_take(quote_id=quote.pk, actor=at.actor)) == "no-add-on-taken"

    def test_a_product_is_offered_once_for_all_versions(self, at: Desk) -> None:
        quote = at.offer(LEVEL)
        add_on_answer(quote_id=quote.pk, code="ins-full", choice=AddOnChoice.ACCEPTED, actor=at.actor)
        made = add_ons_take(quote_id=quote.pk, actor=at.actor)
        act = lambda: add_on_answer(  # noqa: E731
            quote_id=made.pk, code="ins-full", choice=AddOnChoice.DECLINED, signature=PNG, actor=at.actor
        )
        assert refused(act) == "add-on-answered"
        assert [answer.code for answer in answers_of(quote.number)] == ["ins-full"]

    def test_what_is_no_picture_or_not_on_the_menu_is_refused(self, at: Desk) -> None:
        quote = at.offer(LEVEL)

        def act(code: str, signature: bytes) -> Callable[[], object]:
            return lambda: add_on_answer(
                quote_id=quote.pk, code=code, choice=AddOnChoice.DECLINED, signature=signature, actor=at.actor
            )

        assert refused(act("ins-full", b"<svg/>")) == "file-kind"
        assert refused(act("nothing", PNG)) == "no-such-add-on"

    def test_a_financed_product_never_lifts_the_loan_above_the_car(self, at: Desk) -> None:
        quote = at.offer(wish=asked(price=2_500_000, down_payment=400_000))
        over = menu_item("ins-full").price
        assert plans_of(quote)[1].principal + over > 2_500_000
        act = lambda: add_on_answer(  # noqa: E731
            quote_id=quote.pk, code="ins-full", choice=AddOnChoice.ACCEPTED, financed=True, actor=at.actor
        )
        assert refused(act) == "add-on-over-price"
        assert AddOnAnswer.objects.count() == 0


class TestBespoke:
    def ask(
        self, at: Desk, quote: int, reason: str = "二次购车", days: int = 5, plan: int = 1, **terms: object
    ) -> BespokeAsk:
        return bespoke_ask(
            quote_id=quote,
            plan=plan,
            asked=AskedTerms(**terms),  # type: ignore[arg-type]
            reason=reason,
            days=days,
            staff_id=at.house.officer.pk,
            actor=at.actor,
        )

    def test_a_balloon_is_asked_for_by_its_tail_or_by_its_instalment(self, at: Desk) -> None:
        quote = at.offer(LEVEL)
        by_tail = self.ask(at, quote.pk, tail=3_000_000)
        plan = plan_from(by_tail.plan)
        assert (plan.instalment, plan.last, plan.tail, plan.interest) == (227_273, 3_227_278, 3_000_000, 1_181_833)
        assert [(one["term"], one["asked"], one["listed"]) for one in by_tail.lines] == [("life", 724, 571)]
        assert by_tail.deviation_bp == 43  # 153 days longer of 360: 42.5
        by_instalment = plan_from(self.ask(at, quote.pk, instalment=240_000).plan)
        assert (by_instalment.instalment, by_instalment.tail) == (240_000, 2_500_275)  # two fen of rounding in its rows
        assert refused(lambda: self.ask(at, quote.pk, tail=3_000_000, instalment=240_000)) == "bespoke-ways"

    def test_a_stepped_plan_is_worked_out_and_measured(self, at: Desk) -> None:
        quote = at.offer(LEVEL)
        steps = (Step(12, StepKind.INTEREST_ONLY), Step(24, StepKind.SOLVE))
        ask = self.ask(at, quote.pk, steps=steps)
        plan = plan_from(ask.plan)
        assert (plan.instalment, plan.highest, ask.deviation_bp) == (49_000, 442_666, 48)
        assert refused(lambda: self.ask(at, quote.pk, steps=steps[:1])) == "quote-steps"

    def decide(self, at: Desk, approval: Approval, verdict: Verdict = Verdict.APPROVE) -> None:
        approval_decide(
            approval_id=approval.pk,
            verdict=verdict,
            digest=approval.digest,
            capacities=frozenset({"manager"}),
            actor=cast.acting(at.house.manager),
            opinion="同意",
        )

    def test_the_deviation_is_told_in_figures_and_names_the_approver(self, at: Desk) -> None:
        ask = self.ask(at, at.offer(LEVEL).pk, annual_rate=5_280_000)
        assert ask.lines == [{"term": "rate", "asked": 5_280_000, "listed": 5_880_000, "difference": -600_000}]
        assert (ask.deviation_bp, ask.state, ask.expires_on) == (60, "pending", date(2026, 11, 25))
        assert (ask.approval.steps, ask.approval.deviation, ask.approval.amount) == (["manager"], 60, 10_000_000)
        assert ask.approval.unit == at.house.east.pk

    def test_a_larger_deviation_needs_more_and_the_largest_nobody(self, at: Desk) -> None:
        AuthorityLimit.objects.filter(action="price.deviation", role="manager").update(deviation=50)
        quote = at.offer(LEVEL)
        assert self.ask(at, quote.pk, annual_rate=5_280_000).approval.steps == ["manager", "approver"]
        assert refused(lambda: self.ask(at, quote.pk, annual_rate=3_000_000)) == "beyond-all-authority"

    def test_a_term_a_down_payment_and_a_waived_fee_are_lines_of_their_own(self, at: Desk) -> None:
        AuthorityLimit.objects.update(deviation=600)
        quote = at.offer("haiyue-auto..0.36")
        ask = self.ask(at, quote.pk, periods=42, waive_fees=True)
        assert {line["term"]: line["difference"] for line in ask.lines} == {"periods": 6, "fees": -300_000}
        assert ask.deviation_bp == 300  # fees: 3 % of the loan

    def test_approved_terms_go_into_a_version_that_can_be_offered_and_accepted(self, at: Desk) -> None:
        quote = at.offer(LEVEL, EQUAL)
        ask = self.ask(at, quote.pk, annual_rate=5_280_000)
        assert refused(lambda: bespoke_take(ask_id=ask.pk, actor=at.actor)) == "bespoke-not-approved"
        self.decide(at, ask.approval)
        ask.refresh_from_db()
        assert ask.state == AskState.APPROVED
        made = bespoke_take(ask_id=ask.pk, actor=at.actor)
        plan = plans_of(made)[1]
        assert (made.version, made.preferred, len(made.plans)) == (2, 1, 4)
        assert (plan.annual_rate, plan.bespoke_id, plan.deviation_bp) == (5_280_000, ask.pk, 60)
        assert plan.instalment == 300_968  # 100,000 at 5.28 % over 36 months
        offered = quote_offer(quote_id=made.pk, actor=at.actor)
        assert offered.valid_until == date(2026, 11, 25)
        assert quote_accept(quote_id=offered.pk, plan=1, actor=at.actor).state == "accepted"

    def test_a_refused_ask_and_a_word_that_ran_out_are_not_quoted(self, at: Desk) -> None:
        quote = at.offer(LEVEL)
        declined, late = (self.ask(at, quote.pk, annual_rate=rate) for rate in (5_280_000, 5_480_000))
        self.decide(at, declined.approval, Verdict.DECLINE)
        self.decide(at, late.approval)
        assert refused(lambda: bespoke_take(ask_id=declined.pk, actor=at.actor)) == "bespoke-not-approved"
        with clock.frozen(MOMENT + timedelta(days=6)):
            assert refused(lambda: bespoke_take(ask_id=late.pk, actor=at.actor)) == "bespoke-expired"

    def test_what_was_changed_after_the_approval_is_not_offered(self, at: Desk) -> None:
        quote = at.offer(LEVEL)
        ask = self.ask(at, quote.pk, annual_rate=5_280_000)
        self.decide(at, ask.approval)
        made = bespoke_take(ask_id=ask.pk, actor=at.actor)
        BespokeAsk.objects.filter(pk=ask.pk).update(reason="另一理由")
        assert refused(lambda: quote_offer(quote_id=made.pk, actor=at.actor)) == "bespoke-not-approved"

    def test_an_ask_without_reason_without_deviation_or_beyond_the_policies_is_refused(self, at: Desk) -> None:
        quote = at.offer(LEVEL)
        assert refused(lambda: self.ask(at, quote.pk, reason=" ", annual_rate=5_280_000)) == "reason-missing"
        assert refused(lambda: self.ask(at, quote.pk, annual_rate=5_880_000)) == "bespoke-nothing"
        assert refused(lambda: self.ask(at, quote.pk, days=31, annual_rate=5_280_000)) == "bespoke-days"
        assert refused(lambda: self.ask(at, quote.pk, plan=0, annual_rate=5_280_000)) == "plan-is-cash"
        assert refused(lambda: self.ask(at, quote.pk, periods=61)) == "bespoke-beyond-policy"
        assert refused(lambda: self.ask(at, quote.pk, annual_rate=40_000_000)) == "bespoke-beyond-policy"
        assert refused(lambda: self.ask(at, quote.pk, down_payment=12_500_000)) == "bespoke-down-payment"

    def test_the_card_keeps_its_measure_over_another_amount(self, at: Desk) -> None:
        AuthorityLimit.objects.update(deviation=600)
        quote = at.offer(CARD)
        ask = self.ask(at, quote.pk, down_payment=2_000_000)
        fees = ask.plan["fees"]
        assert [(fee["each"], fee["total"]) for fee in fees] == [(33_600, 1_209_600)]  # 0.32 % of 105,000
