"""The application: opened from the quote, people, answers, papers, what does not fit, what holds it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Q

from chedai.crm.customers.kinds import CustomerKind, RelationKind
from chedai.crm.customers.services import customer_register, relation_add
from chedai.deals.applications import precheck, rules
from chedai.deals.applications.collecting import facts_of
from chedai.deals.applications.models import Answer, Application, CheckItem, CheckStep, Difference, Flag, Party
from chedai.deals.applications.readiness import lacks_of
from chedai.deals.applications.rules import Line
from chedai.deals.applications.selectors import (
    answer_history,
    answers_in_force,
    answers_plain,
    differences_of,
    first_pass,
    flags_of,
    guaranteed_elsewhere,
    items_of,
    parties_of,
    statement_flow,
)
from chedai.deals.applications.services.answers import answers_confirm, answers_write, difference_acknowledge
from chedai.deals.applications.services.flags import flag_resolve, flags_look
from chedai.deals.applications.services.links import guest, link_make
from chedai.deals.applications.services.papers import check_accept, check_hand_in, check_return, papers_expire
from chedai.deals.applications.services.parties import party_add, party_remove
from chedai.deals.applications.services.proofs import BureauFigures, bureau_write, statement_write
from chedai.deals.applications.services.submitting import application_return, application_submit, lenders_choose
from chedai.deals.applications.states import Liability, Role, Source
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_read
from chedai.deals.pipeline.states import Mode
from chedai.platform import clock
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, Refusal, Refusals
from chedai.platform.files.models import Paper
from chedai.platform.policies.selectors import book_in_force
from tests.conftest import MOMENT
from tests.deals.applying import ANSWERS, TODAY, Case, opened, paper
from tests.deals.quoting import Desk, deal_for
from tests.house import build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


@pytest.fixture
def case(held_clock: object) -> Case:
    return opened(build())


def rows() -> list[object]:
    """Everything an application consists of."""
    tables = (Application, Party, Answer, CheckItem, CheckStep, Difference, Flag, Deal, Paper, AuditEntry)
    return [row for table in tables for row in table.objects.order_by("pk").values_list()]


def codes(refused: Refusals) -> list[str]:
    return [one.code for one in refused.refusals]


def item(case: Case, code: str) -> CheckItem:
    return next(one for one in items_of(case.application.pk) if one.code == code)


def another(case: Case, name: str, phone: str = "") -> Case:
    """One more deal of the officer's, for somebody else, with its own application."""
    return opened(case.house, place=Desk(case.house, deal_for(case.house, name, phone)))


# ---- opened from the quote ----------------------------------------------------------------------------------------


def test_it_opens_with_customer_plan_and_lender_of_the_accepted_quote(case: Case) -> None:
    application, deal = case.application, deal_read(case.deal.pk)
    assert (application.state, application.round, application.lenders) == ("filling", 1, ["jianghe"])
    assert (case.applicant.customer_id, case.applicant.role) == (deal.customer_id, "applicant")
    assert (deal.stage, deal.turn, deal.amount, deal.lender_code) == ("application", "officer", 10_000_000, "jianghe")
    assert [one.code for one in items_of(application.pk) if one.party is None] == ["purchase_contract", "down_payment"]


def test_what_the_customer_said_last_time_is_not_typed_again(case: Case) -> None:
    case.answer()
    with clock.frozen(MOMENT + timedelta(days=10)):
        second = Desk(case.house, case.deal)
        again = opened(case.house, place=Desk(second.house, _second_deal(case)))
        held = answers_in_force([again.applicant.pk])[again.applicant.pk]
    assert answers_plain(held) == {code: str(value) for code, value in ANSWERS.items()}
    assert {answer.as_of for answer in held.values()} == {TODAY}


def _second_deal(case: Case) -> Deal:
    from_first = case.deal
    fresh = deal_for(case.house, "占位", "13700000009")
    Deal.objects.filter(pk=fresh.pk).update(customer=from_first.customer)
    return deal_read(fresh.pk)


def test_a_spouse_on_the_record_comes_along(held_clock: object) -> None:
    house = build()
    first = opened(house)
    other = customer_register(
        kind=CustomerKind.PERSON, name="赵强", store_id=house.east.pk, owner_id=house.officer.pk, actor=first.officer
    )
    single = another(first, "钱梅")
    relation_add(customer_id=first.deal.customer_id, other_id=other.pk, kind=RelationKind.SPOUSE, actor=first.officer)
    assert [p.role for p in parties_of(single.application.pk)] == ["applicant"]
    second = opened(house, place=Desk(house, _second_deal(first)))
    people = [(p.role, p.liability, p.customer_id) for p in parties_of(second.application.pk)]
    assert people == [("applicant", "borrower", first.deal.customer_id), ("spouse", "aware", other.pk)]
    assert answers_plain(answers_in_force([second.applicant.pk])[second.applicant.pk]) == {"marital": "married"}
    assert "marriage_certificate" in [one.code for one in items_of(second.application.pk)]


# ---- people ---------------------------------------------------------------------------------------------------------


def guarantor(case: Case, amount: int | None = None, name: str = "孙国强") -> Party:
    customer = customer_register(
        kind=CustomerKind.PERSON,
        name=name,
        store_id=case.house.east.pk,
        owner_id=case.house.officer.pk,
        actor=case.officer,
    )
    return party_add(
        application_id=case.application.pk,
        customer_id=customer.pk,
        role=Role.GUARANTOR,
        liability=Liability.LIMITED_GUARANTEE if amount else Liability.JOINT_GUARANTEE,
        liability_amount=amount,
        actor=case.officer,
    )


def test_the_same_person_twice_is_refused_and_nothing_changes(case: Case) -> None:
    before = rows()
    with pytest.raises(Conflict) as refused:
        party_add(
            application_id=case.application.pk,
            customer_id=case.deal.customer_id,
            role=Role.GUARANTOR,
            liability=Liability.JOINT_GUARANTEE,
            actor=case.officer,
        )
    assert (refused.value.code, rows()) == ("party-twice", before)


@pytest.mark.parametrize(
    ("role", "liability", "amount", "code"),
    [
        (Role.GUARANTOR, Liability.JOINT, None, "party-liability"),
        (Role.CO_BORROWER, Liability.AWARE, None, "party-liability"),
        (Role.GUARANTOR, Liability.LIMITED_GUARANTEE, None, "party-liability-amount"),
        (Role.GUARANTOR, Liability.JOINT_GUARANTEE, 100, "party-liability-amount"),
    ],
)
def test_a_liability_goes_with_its_role(
    case: Case, role: Role, liability: Liability, amount: int | None, code: str
) -> None:
    other = another(case, "李军", "13912345678").deal.customer_id
    before = rows()
    with pytest.raises(Refusal) as refused:
        party_add(
            application_id=case.application.pk,
            customer_id=other,
            role=role,
            liability=liability,
            liability_amount=amount,
            actor=case.officer,
        )
    assert (refused.value.code, rows()) == (code, before)


def test_what_a_guarantor_guarantees_elsewhere_is_added_up(case: Case) -> None:
    party = guarantor(case, 3_000_000)
    assert guaranteed_elsewhere(party) == 0
    second = another(case, "李军", "13912345678")
    party_two = party_add(
        application_id=second.application.pk,
        customer_id=party.customer_id,
        role=Role.GUARANTOR,
        liability=Liability.JOINT_GUARANTEE,
        actor=case.officer,
    )
    assert guaranteed_elsewhere(party) == 10_000_000  # the whole of the other loan
    assert guaranteed_elsewhere(party_two) == 3_000_000  # the limit of this one
    facts = facts_of(case.application.pk)
    assert [p.guaranteed_elsewhere for p in facts.parties] == [0, 10_000_000]


def test_a_guarantor_brings_papers_and_takes_them_along(case: Case) -> None:
    party = guarantor(case)
    assert [i.code for i in items_of(case.application.pk) if i.party_id == party.pk] == [
        "id_card",
        "bureau_consent",
        "guarantee",
    ]
    party_remove(party_id=party.pk, reason="改由他人担保", actor=case.officer)
    assert [i.code for i in items_of(case.application.pk) if i.party_id == party.pk] == []
    with pytest.raises(Refusal) as refused:
        party_remove(party_id=case.applicant.pk, reason="错", actor=case.officer)
    assert refused.value.code == "party-applicant"


# ---- answers --------------------------------------------------------------------------------------------------------


def test_every_fault_is_told_at_its_field_and_nothing_is_kept(case: Case) -> None:
    before = rows()
    with pytest.raises(Refusals) as refused:
        answers_write(
            party_id=case.applicant.pk,
            values={"marital": "maybe", "residence_months": "五", "contact_phone": "123", "turnover": 5},
            actor=case.officer,
        )
    found = [(one.code, one.field) for one in refused.value.refusals]
    assert found == [
        ("answer-choice", "marital"),
        ("answer-number", "residence_months"),
        ("answer-phone", "contact_phone"),
        ("answer-not-asked", "turnover"),
    ]
    assert rows() == before


def test_answers_are_sealed_and_each_has_its_source_and_day(case: Case) -> None:
    case.answer()
    answer = Answer.objects.get(party=case.applicant, question="income_stated", superseded_at=None)
    assert (answer.value.in_full(), answer.source, answer.as_of) == ("1500000", "customer", TODAY)
    with connection.cursor() as cursor:
        cursor.execute("select value from deals_answer where question = 'employer'")
        (stored,) = cursor.fetchone()
    assert "云途".encode() not in bytes(stored)


def test_what_is_asked_follows_the_job(case: Case) -> None:
    with pytest.raises(Refusals) as refused:
        answers_write(party_id=case.applicant.pk, values={"job": "retired", "employer": "x"}, actor=case.officer)
    assert codes(refused.value) == ["answer-not-asked"]
    answers_write(party_id=case.applicant.pk, values={"job": "self_employed"}, actor=case.officer)
    assert "own_licence" in [one.code for one in items_of(case.application.pk)]
    answers_write(party_id=case.applicant.pk, values={"job": "salaried"}, reason="改为受薪", actor=case.officer)
    names = [one.code for one in items_of(case.application.pk)]
    assert ("own_licence" in names, "income_proof" in names) == (False, True)


def test_a_change_of_the_customers_own_entry_needs_a_reason_and_the_customers_word(case: Case) -> None:
    link, _ = link_make(party_id=case.applicant.pk, actor=case.officer)
    customer = guest(link)
    answers_write(party_id=case.applicant.pk, values=_without_staff(), actor=customer)
    before = rows()
    with pytest.raises(Refusal) as refused:
        answers_write(party_id=case.applicant.pk, values={"income_stated": 1_800_000}, actor=case.officer)
    assert (refused.value.code, rows()) == ("reason-missing", before)
    answers_write(
        party_id=case.applicant.pk,
        values={"income_stated": 1_800_000, "marital": "married"},
        source=Source.PAPER,
        reason="工资条为 18,000",
        actor=case.officer,
    )
    (difference,) = differences_of(case.application.pk)  # marital state is not watched
    assert (difference.own.value.in_full(), difference.later.value.in_full()) == ("1500000", "1800000")
    history = [a.value.in_full() for a in answer_history(case.applicant.pk, "income_stated")]
    assert history == ["1500000", "1800000"]
    with pytest.raises(Refusal) as refused:
        difference_acknowledge(difference_id=difference.pk, evidence=f"link:{link.pk}", actor=case.officer)
    assert refused.value.code == "difference-evidence"
    difference_acknowledge(difference_id=difference.pk, evidence=f"link:{link.pk}", actor=customer)
    difference.refresh_from_db()
    assert (difference.state, difference.evidence) == ("acknowledged", f"link:{link.pk}")
    answers_write(
        party_id=case.applicant.pk, values={"income_stated": 1_900_000}, reason="再次更正", actor=case.officer
    )
    newest = next(one for one in differences_of(case.application.pk) if one.state == "open")
    assert (newest.own.value.in_full(), newest.later.value.in_full()) == ("1800000", "1900000")
    answers_write(party_id=case.applicant.pk, values={"income_stated": 1_800_000}, reason="改回", actor=case.officer)
    newest.refresh_from_db()
    assert newest.state == "undone"


def _without_staff() -> dict[str, str | int]:
    return {code: value for code, value in ANSWERS.items() if code != "income_verified"}


def test_the_customer_may_not_verify_their_own_income(case: Case) -> None:
    link, _ = link_make(party_id=case.applicant.pk, actor=case.officer)
    with pytest.raises(Refusals) as refused:
        answers_write(party_id=case.applicant.pk, values={"income_verified": 1}, actor=guest(link))
    assert codes(refused.value) == ["answer-not-asked"]


# ---- papers ---------------------------------------------------------------------------------------------------------


def test_a_paper_goes_round_until_it_is_accepted(case: Case) -> None:
    one = item(case, "bank_statement")
    check_hand_in(item_id=one.pk, name="a.pdf", content=paper("one"), day=date(2026, 11, 1), actor=case.officer)
    check_hand_in(item_id=one.pk, name="b.pdf", content=paper("two"), actor=case.officer)
    with pytest.raises(Refusal) as refused:
        check_accept(item_id=one.pk, actor=case.officer)
    assert refused.value.code == "paper-own"
    with pytest.raises(Refusal) as refused:
        check_return(item_id=one.pk, reason=" ", actor=case.approver)
    assert refused.value.code == "reason-missing"
    check_return(item_id=one.pk, reason="缺第 3 页", actor=case.approver)
    check_hand_in(item_id=one.pk, name="c.pdf", content=paper("three"), actor=case.officer)
    check_accept(item_id=one.pk, actor=case.approver)
    done = item(case, "bank_statement")
    assert (done.state, done.round, done.expires_on) == ("accepted", 2, date(2026, 12, 1))
    assert [(step.state, step.round) for step in done.steps.order_by("pk")] == [
        ("handed_in", 1),
        ("handed_in", 1),
        ("returned", 1),
        ("handed_in", 2),
        ("accepted", 2),
    ]
    before = rows()
    with pytest.raises(Conflict):
        check_hand_in(item_id=one.pk, name="d.pdf", content=paper("four"), actor=case.officer)
    assert rows() == before


def test_the_first_pass_rate_counts_papers_accepted_at_once(case: Case) -> None:
    for code, returned in (("id_card", False), ("residence_proof", True), ("purchase_contract", False)):
        one = item(case, code)
        day = date(2030, 1, 1) if code == "id_card" else date(2026, 11, 1)
        check_hand_in(item_id=one.pk, name="x.pdf", content=paper(code), day=day, actor=case.officer)
        if returned:
            check_return(item_id=one.pk, reason="不清晰", actor=case.approver)
            check_hand_in(item_id=one.pk, name="y.pdf", content=paper(code + "2"), actor=case.officer)
        check_accept(item_id=one.pk, actor=case.approver)
    (rate,) = first_pass(TODAY, Q())
    assert (rate.officer_id, rate.accepted, rate.first, rate.rate) == (case.house.officer.pk, 3, 2, 66_666_666)


def test_a_paper_past_its_day_is_refused_and_one_that_ages_expires(case: Case) -> None:
    one = item(case, "bank_statement")
    before = rows()
    with pytest.raises(Refusal) as refused:
        check_hand_in(item_id=one.pk, name="a.pdf", content=paper("x"), day=date(2026, 10, 1), actor=case.officer)
    assert (refused.value.code, rows()) == ("paper-expired", before)
    check_hand_in(item_id=one.pk, name="a.pdf", content=paper("x"), day=date(2026, 11, 1), actor=case.officer)
    check_accept(item_id=one.pk, actor=case.approver)
    assert papers_expire(date(2026, 12, 1), case.approver) == 0
    assert papers_expire(date(2026, 12, 2), case.approver) == 1
    assert item(case, "bank_statement").state == "expired"


# ---- what does not fit ----------------------------------------------------------------------------------------------


def test_the_same_phone_address_employer_and_file_in_another_deal_are_flagged(case: Case) -> None:
    case.answer()
    other = another(case, "李军", "13912345678")
    other.answer(contact_phone="13812342107", employer="杭州云途 科技有限公司", home_address="浙江省宁波市海曙区 1 号")
    one, two = item(case, "purchase_contract"), item(other, "purchase_contract")
    for at, who in ((one, case), (two, other)):
        check_hand_in(item_id=at.pk, name="c.pdf", content=paper("same contract"), actor=who.officer)
    found = {(f.kind, f.question): f.others for f in flags_of(other.application.pk)}
    assert found == {
        ("same_phone", "contact_phone"): [case.deal.number],
        ("same_phone", "employer_phone"): [case.deal.number],
        ("same_employer", "employer"): [case.deal.number],
        ("same_file", "purchase_contract"): [case.deal.number],
    }
    assert {f.kind for f in flags_of(case.application.pk)} == {"same_employer", "same_phone"}
    flags_look(application_id=case.application.pk, actor=case.officer)  # the other contract came after the last look
    assert {f.kind for f in flags_of(case.application.pk)} == {"same_employer", "same_file", "same_phone"}


def test_ones_own_second_deal_is_no_finding(case: Case) -> None:
    case.complete()
    second = opened(case.house, place=Desk(case.house, _second_deal(case)))
    check_hand_in(
        item_id=item(second, "id_card").pk,
        name="id.pdf",
        content=paper(f"{case.deal.number} id_card {case.applicant.pk} 0"),
        actor=case.officer,
    )
    assert flags_of(second.application.pk) == []


def test_the_first_line_that_does_not_add_up_is_named_and_must_be_explained(case: Case) -> None:
    case.complete()
    lines = [
        Line(1, date(2026, 9, 1), 1_000_000, 0, 1_500_000, "工资"),
        Line(2, date(2026, 9, 15), 0, 200_000, 1_300_000),
        Line(3, date(2026, 10, 1), 1_000_000, 0, 2_400_000, "工资"),
        Line(4, date(2026, 10, 2), 0, 100_000, 2_300_000),
    ]
    assert rules.first_wrong_line(500_000, lines) == rules.WrongLine(3, 2_300_000, 2_400_000)
    statement = statement_write(
        party_id=case.applicant.pk,
        bank="江河银行",
        account="6222000011112222",
        opening=500_000,
        lines=lines,
        actor=case.officer,
    )
    assert statement.wrong_line == 3
    (flag,) = flags_of(case.application.pk)
    assert (flag.kind, flag.line) == ("statement", 3)
    before = rows()
    with pytest.raises(Refusals) as refused:
        case.submit()
    assert (codes(refused.value), rows()) == (["flag-statement"], before)
    assert refused.value.refusals[0].zh == "流水第 3 行余额不连续，须书面说明"
    with pytest.raises(Refusal) as short:
        flag_resolve(flag_id=flag.pk, resolution="没事", actor=case.officer)
    assert short.value.code == "resolution-missing"
    flag_resolve(flag_id=flag.pk, resolution="银行柜台更正，见盖章说明", actor=case.officer)
    assert case.submit().state == "submitted"
    assert [(m.month, m.money_in, m.money_out) for m in statement_flow(statement.pk)] == [
        ("2026-09", 1_000_000, 200_000),
        ("2026-10", 1_000_000, 100_000),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-09-01,1.00,0", "statement-columns"),
        ("2026-09-01,1.001,0,1", "statement-line"),
        ("2026-13-01,1,0,1", "statement-line"),
        ("2026-09-01,-1,0,1", "statement-line"),
    ],
)
def test_a_statement_that_cannot_be_read_names_its_line(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.statement_read("日期,收入,支出,余额,摘要\n2026-08-01,10.00,,10.00,工资\n" + text)
    assert (refused.value.code, "2" in refused.value.zh) == (code, True)


def test_a_statement_is_read_to_the_fen() -> None:
    found = rules.statement_read(
        '日期,收入,支出,余额,摘要\n2026/08/01,"1,234.50",,1234.5,工资\n\n2026-08-02,,0.05,1234.45\n'
    )
    assert found == [
        Line(1, date(2026, 8, 1), 123_450, 0, 123_450, "工资"),
        Line(2, date(2026, 8, 2), 0, 5, 123_445),
    ]


# ---- submitting -----------------------------------------------------------------------------------------------------


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


# ---- the bureau -----------------------------------------------------------------------------------------------------


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


# ---- facts and the pre-check ----------------------------------------------------------------------------------------


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
