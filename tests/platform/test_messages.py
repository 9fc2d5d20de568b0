"""Messages: written from a version, sent once, not to who opted out, through a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.jobs import handlers, worker
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.states import State as JobState
from chedai.platform.messages import rules, services
from chedai.platform.messages.channels import channels
from chedai.platform.messages.models import Message, Template
from chedai.platform.messages.states import Category, State
from tests.conftest import MOMENT
from tests.support import smtp
from tests.support.postgres import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock", "post_office")]

HOUSE = system("test")


@pytest.fixture
def post_office() -> Iterator[None]:
    before = handlers.handlers()
    handlers.install(services.HANDLERS)
    channels.cache_clear()
    yield
    handlers.install(before)
    channels.cache_clear()


def write(category: Category = Category.REMINDER, **other: Any) -> Template:
    given = {"code": "due", "channel": "email", "language": "zh-hans", "title": "还款提醒", **other}
    body = given.pop("body", "{name},您 {day} 应还 {amount} 元。")
    return services.template_write(category=category, body=body, actor=HOUSE, **given)


def send(key: str = "due-5-2026-11", **other: Any) -> Message:
    values = {"name": "王女士", "day": "11-25", "amount": "3,036.76"}
    given = {"code": "due", "channel": "email", "address": "wang@example.com", "values": values, **other}
    return services.message_send(subject="customer:5", key=key, actor=HOUSE, **given)


def test_a_message_arrives_at_a_real_mail_server_once(tmp_path: Path, settings: Any) -> None:
    write()
    with smtp.server(tmp_path / "mail") as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        settings.DEFAULT_FROM_EMAIL = "车贷 <desk@shop.example>"
        assert send().pk == send().pk
        assert worker.run_due() == 1
        (mail,) = mailbox.mails()
    assert (mail["To"], mail["Subject"], mail["Message-ID"]) == (
        "wang@example.com",
        "还款提醒",
        "<due-5-2026-11@shop.example>",
    )
    assert mail.get_content().strip() == "王女士,您 11-25 应还 3,036.76 元。"
    assert (Message.objects.get().state, Message.objects.get().sent_at) == (State.SENT, MOMENT)


def test_a_mail_server_that_is_away_is_tried_again(tmp_path: Path, settings: Any) -> None:
    write()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    send()
    worker.run_due()
    job = Job.objects.get()
    assert (job.state, job.fault) == (JobState.WAITING, "ConnectionRefusedError")
    assert Message.objects.get().state == State.WAITING
    with smtp.server(tmp_path / "mail") as mailbox, clock.frozen(MOMENT + timedelta(minutes=1)):
        settings.EMAIL_PORT = mailbox.port
        worker.run_due()
        assert len(mailbox.mails()) == 1


def test_a_reminder_that_could_not_go_in_the_evening_waits_for_the_morning() -> None:
    """Asked for at 21:50, the worker gets to it at 22:10; what belongs to a service goes out whenever it is asked."""
    write(channel="console")
    write(Category.SERVICE, code="signed", channel="console")
    evening = datetime(2026, 11, 20, 13, 50, tzinfo=UTC)
    with clock.frozen(evening):
        send(channel="console")
        send("signed-5", code="signed", channel="console")
    with clock.frozen(evening + timedelta(minutes=20)):
        worker.run_due()
        worker.run_due()
    states = dict(Message.objects.values_list("template__category", "state"))
    assert states == {"reminder": State.WAITING, "service": State.SENT}
    with clock.frozen(evening + timedelta(hours=10, minutes=9)):
        assert worker.run_due() == 0
    with clock.frozen(evening + timedelta(hours=10, minutes=10)):  # eight in the morning
        assert worker.run_due() == 1
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}


def test_who_opted_out_gets_nothing_of_the_category_but_what_belongs_to_the_service() -> None:
    write()
    write(Category.SERVICE, code="signed")
    services.opt_out(subject="customer:5", category=Category.REMINDER, actor=HOUSE)
    services.opt_out(subject="customer:5", category=Category.REMINDER, actor=HOUSE)
    assert send().state == State.OPTED_OUT
    assert not Job.objects.exists()
    assert send("signed-5", code="signed").state == State.WAITING
    assert AuditEntry.objects.filter(action="message.opted_out").count() == 1


def test_neither_address_nor_words_lie_open_in_database_queue_or_log() -> None:
    write()
    send()
    kept = [Job.objects.get().payload, *(bytes(b) for b in AuditEntry.objects.values_list("body", flat=True))]
    assert "wang@example.com" not in repr(kept)
    assert "王女士" not in repr(kept)
    assert str(Message.objects.get().body) == "****"


def test_a_change_makes_a_new_version_and_messages_keep_theirs() -> None:
    old = write()
    message = send()
    new = write(body="{name}:{day} 应还 {amount}")
    assert (old.version, new.version, message.template_id) == (1, 2, old.pk)
    assert send("later").template_id == new.pk


def test_without_an_english_text_the_chinese_one_is_sent() -> None:
    write()
    assert send(language="en").template.language == "zh-hans"
    english = write(language="en", body="{name}: {amount} due {day}")
    assert send("second", language="en").template_id == english.pk
    with pytest.raises(NotFound):
        send("third", code="unknown")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{name", "template-braces"),
        ("{name.__class__}", "template-name"),
        ("{0}", "template-name"),
        ("{name!r}", "template-name"),
        ("  ", "template-empty"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_when_it_is_written(body: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        write(body=body)
    assert (refusal.value.code, refusal.value.field) == (code, "body")
    assert not Template.objects.exists()


def test_a_short_message_is_short() -> None:
    with pytest.raises(Refusal) as refusal:
        write(channel="sms", body="长" * 501)
    assert refusal.value.zh == "最多 500 字"


def test_a_value_that_is_missing_is_named_and_nothing_is_sent() -> None:
    write()
    with pytest.raises(Refusal) as refusal:
        send(values={"name": "王女士"})
    assert refusal.value.zh == "缺少内容：amount, day"
    assert not Message.objects.exists()
    assert rules.fill("余额 {{元}}", {}) == "余额 {元}"


def test_a_channel_nobody_installed_is_seen_by_people() -> None:
    write(channel="pigeon")
    send(channel="pigeon")
    worker.run_due()
    assert (Job.objects.get().state, Message.objects.get().state) == (JobState.DEAD, State.FAILED)


def test_a_message_already_sent_is_not_sent_again_by_a_second_run() -> None:
    write(channel="console")
    message = send(channel="console")
    Message.objects.update(state=State.SENT)
    worker.run_due()
    assert (Job.objects.get().state, message.key) == (JobState.DONE, "due-5-2026-11")


def test_the_demonstration_shows_messages_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    write(channel="console")
    send(channel="console", address="13800138000")
    worker.run_due()
    assert "王女士,您 11-25 应还 3,036.76 元。" in capsys.readouterr().out
