"""One customer's data goes through a whole deal, from the showroom to the money, and comes out nowhere it should not.

Name, telephone, card, account, address and employer are typed at reception, said on the phone and at the desk, handed
in, assessed, printed into the contract and paid to. Afterwards they are looked for in the log, the metrics, the audit
chain and every row of every table (payloads of jobs, deliveries of webhooks and frozen approvals are rows too), in the
addresses of every page of the deal, in pages that say no, and in what somebody without the right may read and export.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from django.http import HttpResponse
from django.test import Client
from python_calamine import CalamineWorkbook

from chedai.catalog.vehicles.selectors import vehicle_models
from chedai.catalog.vehicles.services import vehicle_register
from chedai.crm.customers.services import customer_change
from chedai.crm.reception.leads import lead_contact
from chedai.crm.reception.models import Lead
from chedai.crm.reception.services import visit_register
from chedai.crm.reception.states import Channel, Outcome, Purpose, Source
from chedai.deals.applications.rules import Line
from chedai.deals.applications.services.links import link_make
from chedai.deals.applications.services.proofs import statement_write
from chedai.deals.collateral.states import Cover
from chedai.deals.contracts.services.payees import PayeeTyped
from chedai.deals.contracts.states import PayeeRole
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.services import note_write
from chedai.deals.pipeline.states import Mode
from chedai.deals.quotes.models import Quote
from chedai.deals.quotes.sharing import quote_share
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.jobs import worker
from chedai.platform.privacy.services import consent_give
from chedai.platform.webhooks.services import endpoint_add
from tests import cast
from tests.deals.applying import Case, opened
from tests.deals.deciding import chair
from tests.deals.papering import VIN, Papering
from tests.deals.quoting import Desk, deal_for, desk
from tests.house import build
from tests.security.addresses import operations, screens
from tests.security.test_matrix import client_of
from tests.security.test_planted import ADDRESS, CARD, NAME, NUMBER, PHONE, PLANTED, clean, clean_everywhere, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]
__all__ = ["log"]

EMPLOYER: Final = "不可见科技有限公司"
CONTACT: Final = "13876543219"
EVERY: Final = (*PLANTED, EMPLOYER, CONTACT)
IN_ADDRESSES: Final = re.compile(r'(?:href|src|action|hx-[a-z]+|data-[a-z-]+)="([^"]*)"')
REFUSED: Final = (400, 403, 404, 405, 500)


@pytest.fixture
def whole(log: io.StringIO, settings: Any) -> Papering:
    """The deal of Ou Yang, paid out."""
    endpoint_add(url="https://hooks.example/x", events=["approval.closed"], actor=system("test"))
    house = build()
    desk(house)
    case = _met(Case(Desk(house, deal_for(house, NAME, PHONE)), Deal.objects.latest("pk")))
    made = chair(road=case, submit=False, employer=EMPLOYER, home_address=ADDRESS, contact_phone=CONTACT)
    _proved(case)
    case.submit()
    made.confirm(made.propose())
    worker.run_due()
    return _paid(case)


def _met(first: Case) -> Case:
    """Reception, the lead, who they are, the quote with its link."""
    house, actor, next_on = first.house, first.officer, clock.business_date() + timedelta(days=2)
    visit: dict[str, Any] = {
        "staff_id": house.officer.pk,
        "purpose": Purpose.FINANCE,
        "source": Source.WALK_IN,
        "interest": "海豚",
    }
    visit_register(store_id=house.east.pk, name=NAME, phone=PHONE, next_contact_on=next_on, actor=actor, **visit)
    lead_contact(
        lead_id=Lead.objects.get().pk,
        staff_id=house.officer.pk,
        channel=Channel.CALL,
        outcome=Outcome.REACHED,
        note=f"{NAME} 在{EMPLOYER}，{PHONE}",
        next_contact_on=next_on,
        actor=actor,
    )
    known = {"id_number": NUMBER, "address": ADDRESS, "bank_account": CARD}
    customer_change(customer_id=first.deal.customer_id, reason="登记资料", actor=actor, **known)
    case = opened(house, Mode.OWN_BOOK, place=first.desk)
    quote = Quote.objects.get(deal=case.deal)
    quote_share(quote_id=quote.pk, staff_id=house.officer.pk, actor=actor)
    note_write(
        deal_id=case.deal.pk,
        staff_id=house.officer.pk,
        text=f"{NAME}家住{ADDRESS}，在{EMPLOYER}",
        pinned=True,
        actor=actor,
    )
    _on_the_phone(case)
    return case


def _on_the_phone(case: Case) -> None:
    """What the customer opens and types behind the link."""
    _link, token = link_make(party_id=case.applicant.pk, actor=case.officer)
    for page in ("", "apply/home/", "apply/work/", "apply/money/", "papers/", "consents/", "statement/", "paper/"):
        assert Client().get(f"/m/{token}/{page}").status_code in (200, 302, 404)
    typed = {"home_address": ADDRESS, "employer": EMPLOYER, "contact_phone": CONTACT, "q": PHONE}
    for page in ("apply/home/", "apply/work/", "apply/money/", "apply/x/"):
        answer = Client().post(f"/m/{token}/{page}", typed)
        if answer.status_code in REFUSED:
            clean(answer.content.decode(), page)


def _proved(case: Case) -> None:
    """A statement with names in its lines, consent to follow the car."""
    party, today = case.applicant, clock.business_date()
    lines = [Line(1, today, 100, 0, 100, f"{EMPLOYER} 工资 {NAME}")]
    kept: dict[str, Any] = {"bank": "江河银行", "account": CARD, "opening": 0, "lines": lines}
    statement_write(party_id=party.pk, actor=case.officer, **kept)
    consent_give(
        subject=f"customer:{case.deal.customer_id}",
        purpose="location",
        wording="location-2026-11",
        evidence="link:1",
        actor=case.officer,
    )


def _paid(case: Case) -> Papering:
    """Signed, insured, mortgaged, and paid to an account in the customer's own name."""
    house = case.house
    model = vehicle_models().filter(kind="own_nev").first()
    assert model is not None
    car = vehicle_register(vin=VIN, model_code=model.code, invoice_price=12_500_000, actor=case.officer)
    finance, cashier = (cast.person(name, name, house.east, "finance") for name in ("fang", "qian"))
    case.deal.refresh_from_db()
    made = Papering(case.desk, case.deal, finance, cashier, car)
    made.read()
    made.pay_to(PayeeTyped(PayeeRole.DEALER, NAME, "江河银行城东支行", CARD, made.plan.principal))
    made.draft()
    made.sign()
    made.insure(Cover.COMPULSORY, insurer="平安财险")
    made.insure(Cover.COMMERCIAL)
    made.prove_down()
    made.finish_before_payout()
    made.request()
    made.release()
    worker.run_due()
    assert made.payout.state == "released"
    return made


def _pages(client: Client, deal: Deal) -> Iterator[tuple[str, HttpResponse]]:
    """Every page that names the deal."""
    for screen in screens():
        if "number" in screen.parameters:
            yield screen.name, client.get(screen.url({"number": deal.number, "kind": "statement"}))


def test_nothing_of_it_rests_in_the_open(whole: Papering, log: io.StringIO) -> None:
    officer = client_of(whole.house.officer)
    for name, page in _pages(officer, whole.deal):
        if page.get("Content-Type", "").startswith("text/html"):
            shown = page.content.decode()
            clean("\n".join(IN_ADDRESSES.findall(shown)), name, EVERY)
            for value in (PHONE, NUMBER, CARD):
                assert value not in shown, (name, value)
    clean_everywhere(log, EVERY)


def test_who_may_not_see_in_full_reads_and_exports_masks_only(whole: Papering, log: io.StringIO) -> None:
    """An auditor may open and export everything, and may see nobody in full."""
    auditor = client_of(cast.person("audits", "沈察", whole.house.east, "auditor", everywhere=True))
    opened_pages = exported = 0
    for name, page in _pages(auditor, whole.deal):
        if page.status_code == 200 and page.get("Content-Type", "").startswith("text/html"):
            opened_pages += 1
            for value in (PHONE, NUMBER, CARD, CONTACT):
                assert value not in page.content.decode(), (name, value)
    for screen in screens():
        if screen.parameters or screen.lock is None or screen.lock.permission is None:
            continue
        answer = auditor.post(screen.url({}), {"act": "export"})
        if "spreadsheet" in answer.get("Content-Type", ""):
            exported += 1
            book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
            clean(
                str([book.get_sheet_by_index(n).to_python() for n in range(len(book.sheet_names))]), screen.name, EVERY
            )
    assert (opened_pages > 5, exported > 5) == (True, True)
    clean_everywhere(log, EVERY)


def test_pages_of_the_deal_that_say_no_say_nothing_of_what_was_typed(whole: Papering, log: io.StringIO) -> None:
    fields = ("text", "reason", "name", "holder", "account", "employer", "home_address", "number", "bank", "words")
    typed = dict(zip(fields, EVERY * 2, strict=False))
    officer, reception = (
        client_of(one) for one in (whole.house.officer, cast.person("recep", "前台", whole.house.east, "reception"))
    )
    refused = 0
    for screen in screens():
        if "number" not in screen.parameters:
            continue
        url = screen.url({"number": whole.deal.number, "kind": PHONE})
        for client in (officer, reception, Client()):
            answer = client.post(f"{url}?q={PHONE}", typed)
            assert answer.status_code != 500, screen.name
            if answer.status_code in REFUSED:
                refused += 1
                clean(answer.content.decode(), screen.name, EVERY)
    for operation in operations():
        if "number" in operation.names and operation.method != "get":
            answer = Client().generic("POST", operation.url({"number": PHONE}), str(typed))
            clean(answer.content.decode(), operation.path, EVERY)
    assert refused > len(typed)
    clean_everywhere(log, EVERY)
