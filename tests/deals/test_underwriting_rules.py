"""What the shipped rules say: every outcome, every limit, every planted fraud, and that nothing hides in the tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.deals.underwriting.rules.book import book_of, shipped
from chedai.deals.underwriting.rules.deciding import decide
from chedai.deals.underwriting.rules.fields import FIELDS
from chedai.deals.underwriting.rules.passing import paying_down, what_would_pass
from chedai.deals.underwriting.rules.questionnaire import agreement, points_of, quality
from chedai.deals.underwriting.rules.ratios import ratios
from chedai.deals.underwriting.rules.values import (
    Effect,
    Inputs,
    Outcome,
    Stress,
    canonical,
    inputs_from,
    result_from,
)
from chedai.deals.underwriting.rules.wording import told, told_missing
from chedai.engine.affordability import level_instalments
from chedai.platform.errors import Refusals
from tests.deals.underwriting_cases import ask, book, case, spoiled, used, wife


def codes(inputs: Inputs) -> set[str]:
    return {reason.code for reason in decide(inputs, book()).reasons}


def flagged(inputs: Inputs) -> set[str]:
    return {flag.code for flag in decide(inputs, book()).flags}


class TestTheCleanCase:
    def test_it_passes_with_grade_score_and_limit(self) -> None:
        found = decide(case(), book())
        assert (found.outcome, found.grade, found.score) == (Outcome.PASS, "A", 700)
        assert (found.limit, found.binding) == (12_000_000, "law")
        assert (found.reasons, found.flags, found.missing, found.conditions) == ((), (), (), ())

    def test_the_points_add_up_to_the_score(self) -> None:
        found = decide(case(), book())
        assert sum(line.points for line in found.points) == found.score
        assert len(found.points) == 12  # the base and every attribute exactly once

    def test_ratios_are_rounded_up_before_and_after(self) -> None:
        found = decide(case(), book()).ratios
        # 2,000.00 / 15,000.00 = 13.333 %; with the instalment of 3,042.19: 33.614 %
        assert (found.dti_before, found.dti, found.pti, found.ltv, found.down) == (1334, 3362, 2029, 6667, 3333)
        assert found.dti_stated == 2802  # of 18,000.00, kept apart from what is proven

    def test_a_case_in_good_order_raises_no_fraud_signal(self) -> None:
        assert flagged(case()) == set()
        assert flagged(case(car=used(8_000_000, 8_200_000), ask=ask(5_000_000, 8_000_000))) == set()


class TestLimits:
    @pytest.mark.parametrize(
        ("changes", "binding", "limit"),
        [
            ({"regulation": {"ltv": 60_000_000}}, "law", 9_000_000),
            ({"regulation": {"ltv": None}}, "ltv", 12_000_000),
            ({"borrower": {"income_verified": 600_000, "income_stated": 900_000}}, "income", None),
            ({"exposure": {"customer": 115_000_000}}, "exposure", 5_000_000),
            ({"car": {"price": 200_000_000, "reference": 200_000_000}}, "policy", None),
        ],
    )
    def test_the_limit_names_what_binds_it(self, changes: dict[str, Any], binding: str, limit: int | None) -> None:
        if binding == "policy":
            changes["borrower"] = {"income_verified": 90_000_000}
        found = decide(case(**changes), book())
        assert found.binding == binding
        assert found.limit == min(part.amount for part in found.limits)
        if limit is not None:
            assert found.limit == limit

    def test_add_ons_count_only_in_the_all_in_ratio(self) -> None:
        found = decide(case(ask=ask(13_900_000, add_ons=2_000_000)), book())
        assert (found.ratios.ltv, found.ratios.all_in) == (7934, 9267)
        assert {r.code for r in found.reasons} == {"over-all-in"}  # 139,000.00 of at most 135,000.00
        assert [(r.found, r.limit, r.deviation) for r in found.reasons] == [(13_900_000, 13_500_000, 297)]

    def test_the_law_stops_what_the_house_may_only_decline(self) -> None:
        found = decide(case(ask=ask(12_000_001)), book())
        assert [(r.code, r.effect) for r in found.reasons] == [
            ("over-ltv-law", Effect.STOP),
            ("over-ltv", Effect.DECLINE),
        ]
        assert (found.stopped, decide(case(ask=ask(12_000_000)), book()).outcome) == (True, Outcome.PASS)

    def test_a_joint_borrower_brings_income_and_debts(self) -> None:
        heavy = case(borrower={"income_verified": 600_000})
        assert "over-income" in codes(heavy)
        assert codes(spoiled(heavy, helpers=(wife(),))) == set()
        assert "over-income" in codes(spoiled(heavy, helpers=(wife(800_000, 700_000),)))

    def test_the_lowest_valuation_of_a_used_car_is_the_base(self) -> None:
        found = decide(case(car=used(8_000_000, 7_500_000), ask=ask(5_000_000, 8_000_000)), book())
        assert (found.ratios.base, found.ratios.spread, found.ratios.price_over) == (7_500_000, 667, 667)

    def test_an_invoice_less_what_it_bundles_bounds_a_new_car(self) -> None:
        found = decide(case(car={"worths": used(14_000_000).worths}), book())
        assert found.ratios.base == 14_000_000

    def test_a_rate_above_the_cap_of_the_day_is_stopped(self) -> None:
        dear = case(ask={"all_in_rate": 24_000_001}, regulation={"rate": 24_000_000, "rows": ("rate_caps.loan@2024",)})
        found = decide(dear, book())
        assert [(r.code, r.found, r.limit, r.version) for r in found.reasons] == [
            ("over-rate-law", 2401, 2400, "rate_caps.loan@2024")
        ]
        assert (found.outcome, found.stopped) == (Outcome.DECLINE, True)
        assert codes(spoiled(dear, ask={"all_in_rate": 24_000_000})) == set()

    def test_the_term_is_held_against_law_and_house(self) -> None:
        assert codes(case(ask=ask(periods=72))) == {"over-term-law", "over-term"}


class TestRules:
    @pytest.mark.parametrize(
        ("changes", "code", "outcome"),
        [
            ({"borrower": {"age_months": 17 * 12}}, "age-below", Outcome.DECLINE),
            ({"borrower": {"age_months": 63 * 12}}, "age-at-maturity", Outcome.DECLINE),
            ({"bureau": {"bad_debt": True}}, "bad-debt", Outcome.DECLINE),
            ({"bureau": {"overdue_now": 1}}, "overdue-now", Outcome.DECLINE),
            ({"bureau": {"worst_run": 3}}, "overdue-in-a-row", Outcome.DECLINE),
            ({"bureau": {"overdue_months": 6}}, "overdue-in-total", Outcome.DECLINE),
            ({"borrower": {"job": "unemployed"}}, "no-occupation", Outcome.DECLINE),
            ({"borrower": {"job_months": 5}}, "job-short", Outcome.REFER),
            ({"borrower": {"residence_months": 2}}, "residence-short", Outcome.REFER),
            ({"bureau": {"queries_3m": 7}}, "queries-many", Outcome.REFER),
            ({"bureau": {"card_used": 4_000_001}}, "card-use-high", Outcome.REFER),
            ({"bureau": {"stale": True}}, "bureau-stale", Outcome.REFER),
            ({"signals": {"papers_missing": 1}}, "papers-missing", Outcome.REFER),
            ({"signals": {"differences_open": 1}}, "differences-open", Outcome.REFER),
        ],
    )
    def test_each_rule_hits(self, changes: dict[str, Any], code: str, outcome: Outcome) -> None:
        assert code in codes(case(**changes))
        assert decide(case(**changes), book()).outcome is outcome

    def test_age_counts_at_the_end_of_the_loan(self) -> None:
        assert "age-at-maturity" not in codes(case(borrower={"age_months": 63 * 12 - 1}))  # 65 and 11 months at the end
        found = next(r for r in decide(case(borrower={"age_months": 63 * 12}), book()).reasons)
        assert (found.code, found.found, found.limit, found.rule_set, found.version) == (
            "age-at-maturity",
            66,
            65,
            "eligibility",
            "2026-11-01",
        )

    @pytest.mark.parametrize(
        ("changes", "missing"),
        [
            ({"borrower": {"income_verified": None}}, ("income_yuan", "dti_bp")),
            ({"bureau": None}, ("worst_run",)),
            ({"borrower": {"licence": None}}, ("licence",)),
            ({"signals": {"down_payment_payer": None}}, ("down_payment_payer",)),
            ({"borrower": {"age_months": None}}, ("age_years",)),
        ],
    )
    def test_what_nobody_collected_refers_and_is_named(self, changes: dict[str, Any], missing: tuple[str, ...]) -> None:
        found = decide(case(**changes), book())
        assert (found.outcome, found.missing) == (Outcome.REFER, missing)

    def test_without_a_valuation_a_used_car_has_no_limit(self) -> None:
        found = decide(case(car=used(), ask=ask(5_000_000, 8_000_000)), book())
        assert (found.outcome, found.limit, found.binding) == (Outcome.REFER, None, "")
        assert "valuations-few" in {reason.code for reason in found.reasons}

    def test_a_low_grade_adds_a_review_and_a_guarantor(self) -> None:
        weak = case(
            borrower={"residence": "rented", "residence_months": 6, "job": "freelance", "job_months": 8},
            bureau={"worst_run": 2, "overdue_months": 5, "queries_3m": 5},
        )
        found = decide(weak, book())
        assert (found.score, found.grade, found.reviews) == (538, "D", ("approver",))
        assert "guarantor" in found.conditions

    def test_low_quality_lowers_the_grade(self) -> None:
        questions = book().sets["questions"]
        poor = {q["code"]: q["options"][-1]["code"] for q in questions.document["questions"]}
        found = decide(case(quality=quality(questions, [poor])), book())
        assert (found.grade, "quality-low" in {r.code for r in found.reasons}) == ("B", True)


PLANTED = (
    ({"signals": {"employer_phone_deals": 2}}, "employer-phone-shared"),
    ({"signals": {"down_payment_payer": "third_party"}}, "payer-third-party"),
    (
        {"borrower": {"id_region": "51", "residence_region": "51", "licence": "none"}},
        "outsider-without-licence",
    ),
    (
        {"car": used(8_000_000, 8_100_000, moved=date(2026, 8, 23)), "ask": ask(5_000_000, 8_000_000)},
        "title-moved-lately",
    ),
    ({"signals": {"same_phone_deals": 1}}, "phone-shared"),
    ({"signals": {"same_address_deals": 2}}, "address-shared"),
    ({"signals": {"same_file_deals": 1}}, "file-shared"),
    ({"signals": {"statement_faults": 1}}, "statement-broken"),
    ({"car": {"price": 17_000_000}}, "price-inflated"),
)


class TestFraud:
    @pytest.mark.parametrize(("changes", "code"), PLANTED)
    def test_a_planted_case_is_flagged_and_referred(self, changes: dict[str, Any], code: str) -> None:
        found = decide(case(**changes), book())
        assert code in {flag.code for flag in found.flags}
        assert (found.outcome, "visit" in found.conditions) == (Outcome.REFER, True)

    @pytest.mark.parametrize(
        "changes",
        [
            {"signals": {"employer_phone_deals": 1}},
            {"signals": {"down_payment_payer": "parent"}},
            {"borrower": {"id_region": "51", "residence_region": "51", "licence": "own"}},
            {"borrower": {"id_region": "51", "licence": "none"}},  # lives here
            {"car": used(8_000_000, 8_100_000, moved=date(2026, 8, 22)), "ask": ask(5_000_000, 8_000_000)},
            {"signals": {"same_employer_deals": 40}},  # a large employer is no ring
            {"signals": {"same_address_deals": 1}},
        ],
    )
    def test_the_neighbour_of_a_planted_case_is_not(self, changes: dict[str, Any]) -> None:
        assert flagged(case(**changes)) == set()


class TestBytes:
    def test_inputs_and_result_read_back_to_the_same_bytes(self) -> None:
        inputs = case(helpers=(wife(),), car=used(8_000_000, 8_200_000), ask=ask(5_000_000, 8_000_000))
        found = decide(inputs, book())
        assert inputs_from(canonical(inputs)) == inputs
        assert result_from(canonical(found)) == found
        assert canonical(decide(inputs_from(canonical(inputs)), book_of(shipped()))) == canonical(found)

    def test_another_text_is_another_digest(self) -> None:
        text = shipped()["grade"].replace('"version": "2026-11-01"', '"version": "2026-12-01"')
        assert book_of({"grade": text}).versions[2].version == "2026-12-01"
        assert book_of({"grade": text}).versions[2].digest != book().versions[2].digest


class TestWords:
    def test_a_reason_is_told_with_its_figures_and_its_rule(self) -> None:
        found = decide(case(ask=ask(12_000_001)), book())
        said = told(book().sets["words"], found.reasons[1])
        assert said.zh == "车辆贷款 120,000.01 元，按成数上限最多 120,000.00 元"
        assert said.en == "the car loan is 120,000.01 yuan; the loan-to-value limit allows 120,000.00"
        assert (said.lever, said.rule_set, said.version) == ("down_payment", "policy", "2026-11-01")

    def test_every_missing_fact_has_a_name(self) -> None:
        words = book().sets["words"]
        said = {told_missing(words, name, "1").zh for name in FIELDS}
        assert "未收集：核实月收入" in said
        assert len(said) == len(FIELDS)


class TestWhatWouldPass:
    def test_the_smallest_change_of_each_kind(self) -> None:
        inputs = case(borrower={"income_verified": 600_000})
        changes = {change.lever: change for change in what_would_pass(inputs, book())}
        down = changes["down_payment"]
        extra = down.after - down.before
        assert decide(paying_down(inputs, extra), book()).outcome is not Outcome.DECLINE
        assert decide(paying_down(inputs, extra - 100_000), book()).outcome is Outcome.DECLINE
        assert (changes["income"].before, changes["income"].after) == (600_000, 920_000)

    def test_a_case_that_passes_needs_nothing(self) -> None:
        assert what_would_pass(case(), book()) == ()

    def test_what_no_change_lifts_is_not_promised(self) -> None:
        assert what_would_pass(case(bureau={"bad_debt": True}), book()) == ()


class TestQuestionnaire:
    def test_weights_make_the_points(self) -> None:
        questions = book().sets["questions"]
        best = {q["code"]: q["options"][0]["code"] for q in questions.document["questions"]}
        other = best | {"job_prospect": "ending"}
        assert (points_of(questions, best), points_of(questions, other)) == (10_000, 8_500)
        assert agreement(questions, best, other) == 8_500
        both = quality(questions, [best, other])
        assert both is not None
        assert (both.points, both.raters, both.agreement) == (9_250, 2, 8_500)

    def test_every_open_question_is_named(self) -> None:
        with pytest.raises(Refusals) as refused:
            points_of(book().sets["questions"], {"family": "burden", "purpose": "no such option"})
        assert [one.field for one in refused.value.refusals] == ["job_stability", "job_prospect", "purpose", "candour"]


def anything() -> st.SearchStrategy[Inputs]:
    """Cases of all kinds: amounts, incomes, terms, cars, records."""

    def make(
        share: int, price: int, periods: int, income: int | None, debts: int, kind: str, run: int, exposure: int
    ) -> Inputs:
        amount = price * share // 100
        new = case(
            ask=ask(amount, price, periods),
            borrower={"income_verified": income, "debt_monthly": debts},
            bureau={"worst_run": run, "overdue_months": run},
            exposure={"customer": exposure},
        )
        car = used(price, price + 100_000, price=price) if kind == "used" else None
        return spoiled(new, car=car or {"kind": kind, "price": price, "reference": price})

    return st.builds(
        make,
        st.integers(10, 100),
        st.integers(3_000_000, 60_000_000),
        st.sampled_from((12, 24, 36, 48, 60)),
        st.one_of(st.none(), st.integers(0, 8_000_000)),
        st.integers(0, 2_000_000),
        st.sampled_from(("own_ice", "own_nev", "commercial_ice", "commercial_nev", "used")),
        st.integers(0, 4),
        st.integers(0, 80_000_000),
    )


RANK = {Outcome.PASS: 0, Outcome.REFER: 1, Outcome.DECLINE: 2}


@settings(max_examples=60, deadline=None)
@given(anything())
def test_the_limit_is_the_smallest_of_its_parts(inputs: Inputs) -> None:
    found = decide(inputs, book())
    if found.limit is None:
        assert inputs.borrower.income_verified is None
        return
    assert found.limit == min(part.amount for part in found.limits)
    assert found.limit == next(part.amount for part in found.limits if part.name == found.binding)
    over = {reason.code for reason in found.reasons if reason.field == "amount"}
    assert (inputs.ask.amount > found.limit) == bool(over)
    assert sum(line.points for line in found.points) == found.score


@settings(max_examples=60, deadline=None)
@given(anything(), st.integers(1, 90))
def test_more_down_payment_never_worsens_the_verdict(inputs: Inputs, share: int) -> None:
    better = paying_down(inputs, inputs.ask.amount * share // 100)
    before, after = decide(inputs, book()), decide(better, book())
    assert RANK[after.outcome] <= RANK[before.outcome]
    assert (after.score or 0) >= (before.score or 0)
    assert after.grade <= before.grade
    assert after.deviation <= before.deviation
    assert better.ask.instalment == int(
        level_instalments(better.ask.amount, better.ask.annual_rate, better.ask.periods)[0]
    )


def test_how_hard_the_burden_is_tried_is_a_policy_and_old_inputs_replay_as_they_were() -> None:
    clean = case()
    hard = msgspec.structs.replace(clean, stress=Stress(4_000_000, 50_000_000))
    found, harder = ratios(clean).dti_stressed, ratios(hard).dti_stressed
    assert found is not None and harder is not None and found < harder
    kept = msgspec.json.decode(msgspec.json.encode(clean))
    del kept["stress"]
    assert msgspec.convert(kept, Inputs).stress == Stress(2_000_000, 20_000_000)
