"""What collection knows of a person goes when they are deleted; what was counted stays."""

from __future__ import annotations

import pytest

from chedai.book.collection.models import Contact, DebtorNumber, FieldVisit, VisitReport
from chedai.book.collection.privacy import collection_erase
from chedai.book.collection.services.dialling import contact_begin, contact_result
from chedai.book.collection.services.visits import Report, visit_plan, visit_report
from chedai.platform import clock
from chedai.platform.files.models import Paper
from tests.book.collection import book
from tests.book.collection.book import MORNING, TODAY
from tests.browser.customers import PNG
from tests.cast import acting

pytestmark = pytest.mark.django_db


def test_numbers_notes_places_and_photos_of_a_debtor_are_deleted_and_those_of_another_stay() -> None:
    with clock.frozen(MORNING):
        desk = book.desk()
        actor = acting(desk.collector)
        gone, stays = (book.planned(book.late_loan(desk, n)) for n in (1, 2))
        for case in (gone, stays):
            book.contact_number(case, f"1360001550{case.pk}")
            made = contact_begin(case_id=case.pk, number_id=book.own_number(case).pk, actor=actor)
            contact_result(contact_id=made.pk, result="hardship", note="妻子住院", actor=actor)
            two = {"lead_id": desk.collector.pk, "second_id": desk.colleague.pk}
            visit = visit_plan(case_id=case.pk, planned_on=TODAY, actor=actor, **two)
            facts = {"latitude": 30, "longitude": 120, "accuracy": 9, "result": "not_home", "statement": "邻居说搬走了"}
            report = Report(client_id=f"r{case.pk}", visited_at=MORNING, photos=[("a.png", PNG)], **facts)  # type: ignore[arg-type]
            visit_report(visit_id=visit.pk, report=report, actor=actor)
        collection_erase([gone.customer_id])
    left = DebtorNumber.objects.filter(customer=gone.customer)
    assert [(one.name.in_full(), one.phone.in_full(), one.phone_index) for one in left] == [("", "", None)] * 2
    assert set(Contact.objects.filter(case=gone).values_list("note", flat=True)) == {None}
    assert FieldVisit.objects.get(case=gone).address is None
    told = VisitReport.objects.get(visit__case=gone)
    assert (told.place.in_full(), told.statement.in_full(), told.result) == ("", "", "not_home")
    assert Contact.objects.filter(case=gone, effective=True).count() == 1
    visit_of = {case.pk: FieldVisit.objects.get(case=case).pk for case in (gone, stays)}
    assert not Paper.objects.get(subject=f"visit:{visit_of[gone.pk]}").address
    assert Paper.objects.get(subject=f"visit:{visit_of[stays.pk]}").address
    assert book.own_number(stays).phone.in_full() == "13800130002"
    assert VisitReport.objects.get(visit__case=stays).statement.in_full() == "邻居说搬走了"
