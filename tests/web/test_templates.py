"""Texts of messages: a change is a new version, shown before it is kept; and what a customer refuses is not sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.test import Client

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.org.models import Staff
from chedai.platform.messages.models import Message, OptOut, Template
from chedai.platform.messages.services import message_send
from chedai.platform.messages.states import Category, State
from tests import cast
from tests.house import House

Browse = Callable[[Staff], Client]
TEXT = {"code": "due.soon", "channel": "email", "language": "zh-hans", "category": "reminder", "title": "还款提醒"}


@pytest.fixture
def writer(house: House, browse: Browse) -> Iterator[Client]:
    yield browse(cast.person("han", "韩冰", house.east, "compliance", everywhere=True))


def sent(client: Client, address: str, status: int = 302, **fields: str) -> str:
    answer = client.post(address, {"form_key": str(uuid4()), **fields})
    assert answer.status_code == status
    return answer.content.decode()


def test_a_text_is_written_and_changed_as_a_new_version(writer: Client) -> None:
    sent(writer, "/messages/templates/new/", **TEXT, body="{name}，{date} 应还 {amount}。")
    first = Template.objects.get()
    sent(writer, f"/messages/templates/{first.pk}/", category="reminder", title="提醒", body="{name}，请还 {amount}。")
    assert list(Template.objects.order_by("version").values_list("version", "title")) == [(1, "还款提醒"), (2, "提醒")]
    listed = writer.get("/messages/templates/").content.decode()
    assert listed.count("due.soon") == 1
    assert "提醒" in listed


def test_the_preview_fills_in_samples_and_says_what_is_wrong(writer: Client) -> None:
    shown = writer.post("/messages/templates/preview/", {"title": "", "body": "{name} 应还 {amount}，{code}"})
    assert "王女士 应还 3,036.76 元，〔code〕" in shown.content.decode()
    wrong = writer.post("/messages/templates/preview/", {"body": "{name"})
    assert "花括号不成对" in wrong.content.decode()


@pytest.mark.parametrize("body", ["{name", "{a.b}", " "])
def test_a_text_that_could_not_be_sent_is_not_kept(writer: Client, body: str) -> None:
    sent(writer, "/messages/templates/new/", 422, **TEXT, body=body)
    assert Template.objects.count() == 0


def test_nobody_else_writes_texts(house: House, browse: Browse) -> None:
    for address in ("/messages/templates/", "/messages/templates/new/"):
        assert browse(house.officer).get(address).status_code == 403


def test_what_a_customer_refuses_is_not_sent_until_they_want_it_again(
    house: House, browse: Browse, writer: Client
) -> None:
    actor = cast.acting(house.officer)
    customer = customer_register(
        kind=CustomerKind.PERSON, name="王建国", store_id=house.east.pk, owner_id=house.officer.pk, actor=actor
    )
    sent(writer, "/messages/templates/new/", **TEXT, body="请还款")
    client, subject = browse(house.officer), f"customer:{customer.pk}"

    def send(key: str) -> str:
        given = {"subject": subject, "code": "due.soon", "channel": "email", "address": "a@example.com"}
        return message_send(**given, values={}, key=key, actor=actor).state

    client.post(f"/customers/{customer.pk}/messages/{Category.REMINDER}/")
    assert send("one") == State.OPTED_OUT
    assert "恢复接收" in client.get(f"/customers/{customer.pk}/").content.decode()
    client.post(f"/customers/{customer.pk}/messages/{Category.REMINDER}/")
    assert send("two") == State.WAITING
    assert client.post(f"/customers/{customer.pk}/messages/service/").status_code == 404
    assert browse(house.colleague).post(f"/customers/{customer.pk}/messages/reminder/").status_code in (403, 404)
    assert (OptOut.objects.count(), Message.objects.count()) == (0, 2)
