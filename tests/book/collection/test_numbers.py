"""The numbers on file of many debtors at once: their own, who answers for them, whom they named; each once."""

from __future__ import annotations

import pytest

from chedai.book.collection.models import DebtorNumber
from chedai.book.collection.services.numbers import numbers_prepare
from chedai.crm.customers.models import Customer
from chedai.deals.applications.models import Answer, Application, Party
from chedai.deals.pipeline.services import deal_open
from chedai.deals.pipeline.states import Mode
from chedai.platform import clock
from chedai.platform.privacy.fields import candidates
from chedai.platform.privacy.kinds import Kind
from chedai.platform.work import work
from tests.book.collection import book
from tests.book.collection.book import MORNING, TODAY, Desk
from tests.cast import acting

pytestmark = pytest.mark.django_db


def person(desk: Desk, name: str, phone: str) -> Customer:
    whose = {"store": desk.store, "owner": desk.officer, "registered_at": MORNING}
    return Customer.objects.create(kind="person", name=name, phone=phone, **whose)


def party(application: Application, customer: Customer, role: str, liability: str) -> Party:
    told = {"role": role, "liability": liability, "added_at": MORNING}
    return Party.objects.create(application=application, customer=customer, **told)


def application(desk: Desk, borrower: Customer, **answers: str) -> Application:
    deal = deal_open(
        customer_id=borrower.pk,
        store_id=desk.store.pk,
        mode=Mode.OWN_BOOK,
        officer_id=desk.officer.pk,
        vehicle="海豚",
        actor=acting(desk.officer),
    )
    made = Application.objects.create(deal=deal, quote_id=1, opened_at=MORNING)
    own = party(made, borrower, "applicant", "borrower")
    for question, value in answers.items():
        Answer.objects.create(
            party=own,
            question=question,
            value=value,
            source="customer",
            as_of=TODAY,
            written_by="person:1",
            written_at=MORNING,
        )
    return made


def test_every_debtor_gets_the_numbers_on_file_of_his_own_people_only() -> None:
    with clock.frozen(MORNING):
        desk = book.desk()
        chen, wang = person(desk, "陈建", "138 0013 0001"), person(desk, "王芳", "13800130002")
        none, spouse = person(desk, "无号", ""), person(desk, "陈妻", "13800130003")
        named = {"contact_name": "陈母", "contact_relation": "母亲", "contact_phone": "13800130004"}
        first = application(desk, chen, **named)
        party(first, spouse, "spouse", "joint")
        party(first, wang, "guarantor", "joint_guarantee")
        party(first, person(desk, "知情", "13800130005"), "co_borrower", "aware")
        application(desk, wang, contact_phone="13800130002")  # her own: known once
        with work():
            assert numbers_prepare([chen.pk, wang.pk, none.pk], TODAY) == 5
            assert numbers_prepare([chen.pk, wang.pk, none.pk], TODAY) == 0
    rows = DebtorNumber.objects.order_by("pk")
    told = [(n.customer_id, n.whom, n.relation, n.name.in_full(), n.phone.in_full(), n.consent_source) for n in rows]
    assert told == [
        (chen.pk, "debtor", "", "陈建", "13800130001", ""),
        (chen.pk, "guarantor", "spouse", "陈妻", "13800130003", ""),
        (chen.pk, "guarantor", "guarantor", "王芳", "13800130002", ""),
        (chen.pk, "contact", "母亲", "陈母", "13800130004", "application"),
        (wang.pk, "debtor", "", "王芳", "13800130002", ""),
    ]
    assert {one.source for one in rows if one.whom != "debtor"} == {"application"}
    assert rows.filter(phone_index__in=candidates(Kind.PHONE, "13800130002")).count() == 2
    assert {one.added_on for one in rows} == {TODAY}
