"""The application: opened from the quote, its people, their answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from chedai.crm.customers.kinds import CustomerKind, RelationKind
from chedai.crm.customers.services import customer_register, relation_add
from chedai.deals.applications.collecting import facts_of
from chedai.deals.applications.models import Answer, Party
from chedai.deals.applications.selectors import (
    answers_before,
    answers_in_force,
    answers_plain,
    differences_of,
    guaranteed_elsewhere,
    items_of,
    parties_of,
)
from chedai.deals.applications.services.answers import answers_write, difference_acknowledge
from chedai.deals.applications.services.links import guest, link_make
from chedai.deals.applications.services.parties import party_add, party_remove
from chedai.deals.applications.states import Liability, Role, Source
from chedai.deals.pipeline.selectors import deal_read
from chedai.platform import clock
from chedai.platform.errors import Conflict, Refusal, Refusals
from tests.conftest import MOMENT
from tests.deals.applying import ANSWERS, TODAY, Case, another, asked_for, codes, opened, rows, second_deal
from tests.deals.quoting import Desk, shelf
from tests.house import build
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, asked_for),
    pytest.mark.usefixtures("held_clock"),
]


@pytest.fixture
def case(held_clock: object) -> Case:
    return given(asked_for)


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
        again = opened(case.house, place=Desk(second.house, second_deal(case)))
        held = answers_in_force([again.applicant.pk])[again.applicant.pk]
    assert answers_plain(held) == {code: str(value) for code, value in ANSWERS.items()}
    assert {answer.as_of for answer in held.values()} == {TODAY}


@begins_with(shelf)
def test_a_spouse_on_the_record_comes_along(held_clock: object) -> None:
    house = build()
    first = opened(house)
    other = customer_register(
        kind=CustomerKind.PERSON, name="赵强", store_id=house.east.pk, owner_id=house.officer.pk, actor=first.officer
    )
    single = another(first, "钱梅")
    relation_add(customer_id=first.deal.customer_id, other_id=other.pk, kind=RelationKind.SPOUSE, actor=first.officer)
    assert [p.role for p in parties_of(single.application.pk)] == ["applicant"]
    second = opened(house, place=Desk(house, second_deal(first)))
    people = [(p.role, p.liability, p.customer_id) for p in parties_of(second.application.pk)]
    assert people == [("applicant", "borrower", first.deal.customer_id), ("spouse", "aware", other.pk)]
    assert answers_plain(answers_in_force([second.applicant.pk])[second.applicant.pk]) == {"marital": "married"}
    assert "marriage_certificate" in [one.code for one in items_of(second.application.pk)]


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
    verified = Answer.objects.get(party=case.applicant, question="income_verified", superseded_at=None)
    assert verified.source == "staff"  # what staff work out of papers is never the customer's word
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
    before = answers_before(case.applicant.pk)
    assert {code: [old.value.in_full() for old in olds] for code, olds in before.items()} == {
        "income_stated": ["1500000"],
        "marital": ["single"],
    }
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
