"""The book on somebody's day: steps of playbooks, reviews, claims and limitations; a step is done by who owns it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from chedai.book.collection.models import CollectionCase
from chedai.book.collection.services.legal import claim_open
from chedai.book.loans.models import Loan
from chedai.book.risk.indicators import Measured
from chedai.book.risk.limits import Watched
from chedai.book.risk.models import Alert, PlaybookStep
from chedai.book.risk.scanning import alerts_open, risk_scan
from chedai.catalog.models import Lender, Product
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.work import work
from tests import cast
from tests.book.collection import book
from tests.book.collection.book import CLOSE, MORNING, TODAY, Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Iterator[Desk]:
    with clock.frozen(MORNING):
        yield book.desk()


def day_of(staff: Staff) -> str:
    return str(client_of(staff).get("/").content.decode())


def client_of(staff: Staff) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(staff.user)
    return client


def test_the_step_of_a_playbook_comes_to_the_officer_of_the_loan_and_nobody_else_does_it(desk: Desk) -> None:
    other = cast.person("zhou", "周敏", desk.store, "officer")
    loan = book.late_loan(desk)
    Loan.objects.filter(pk=loan.pk).update(officer=other)  # the officer who joined first is not whose loan it is
    begin(loan)
    step = PlaybookStep.objects.get(run__playbook="insurance")
    assert step.owner_id == other.pk
    assert "预案第 1 步" in day_of(other) and "预案第 1 步" not in day_of(desk.officer)
    page, client = f"/risk/steps/{step.pk}/", client_of(other)
    shown = client.get(page).content.decode()
    assert "联系客户续保" in shown and loan.number in shown
    assert client.get("/risk/").status_code == 403  # the rest of what is watched stays shut
    assert client_of(desk.officer).post(page, {"note": "我来"}).status_code == 404
    assert client_of(desk.collector).post(page, {"note": "我来"}).status_code == 403
    assert client.post(page, {"note": ""}).status_code == 422
    assert client.post(page, {"note": "已续保"}).status_code == 302
    step.refresh_from_db()
    assert (step.note, step.done_by_id, step.run.state) == ("已续保", other.user_id, "done")
    assert "预案第 1 步" not in day_of(other)


def test_an_alert_about_a_product_names_it_as_people_do(desk: Desk) -> None:
    lender = Lender.objects.create(code="own", name="同舟", kind="small_loan", registered_at=MORNING)
    Product.objects.create(lender=lender, code="ev-36", name="新能源专享", name_en="EV plan", registered_at=MORNING)
    facts = {"value": 7_142_857, "limit": 4_000_000, "policy": "p/v1", "opened_on": TODAY, "opened_at": MORNING}
    alert = Alert.objects.create(
        indicator="first_payment_default", subject="product:ev-36", evidence={"loans": 14}, **facts
    )
    auditor = client_of(cast.person("ji", "季明", desk.store, "auditor", everywhere=True))
    for address in ("/risk/", f"/risk/alerts/{alert.pk}/"):
        shown = auditor.get(address).content.decode()
        assert "新能源专享" in shown and "ev-36" not in shown and "7.14%" in shown


def begin(loan: Loan) -> None:
    """An alert on this very loan, with its playbook."""
    found = Measured(f"loan:{loan.pk}", 3, 1, {"numbers": [loan.number]}, loan.store_id)
    watched = Watched("insurance_lapsing", "loan", 0, 1, "insurance", "early_warning.indicators/v1")
    with work():
        alerts_open(watched, (), {found.subject: found}, TODAY, CLOSE)


def test_who_watches_is_told_of_reviews_and_who_collects_of_claims_and_limitations(desk: Desk) -> None:
    loan = book.late_loan(desk, days=3 * 365 - 60, bucket="M7+", missed=30)
    risk_scan(day=TODAY - timedelta(31), actor=CLOSE)
    case = book.planned(loan)
    CollectionCase.objects.filter(pk=case.pk).update(collector=desk.collector)
    shown = day_of(desk.collector)
    assert "诉讼时效还有 61 天" in shown
    claim = claim_open(
        case_id=case.pk, amount=100, owner_id=desk.collector.pk, note="律师函", actor=cast.acting(desk.manager)
    )
    type(claim).objects.filter(pk=claim.pk).update(next_deadline=TODAY + timedelta(2))
    shown = day_of(desk.collector)
    assert "诉讼下一步期限" in shown and "诉讼时效还有" not in shown  # the demand interrupted it
    assert "1 笔关注贷款" in day_of(desk.manager) and "关注贷款" not in shown
