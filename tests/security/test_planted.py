"""Planted personal data goes in through every opening and comes out of none that was not made for it.

One person's name, number, card, telephone and address are typed into forms, searches, addresses, files, bodies and
headers, and stick in exceptions. Afterwards they are looked for in the log, the pages of errors, the metrics, the audit
chain, the payloads of jobs, and in every row of every table.
"""

from __future__ import annotations

import io
import json
import logging.config
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.models import Customer
from chedai.crm.customers.services import customer_change, customer_merge, customer_register
from chedai.org.models import Staff
from chedai.org.permissions import table
from chedai.platform.accounts.tokens import token_make
from chedai.platform.actors import system
from chedai.platform.audit.models import AuditEntry
from chedai.platform.audit.selectors import reasons
from chedai.platform.clock import now
from chedai.platform.errors import Refusal
from chedai.platform.files.services import paper_hand_in
from chedai.platform.jobs import handlers as job_handlers
from chedai.platform.jobs import worker
from chedai.platform.jobs.handlers import Handler, Payload, Progress, Result
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.services import job_ask
from chedai.platform.messages.services import message_send, template_write
from chedai.platform.messages.states import Category
from chedai.platform.operations import logs, metrics
from chedai.platform.privacy.services import personal_reveal
from chedai.web.jobs import lists
from tests import cast
from tests.security.addresses import screens

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

NAME: Final = "欧阳不可见"
PHONE: Final = "13987654321"
NUMBER: Final = "11010119900307109X"
CARD: Final = "6222021234567890128"
ADDRESS: Final = "天府路八十八号不可见"
PLANTED: Final = (NAME, PHONE, NUMBER, CARD, ADDRESS)
ALL: Final = " ".join(PLANTED)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that would be on standard error in production, at the most talkative level."""
    written = io.StringIO()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", written)
        logging.config.dictConfig(logs.configuration("DEBUG"))
        yield written
    logging.config.dictConfig(settings.LOGGING)


@pytest.fixture
def inside() -> Client:
    """Somebody who may do everything, so that what is typed gets as far as it can."""
    staff = cast.person("all", "总管", cast.store(), *table().roles, everywhere=True)
    client = Client(raise_request_exception=False)
    client.force_login(staff.user)
    return client


def clean(text: str, where: str, planted: tuple[str, ...] = PLANTED) -> None:
    escaped = json.dumps(text)  # what JSON has escaped is found as well
    for value in planted:
        for form in (value, json.dumps(value)[1:-1], value.encode().hex()):
            assert form not in text and form not in escaped, (where, value)


def clean_everywhere(log: io.StringIO, planted: tuple[str, ...] = PLANTED) -> None:
    """The log, the metrics, and every row of every table as it lies in the database."""
    clean(log.getvalue(), "log", planted)
    clean(metrics.page().decode(), "metrics", planted)
    for entry in AuditEntry.objects.all():
        clean(bytes(entry.body).decode(), "chain", planted)
    for model in apps.get_models():
        name = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {name}")
            for row in cursor.fetchall():
                told = [
                    bytes(v).decode("utf-8", "replace") if isinstance(v, (bytes, memoryview)) else str(v) for v in row
                ]
                clean(" ".join(told), model._meta.label, planted)


def test_typed_into_every_form_search_and_address(inside: Client, log: io.StringIO) -> None:
    fields = ("q", "name", "username", "login", "email", "phone", "id_number", "reason", "url", "title", "body", "next")
    typed = dict(zip(fields, PLANTED * 3, strict=False)) | {"password": CARD, "code": PHONE}
    for screen in screens():
        url = screen.url(dict.fromkeys(screen.parameters, PHONE))
        for answer in (inside.get(url, typed), inside.post(f"{url}?q={NAME}", typed)):
            # A form gives back to the typist what they typed; a page that says no does not.
            if answer.status_code in (400, 403, 404, 405, 500):
                clean(answer.content.decode(), screen.name)
        assert Client().get(url, typed).status_code != 500, screen.name
    clean_everywhere(log)


@pytest.mark.parametrize("path", [f"/{NAME}/{PHONE}/", f"/customers/{NUMBER}/?q={CARD}", f"/api/v1/{NAME}/{PHONE}"])
def test_typed_as_an_address_that_does_not_exist(path: str, inside: Client, log: io.StringIO) -> None:
    for client in (inside, Client(), Client(headers={"HX-Request": "true"})):
        clean(client.get(path).content.decode(), path)
    clean_everywhere(log)


def test_a_form_from_elsewhere_and_a_host_that_is_not_ours(log: io.StringIO) -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    refused = strict.post(f"/accounts/login/?next=/{NAME}", {"login": PHONE, "password": CARD})
    assert refused.status_code == 403
    clean(refused.content.decode(), "csrf")
    wrong = Client().get("/", headers={"Host": f"{PHONE}.example", "Referer": f"https://x.example/{CARD}"})
    assert wrong.status_code == 400
    clean(wrong.content.decode(), "host")
    assert "request refused" in log.getvalue()
    clean_everywhere(log)


def test_wrong_sign_ins(log: io.StringIO) -> None:
    for login in PLANTED:
        Client().post("/accounts/login/", {"login": login, "password": NUMBER})
    clean_everywhere(log)


def test_sent_to_the_interface(log: io.StringIO) -> None:
    staff = cast.person("api", "接口", cast.store(), *table().roles, everywhere=True)
    scopes, expires_at = tuple(table().permissions), now() + timedelta(days=1)
    made = token_make(user_id=staff.user_id, name="t", scopes=scopes, expires_at=expires_at, actor=system("test"))
    client = Client(headers={"Authorization": f"Bearer {made.secret}"}, raise_request_exception=False)
    bodies: list[Any] = [ALL, dict.fromkeys(("url", "events", "opinion", "verdict", "digest", "is_active"), ALL)]
    for number, body in enumerate((*bodies, {"url": f"http://{PHONE}.example/{NAME}", "events": [NAME]})):
        for method, path in (("post", "/webhooks"), ("put", "/webhooks/1"), ("post", "/approvals/1/decisions")):
            headers = {"Idempotency-Key": f"planted-{number}"}
            answer: HttpResponse = getattr(client, method)(
                f"/api/v1{path}?q={PHONE}", json.dumps(body), content_type="application/json", headers=headers
            )
            assert 400 <= answer.status_code < 500
            clean(answer.content.decode(), path)
    client.get("/api/v1/staff", {"cursor": CARD, "limit": NAME})
    Client(headers={"Authorization": f"Bearer {CARD}"}).get("/api/v1/me")
    assert made.secret not in log.getvalue()
    clean_everywhere(log)


def test_stuck_in_an_exception(inside: Client, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(request: object) -> None:
        raise ValueError(f"could not read {ALL}") from KeyError(ALL)

    monkeypatch.setattr(lists.JOBS.__class__, "rows", property(lambda spec: fails), raising=False)
    answer = inside.get(reverse("jobs"), {"q": PHONE})
    assert answer.status_code == 500
    clean(answer.content.decode(), "page")
    assert '"exception": "ValueError"' in log.getvalue()
    clean_everywhere(log)


def test_stuck_in_a_job(log: io.StringIO) -> None:
    def fails(payload: Payload, progress: Progress) -> Result:
        raise RuntimeError(ALL)

    before = job_handlers.handlers()
    job_handlers.install({**before, "planted": Handler(fails, tries=1)})
    try:
        job_ask(kind="planted", payload={"customer": 1}, actor=system("test"), key="planted")
        worker.run_due()
    finally:
        job_handlers.install(before)
    assert Job.objects.get(kind="planted").fault == "RuntimeError"
    clean_everywhere(log)


def test_given_as_what_it_is(log: io.StringIO) -> None:
    """A customer, a message and a paper hold the data for good: sealed."""
    house = cast.store()
    staff = cast.person("lin", "林晓", house, "officer")
    actor, of = cast.acting(staff), {"store_id": house.pk, "owner_id": staff.pk}
    one = customer_register(kind=CustomerKind.PERSON, name=NAME, phone=PHONE, id_number=NUMBER, actor=actor, **of)
    two = customer_register(kind=CustomerKind.PERSON, name=NAME, phone=PHONE, actor=actor, **of)
    moved = f"{NAME}本人搬到{ADDRESS}"  # words no rule can tell from others: kept sealed beside the chain
    customer_change(customer_id=one.pk, reason=moved, actor=actor, address=ADDRESS, bank_account=CARD)
    customer_merge(keep_id=one.pk, gone_id=two.pk, reason=moved, actor=actor)
    revealed = personal_reveal(subject=f"customer:{one.pk}", field="phone", value=one.phone, reason=moved, actor=actor)
    assert list(reasons(AuditEntry.objects.values_list("seq", flat=True)).values()) == [moved] * 4
    assert revealed == PHONE
    template_write(
        code="hi",
        channel="email",
        language="zh-hans",
        category=Category.SERVICE,
        title="您好",
        body="{name}",
        actor=actor,
    )
    message_send(
        subject=f"customer:{one.pk}",
        code="hi",
        channel="email",
        address=ADDRESS,
        values={"name": NAME},
        key="m",
        actor=actor,
    )
    png = b"\x89PNG\r\n\x1a\n" + ALL.encode()
    paper_hand_in(subject=f"customer:{one.pk}", purpose="id", name="idcard.png", content=png, actor=actor)
    worker.run_due()
    clean_everywhere(log)


@pytest.mark.parametrize("value", [PHONE, NUMBER, CARD, "ou.yang@example.com"])
def test_a_reason_that_quotes_a_number_is_refused_because_the_chain_is_for_ever(value: str) -> None:
    house = cast.store()
    staff = cast.person("lin", "林晓", house, "officer")
    actor = cast.acting(staff)
    one = customer_register(kind=CustomerKind.PERSON, name=NAME, store_id=house.pk, owner_id=staff.pk, actor=actor)
    with pytest.raises(Refusal) as refused:
        customer_change(customer_id=one.pk, reason=f"客户来电 {value}", actor=actor, address=ADDRESS)
    assert (refused.value.code, refused.value.field) == ("reason-personal", "reason")


def test_typed_into_the_screens_of_customers(log: io.StringIO) -> None:
    """Everything an officer types about somebody: sealed in the tables, masked on every page, nowhere else."""
    house = cast.store()
    client = Client(raise_request_exception=False)
    client.force_login(cast.person("lin", "林晓", house, "officer", "compliance", "manager").user)
    assert client.post("/drafts/customer.new/", {"name": NAME, "phone": PHONE, "id_number": NUMBER}).status_code == 200
    clean_everywhere(log)
    found = "/customers/known/", "/customers/find/"
    for typed in ({"of": "phone", "phone": PHONE}, {"of": "id_number", "id_number": NUMBER}, {"q": NAME}, {"q": PHONE}):
        for address in found:
            clean(client.post(address, typed).content.decode(), address)
    new = {"kind": "person", "name": NAME, "id_number": NUMBER, "phone": PHONE}
    owner = {"store": str(house.pk), "owner": str(Staff.objects.get().pk)}
    page = client.post("/customers/new/", new | owner)["Location"]
    twin = client.post("/customers/new/", new | owner | {"id_number": ""})["Location"]
    change = {"reason": "补录", "address": ADDRESS, "bank_account": CARD, "phone": "13900139001"}
    assert client.post(f"{page}change/", change).status_code == 302
    png = SimpleUploadedFile(f"{NAME}.png", b"\x89PNG\r\n\x1a\n" + ALL.encode())
    consent = {"purpose": "marketing", "wording": "W-1", "file": png}
    assert client.post(f"{page}consents/new/", consent).status_code == 302
    reveal = f"/privacy/reveal{page.replace('customers', 'customer')}bank_account/"
    assert CARD in client.post(reveal, {"reason": "核对账号"}).content.decode()
    for typed in ({"q": PHONE}, {"q": NAME}, {"q": NUMBER}):
        for address in found:
            clean(client.post(address, typed).content.decode(), address)
    merge = f"{page}merge/?other={twin.rstrip('/').rpartition('/')[2]}"
    for address in (page, "/customers/", f"{page}change/", f"{page}timeline/", f"{page}relations/new/", merge, reveal):
        clean(client.get(address).content.decode(), address)
    assert client.post(merge, {"reason": "重复建档", "sure": "on"}).status_code == 302
    clean(client.get(page).content.decode(), page)
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.post("/customers/", {"act": "export"}).content))
    clean(str(book.get_sheet_by_index(0).to_python()), "workbook")
    clean_everywhere(log)
    number = page.rstrip("/").rpartition("/")[2]
    asked = {"reason": "本人书面申请", "sure": "on"}
    assert client.post(f"/privacy/erase/customer/{number}/", asked).status_code == 302
    clean_everywhere(log)


def test_sent_to_the_interface_about_customers(log: io.StringIO) -> None:
    house = cast.store()
    staff = cast.person("lin", "林晓", house, "officer", "manager")
    scopes, expires_at = tuple(table().permissions), now() + timedelta(days=1)
    made = token_make(user_id=staff.user_id, name="t", scopes=scopes, expires_at=expires_at, actor=system("test"))
    client = Client(headers={"Authorization": f"Bearer {made.secret}"}, raise_request_exception=False)

    def send(method: str, path: str, body: Any, key: str, **headers: str) -> HttpResponse:
        answer: HttpResponse = getattr(client, method)(
            f"/api/v1/customers{path}",
            json.dumps(body),
            content_type="application/json",
            headers={"Idempotency-Key": key} | headers,
        )
        if "/reveals" not in path:
            clean(answer.content.decode(), path)
        return answer

    person = {"kind": "person", "name": NAME, "id_number": NUMBER, "phone": PHONE}
    assert send("post", "", person | {"store": NAME}, "planted-0").status_code == 422
    assert send("post", "", person | {"kind": PHONE}, "planted-1").status_code == 422
    assert send("post", "", person, "planted-2").status_code == 201
    assert send("post", "", person, "planted-3").status_code == 409
    assert send("post", "/known", {"phone": PHONE, "id_number": NUMBER}, "planted-4").status_code == 200
    number = Customer.objects.get().pk
    version = client.get(f"/api/v1/customers/{number}")["ETag"]
    change = {"reason": "补录", "address": ADDRESS, "bank_account": CARD}
    assert send("patch", f"/{number}", change, "planted-5", **{"If-Match": version}).status_code == 200
    revealed = send("post", f"/{number}/reveals", {"field": "address", "reason": "寄送合同"}, "planted-6")
    assert ADDRESS in revealed.content.decode()
    clean(client.get("/api/v1/customers").content.decode(), "list")
    clean_everywhere(log)
