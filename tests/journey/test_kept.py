"""A customer is deleted in every room, or held by law while a deal lives and for years after; never half."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from chedai.crm.customers.kinds import CustomerState
from chedai.crm.customers.models import Customer
from chedai.crm.reception.leads import lead_contact
from chedai.crm.reception.models import Lead, Need, Visit
from chedai.crm.reception.services import need_record, visit_register
from chedai.crm.reception.states import Channel, LeadState, Outcome, Purpose, Source
from chedai.deals.applications.models import Answer, BureauReport, Party, PhoneLink, Statement, StatementLine
from chedai.deals.applications.rules import Line
from chedai.deals.applications.services.links import link_make
from chedai.deals.applications.services.proofs import BureauFigures, bureau_write, statement_write
from chedai.deals.collateral.models import InsurancePolicy
from chedai.deals.collateral.services import policy_record
from chedai.deals.collateral.states import Cover
from chedai.deals.contracts.privacy import IDENTITY, SIGNED, deals_hold
from chedai.deals.pipeline.models import Deal, DealNote
from chedai.deals.pipeline.services import deal_lose, note_write
from chedai.deals.pipeline.states import DealState, LostReason
from chedai.deals.quotes.models import Quote, QuoteShare
from chedai.deals.quotes.sharing import quote_share
from chedai.deals.underwriting.models import Assessment, Rating, UnderwritingCase
from chedai.deals.underwriting.states import CaseKind
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.errors import Refusal
from chedai.platform.files import store
from chedai.platform.files.models import Paper
from chedai.platform.files.services import paper_hand_in
from chedai.platform.messages.models import Message
from chedai.platform.messages.services import message_send, template_write
from chedai.platform.messages.states import Category
from chedai.platform.privacy.models import Erasure
from chedai.platform.privacy.services import erasure_ask, erasure_carry_out, retention_run
from tests import cast
from tests.deals import applying, papering
from tests.house import House, build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

PHONE = "13812342107"
"""Of Wang Fang, whose deal it is."""


@pytest.fixture
def case() -> applying.Case:
    """A file with everything a customer leaves behind: said, handed in, shared, noted, typed at reception."""
    made = applying.opened(build()).complete()
    house, actor, deal = made.house, made.officer, made.deal
    party, days = made.applicant, timedelta(days=3)
    asked_on = clock.business_date()
    statement_write(
        party_id=party.pk,
        bank="江河银行",
        account="6222020200012345678",
        opening=0,
        lines=[Line(1, asked_on, 100, 0, 100, "工资 云途科技")],
        actor=actor,
    )
    figures = BureauFigures(open_loans=1, balance=0, monthly=0)
    bureau_write(party_id=party.pk, number="R-20261120", queried_on=asked_on, figures=figures, actor=actor)
    link_make(party_id=party.pk, actor=actor)
    quote = Quote.objects.get(deal=deal)
    quote_share(quote_id=quote.pk, staff_id=house.officer.pk, actor=actor)
    note_write(deal_id=deal.pk, staff_id=house.officer.pk, text="客户住文三路", pinned=False, actor=actor)
    of: dict[str, Any] = {"source": Source.WALK_IN, "interest": "海豚", "actor": actor, "staff_id": house.officer.pk}
    next_on = clock.business_date() + days
    visit_register(
        store_id=house.east.pk, name="王芳", phone=PHONE, purpose=Purpose.LOOK, next_contact_on=next_on, **of
    )
    contact: dict[str, Any] = {"channel": Channel.CALL, "outcome": Outcome.REACHED, "note": "在云途上班"}
    lead = Lead.objects.get()
    lead_contact(lead_id=lead.pk, staff_id=house.officer.pk, next_contact_on=next_on, actor=actor, **contact)
    need_record(
        customer_id=deal.customer_id,
        staff_id=house.officer.pk,
        interest="海豚",
        use="接孩子",
        budget=15_000_000,
        actor=actor,
    )
    identity = f"customer:{deal.customer_id}"
    rated = UnderwritingCase.objects.create(
        deal=deal,
        application=made.application.pk,
        round=9,
        kind=CaseKind.FULL,
        opened_at=clock.now(),
        due_at=clock.now(),
    )
    Rating.objects.create(
        case=rated, rater=house.officer.user, answers={"home": "own"}, points=1, questionnaire="q", rated_at=clock.now()
    )
    Assessment.objects.create(
        case=rated, inputs=b"{facts}", rules=b"[]", result=b"{}", digest="d", outcome="refer", made_at=clock.now()
    )
    policy_record(
        deal_id=deal.pk,
        cover=Cover.COMPULSORY,
        insurer="平安财险",
        number="PA-20261120",
        starts=asked_on,
        ends=asked_on + timedelta(days=364),
        actor=actor,
    )
    template_write(
        code="due",
        channel="email",
        language="zh",
        category=Category.SERVICE,
        title="还款提醒",
        body="{name}，请按时还款",
        actor=actor,
    )
    message_send(
        subject=identity,
        code="due",
        channel="email",
        language="zh",
        address="wang@example.com",
        values={"name": "王芳"},
        key="due-1",
        actor=actor,
    )
    paper_hand_in(subject=identity, purpose="consent", name="王芳.pdf", content=applying.paper("同意"), actor=actor)
    return made


def left(case: applying.Case) -> dict[str, int]:
    """How much there still is of the customer, room by room."""
    deal, lead, visit, need = case.deal, Lead.objects.get(), Visit.objects.get(), Need.objects.get()
    subjects = (f"deal:{deal.pk}", f"customer:{deal.customer_id}")
    contact, message = lead.contacts.get(), Message.objects.get()
    return {
        "lead": sum(map(bool, (lead.name, lead.phone, lead.phone_index, lead.interest, contact.note))),
        "visit": sum(map(bool, (visit.name, visit.phone, visit.phone_index, visit.interest))),
        "need": sum(map(bool, (need.interest, need.use, need.budget))),
        "quote links": QuoteShare.objects.count(),
        "answers": Answer.objects.count(),
        "statements": Statement.objects.count() + StatementLine.objects.count(),
        "reports": BureauReport.objects.count(),
        "links": PhoneLink.objects.count(),
        "notes": DealNote.objects.count(),
        "facts of decisions": sum(bool(bytes(one.inputs)) for one in Assessment.objects.all()),
        "ratings": sum(bool(one.answers) for one in Rating.objects.all()),
        "policy numbers": sum(bool(one.number) for one in InsurancePolicy.objects.all()),
        "messages": sum(map(bool, (message.address, message.title, message.body))),
        "papers": sum(bool(one.name) for one in Paper.objects.filter(subject__in=subjects)),
    }


def lost(deal: Deal) -> None:
    deal_lose(deal_id=deal.pk, reason=LostReason.OTHER, note="", actor=cast.acting(deal.officer))


def compliance(house: House, name: str = "zheng") -> Actor:
    return cast.acting(cast.person(name, "郑合", house.east, "compliance"))


def test_whose_deal_came_to_nothing_is_deleted_in_every_room(
    case: applying.Case, django_capture_on_commit_callbacks: Any
) -> None:
    before = left(case)
    assert min(before.values()) > 0, before
    subject = f"customer:{case.deal.customer_id}"
    papers = Paper.objects.filter(subject__in=(subject, f"deal:{case.deal.pk}"))
    addresses = list(papers.values_list("address", flat=True))
    assert all(store.get(address) for address in addresses)
    lost(case.deal)
    with django_capture_on_commit_callbacks(execute=True):
        made = erasure_ask(subject=subject, reason="本人申请", actor=compliance(case.house))
    assert (made.state, made.held_until) == ("erased", None)
    assert Message.objects.get().state == "failed"  # nothing goes out to who was deleted
    assert left(case) == dict.fromkeys(before, 0)
    for address in addresses:
        with pytest.raises(FileNotFoundError):
            store.get(address)
    customer, lead = Customer.objects.get(pk=case.deal.customer_id), Lead.objects.get()
    assert (customer.state, str(customer.name), customer.phone) == (CustomerState.ERASED, "", None)
    assert (lead.state, lead.source, lead.next_contact_on) == (LeadState.LOST, "walk_in", None)


def test_what_others_said_and_share_stays(case: applying.Case, django_capture_on_commit_callbacks: Any) -> None:
    other = applying.another(case, "李雷", "13700000008").complete()
    shared = applying.paper("同一张收入证明")
    for one in (case, other):
        paper_hand_in(
            subject=f"deal:{one.deal.pk}", purpose="check:x", name="证明.pdf", content=shared, actor=case.officer
        )
    kept = Paper.objects.get(subject=f"deal:{other.deal.pk}", purpose="check:x")
    lost(case.deal)
    with django_capture_on_commit_callbacks(execute=True):
        erasure_ask(subject=f"customer:{case.deal.customer_id}", actor=compliance(case.house))
    assert Answer.objects.filter(party__application=other.application).count() == len(applying.ANSWERS)
    assert Answer.objects.exclude(party__application=other.application).count() == 0
    assert (store.get(kept.address), kept.name.in_full()) == (shared, "证明.pdf")


@pytest.mark.parametrize("beside", [False, True])
def test_while_a_deal_is_open_its_people_are_held_and_nothing_is_deleted(case: applying.Case, beside: bool) -> None:
    customer_id = case.deal.customer_id
    if beside:  # the guarantor of somebody else's open deal; their own has come to nothing
        other = applying.another(case, "李雷", "13700000008")
        party = {"role": "guarantor", "liability": "joint_guarantee", "added_at": clock.now()}
        Party.objects.create(application=other.application, customer_id=customer_id, **party)
        lost(case.deal)
    before = left(case)
    made = erasure_ask(subject=f"customer:{customer_id}", actor=compliance(case.house))
    assert (made.state, made.held_until, made.hold) == ("restricted", date(2036, 11, 20), IDENTITY)
    assert left(case) == before
    assert Customer.objects.get(pk=customer_id).state == CustomerState.RESTRICTED
    with pytest.raises(Refusal) as refused:
        erasure_carry_out(erasure_id=made.pk, actor=compliance(case.house, "he"))
    assert refused.value.code == "erasure-held"
    assert left(case) == before


def test_a_funded_deal_is_held_ten_years_where_the_lender_is_bound_and_goes_on_while_it_lives() -> None:
    papered = papering.approved(own=False).signed()
    deal, actor = papered.deal, compliance(papered.house)
    Deal.objects.filter(pk=deal.pk).update(state=DealState.FUNDED)
    made = erasure_ask(subject=f"customer:{deal.customer_id}", actor=actor)
    assert (made.held_until, made.hold) == (date(2036, 11, 20), IDENTITY)
    assert retention_run(date(2036, 11, 21)) == 0
    made.refresh_from_db()
    assert (made.state, made.held_until) == ("restricted", date(2046, 11, 21))


def test_a_signed_deal_that_came_to_nothing_is_held_for_its_years_and_then_deleted_unasked() -> None:
    papered = papering.approved(own=False).signed()
    deal, actor = papered.deal, compliance(papered.house)
    Deal.objects.filter(pk=deal.pk).update(lender_code="")
    lost(deal)
    made = erasure_ask(subject=f"customer:{deal.customer_id}", actor=actor)
    assert (made.held_until, made.hold) == (date(2031, 11, 20), SIGNED)
    assert retention_run(date(2031, 11, 20)) == 0
    assert retention_run(date(2031, 11, 21)) == 1
    assert Erasure.objects.get().state == "erased"
    assert Paper.objects.filter(subject=f"deal:{deal.pk}").exclude(address="").count() == 0
    assert [str(one.holder) for one in deal.payees.all()] == [""]
    assert Customer.objects.get(pk=deal.customer_id).state == CustomerState.ERASED


def test_a_leap_day_is_followed_by_the_first_of_march(case: applying.Case) -> None:
    hold = deals_hold([case.deal.customer_id], date(2028, 2, 29))
    assert hold is not None and hold.until == date(2038, 3, 1)
