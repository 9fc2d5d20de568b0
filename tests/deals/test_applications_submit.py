"""What holds an application back, what a decision reads of it, the pre-check."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chedai.deals.applications import precheck
from chedai.deals.applications.collecting import facts_of
from chedai.deals.applications.readiness import lacks_of
from chedai.deals.applications.services.answers import answers_confirm
from chedai.deals.applications.services.proofs import BureauFigures, bureau_write
from chedai.deals.applications.services.submitting import application_return, application_submit, lenders_choose
from chedai.deals.pipeline.selectors import deal_read
from chedai.deals.pipeline.states import Mode
from chedai.platform import clock
from chedai.platform.errors import Conflict, Refusal, Refusals
from chedai.platform.policies.selectors import book_in_force
from tests.conftest import MOMENT
from tests.deals.applying import TODAY, Case, asked_for, item, opened, rows
from tests.deals.quoting import Desk, deal_for, shelf
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, asked_for),
    pytest.mark.usefixtures("held_clock"),
]


@pytest.fixture
def case(held_clock: object) -> Case:
    return given(asked_for)


def test_everything_that_is_missing_is_named_at_once_and_nothing_changes(case: Case) -> None:
    before = rows()
    with pytest.raises(Refusals) as refused:
        case.submit()
    found = {one.field: one.zh for one in refused.value.refusals}
    party, contract = case.applicant.pk, item(case, "purchase_contract").pk
    assert found[f"{party}.marital"] == "王*：缺少婚姻状况"
    assert found[f"item.{contract}"] == "缺少购车合同"
    assert found[f"{party}.share_lender"] == "王*：缺少授权：向贷款机构提供资料"
    assert rows() == before


def test_a_complete_file_goes_on_to_the_lenders_or_to_the_house(case: Case) -> None:
    application = case.complete().submit()
    deal = deal_read(case.deal.pk)
    assert (application.state, deal.stage, deal.turn) == ("submitted", "decision", "officer")
    own = opened(case.house, Mode.OWN_BOOK, Desk(case.house, deal_for(case.house, "周洋", "13600001111")))
    own.complete(
        home_address="浙江省宁波市海曙区 9 号",
        employer_phone="057487654321",
        contact_phone="13500002222",
        employer="宁波港务有限公司",
    ).submit()
    deal = deal_read(own.deal.pk)
    assert (deal.stage, deal.turn) == ("decision", "approver")


def test_required_answers_follow_the_lenders(case: Case) -> None:
    case.complete(employer_phone="", contact_name="")
    missing = {one.field for one in lacks_of(case.application, TODAY)}
    party = case.applicant.pk
    assert missing == {f"{party}.employer_phone", f"{party}.contact_name"}
    with pytest.raises(Refusal) as refused:
        lenders_choose(application_id=case.application.pk, codes=["haiyue"], actor=case.officer)
    assert refused.value.code == "lenders-unknown"


def test_figures_age_and_are_confirmed(case: Case) -> None:
    case.complete()
    later = MOMENT + timedelta(days=91)
    with clock.frozen(MOMENT + timedelta(days=90)):
        assert [one.code for one in lacks_of(case.application, clock.business_date())] == []
    with clock.frozen(later):
        stale = [one for one in lacks_of(case.application, clock.business_date()) if one.code == "answer-stale"]
        assert len(stale) == 4
        assert facts_of(case.application.pk).applicant.income_verified is not None
        assert facts_of(case.application.pk).applicant.income_verified.stale
        fresh = ["income_stated", "income_verified", "debt_monthly", "debt_balance"]
        answers_confirm(party_id=case.applicant.pk, codes=fresh, actor=case.officer)
        assert [one.code for one in lacks_of(case.application, clock.business_date())] == []


def test_a_submitted_file_is_not_written_in_and_comes_back_as_the_next_round(case: Case) -> None:
    case.complete().submit()
    before = rows()
    with pytest.raises(Conflict):
        case.answer(income_stated=9)
    with pytest.raises(Conflict):
        case.submit()
    assert rows() == before
    with pytest.raises(Refusal):
        application_return(application_id=case.application.pk, reason=" ", actor=case.approver)
    application_return(application_id=case.application.pk, reason="收入证明不清晰", actor=case.approver)
    application, deal = case.application, deal_read(case.deal.pk)
    assert (application.state, application.round, application.return_reason) == ("returned", 2, "收入证明不清晰")
    assert (deal.stage, deal.turn) == ("application", "officer")
    assert application_submit(application_id=application.pk, actor=case.officer).round == 2


def test_no_report_without_consent_nor_from_before_it(case: Case) -> None:
    figures = BureauFigures(open_loans=2, balance=5_000_000, monthly=200_000, worst_run=1, overdue_months=2)
    before = rows()
    with pytest.raises(Refusal) as refused:
        bureau_write(party_id=case.applicant.pk, number="R1", queried_on=TODAY, figures=figures, actor=case.officer)
    assert (refused.value.code, rows()) == ("consent-missing", before)
    case.agree()
    with pytest.raises(Refusal) as refused:
        bureau_write(
            party_id=case.applicant.pk, number="R1", queried_on=date(2026, 11, 19), figures=figures, actor=case.officer
        )
    assert refused.value.code == "bureau-before-consent"
    bureau_write(party_id=case.applicant.pk, number="R1", queried_on=TODAY, figures=figures, actor=case.officer)
    bureau = facts_of(case.application.pk).applicant.bureau
    assert bureau is not None
    assert (bureau.balance, bureau.worst_run, bureau.stale) == (5_000_000, 1, False)
    with clock.frozen(MOMENT + timedelta(days=31)):
        assert [one.code for one in lacks_of(case.application, clock.business_date())][-1:] != []
        aged = facts_of(case.application.pk).applicant.bureau
        assert aged is not None and aged.stale


def test_facts_hold_every_figure_with_source_and_day(case: Case) -> None:
    case.complete()
    facts = facts_of(case.application.pk)
    she = facts.applicant
    assert (facts.deal_number, facts.mode, facts.round, facts.papers_missing) == (
        case.deal.number,
        "dealer_desk",
        1,
        (),
    )
    assert (she.born, she.id_region, she.residence_region) == (date(1990, 3, 7), "33", "33")
    assert she.income_verified is not None
    assert (she.income_verified.amount, she.income_verified.as_of) == (1_400_000, TODAY)
    assert (she.job, she.job_months, she.bureau) == ("salaried", 36, None)


def test_the_pre_check_counts_age_at_maturity_and_names_rule_and_version() -> None:
    book = book_in_force()
    young = precheck.Ticked(born=date(1961, 11, 21), months=12, job_months=6, worst_run=2, overdue_months=6)
    answer = precheck.precheck(young, book, TODAY)
    assert {check.code: check.passed for check in answer.checks} == {
        "age": True,
        "age-at-maturity": True,  # 64 today, 65 on the day after
        "run": True,
        "sum": False,
        "tenure": True,
    }
    assert not answer.go
    older = precheck.precheck(precheck.Ticked(born=date(1961, 11, 20), months=24), book, TODAY)
    failed = [(c.code, c.zh, c.rule.partition("@")[0]) for c in older.checks if not c.passed]
    assert failed == [("age-at-maturity", "到期年龄 67，上限 65", "eligibility.age_plus_term_max/2024")]


def test_the_pre_check_weighs_instalments_against_income() -> None:
    base = precheck.Ticked(born=date(1990, 1, 1), months=36, income=1_000_000, debts=50_000, instalment=500_000)
    answer = precheck.precheck(base, book_in_force(), TODAY)
    assert [(c.code, c.zh, c.passed) for c in answer.checks if c.code in ("dti", "pti")] == [
        ("dti", "债务月供占收入 55.0%，上限 55%", True),
        ("pti", "车贷月供占收入 50.0%，上限 50%", True),
    ]
