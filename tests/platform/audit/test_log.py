"""The log in the database: written with the change, refused to be rewritten, and found out when it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from chedai.platform.actors import Actor, ActorKind, system
from chedai.platform.audit import selectors, services, triggers
from chedai.platform.audit.entries import reason_digest
from chedai.platform.audit.models import AuditCheckpoint, AuditEntry, AuditHead, AuditReason
from chedai.platform.audit.verify import Fault
from chedai.platform.work import record, service, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

OFFICER = Actor(ActorKind.PERSON, 17, "林晓")
SEED = bytes(range(32))


@service
def thing_do(*, number: int, actor: Actor, fail: bool = False) -> None:
    record(actor=actor, action="thing.done", subject=f"thing:{number}", facts={"number": number}, reason="到店")
    if fail:
        raise ValueError("refused")


def test_an_entry_says_who_did_what_to_which_thing() -> None:
    thing_do(number=5, actor=OFFICER)
    entry = AuditEntry.objects.get()
    kept = AuditReason.objects.get()
    digest = reason_digest("到店", bytes(kept.salt))
    assert json.loads(bytes(entry.body)) == {
        "seq": 1,
        "at": "2026-11-20T02:00:00.000000+00:00",
        "date": "2026-11-20",
        "actor": "person:17",
        "action": "thing.done",
        "subject": "thing:5",
        "facts": {"number": 5},
        "reason": digest,
    }
    assert (entry.actor, entry.action, entry.subject) == ("person:17", "thing.done", "thing:5")
    assert [e.seq for e in selectors.entries_of("thing:5")] == [1]
    assert selectors.reasons([1]) == {1: "到店"}


def test_a_reason_lies_sealed_beside_the_chain_and_two_alike_have_two_digests() -> None:
    for number in (5, 6):
        thing_do(number=number, actor=OFFICER)
    first, second = AuditEntry.objects.order_by("seq")
    assert json.loads(bytes(first.body))["reason"] != json.loads(bytes(second.body))["reason"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, salt FROM platform_audit_reason")
        lying = b" ".join(bytes(part) for row in cursor.fetchall() for part in row)
    assert "到店".encode() not in lying


def test_reasons_are_taken_away_and_the_log_stays_sound() -> None:
    for number in (5, 6):
        thing_do(number=number, actor=OFFICER)
    services.log_seal(SEED)
    assert services.reasons_forget("thing:5") == 1
    assert selectors.reasons([1, 2]) == {2: "到店"}
    assert services.log_verify().findings == ()


def test_a_reason_that_was_rewritten_is_found() -> None:
    for number in (5, 6):
        thing_do(number=number, actor=OFFICER)
    kept = AuditReason.objects.get(seq=2)
    kept.text = "路过"
    kept.save()
    assert [(f.fault, f.first, f.last) for f in services.log_verify().findings] == [(Fault.EDITED, 2, 2)]


def test_a_change_that_failed_left_no_entry() -> None:
    with pytest.raises(ValueError, match="refused"):
        thing_do(number=5, actor=OFFICER, fail=True)
    assert selectors.head()[0] == AuditEntry.objects.count() == 0


def test_services_called_inside_a_piece_of_work_join_it() -> None:
    with pytest.raises(ValueError, match="refused"), work():
        thing_do(number=1, actor=OFFICER)
        thing_do(number=2, actor=system("scheduler"), fail=True)
    assert AuditEntry.objects.count() == 0
    with work():
        thing_do(number=1, actor=OFFICER)
        thing_do(number=2, actor=system("scheduler"))
    assert list(AuditEntry.objects.order_by("seq").values_list("actor", flat=True)) == ["person:17", "system:scheduler"]


def test_work_that_records_nothing_leaves_the_head_alone() -> None:
    with work():
        pass
    assert not AuditHead.objects.exists()


@pytest.fixture
def twenty() -> None:
    for number in range(1, 21):
        thing_do(number=number, actor=OFFICER)


@pytest.fixture
def protected() -> Iterator[None]:
    tables = ("platform_audit_entry", "platform_audit_checkpoint")
    with connection.schema_editor() as editor:
        for table in tables:
            triggers.protect(editor, table)
    yield
    with connection.schema_editor() as editor:
        for table in tables:
            triggers.release(editor, table)


@pytest.mark.usefixtures("twenty", "protected")
@pytest.mark.parametrize("sql", ["UPDATE platform_audit_entry SET actor = 'x'", "DELETE FROM platform_audit_entry"])
def test_the_database_refuses_to_rewrite_the_log(sql: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert services.log_verify().sound
    assert AuditEntry.objects.count() == 20


@pytest.mark.usefixtures("twenty")
def test_an_untouched_log_is_sound_and_sealed_once() -> None:
    checkpoint = services.log_seal(SEED)
    assert checkpoint is not None
    assert (checkpoint.size, checkpoint.is_signed()) == (20, True)
    assert services.log_seal(SEED) is None
    assert services.log_verify().sound


def test_an_empty_log_needs_no_seal() -> None:
    assert services.log_seal(SEED) is None


def edit_body() -> None:
    body = bytes(AuditEntry.objects.get(seq=7).body).replace(b"done", b"gone")
    AuditEntry.objects.filter(seq=7).update(body=body)


def edit_copy() -> None:
    AuditEntry.objects.filter(seq=7).update(actor="person:18")


def spoil_body() -> None:
    AuditEntry.objects.filter(seq=7).update(body=b"\xff")


def delete() -> None:
    AuditEntry.objects.filter(seq__in=(7, 8)).delete()


def insert() -> None:
    entry = AuditEntry.objects.get(seq=7)
    entry.seq = 21
    entry.save(force_insert=True)


def swap() -> None:
    first, second = AuditEntry.objects.get(seq=7), AuditEntry.objects.get(seq=9)
    AuditEntry.objects.filter(seq=7).update(body=second.body, link=second.link)
    AuditEntry.objects.filter(seq=9).update(body=first.body, link=first.link)


def cut_tail() -> None:
    AuditEntry.objects.filter(seq__gt=15).delete()


def cut_tail_and_head() -> None:
    cut_tail()
    AuditHead.objects.update(size=15, link=AuditEntry.objects.get(seq=15).link)


@pytest.mark.usefixtures("twenty")
@pytest.mark.parametrize(
    ("tamper", "fault", "first", "last"),
    [
        (edit_body, Fault.EDITED, 7, 7),
        (edit_copy, Fault.EDITED, 7, 7),
        (spoil_body, Fault.EDITED, 7, 7),
        (delete, Fault.DELETED, 7, 8),
        (insert, Fault.MOVED, 21, 7),
        (swap, Fault.MOVED, 7, 9),
        (cut_tail, Fault.CUT, 15, 20),
        (cut_tail_and_head, Fault.CUT, 15, 20),
    ],
)
def test_tamper_drill(tamper: Callable[[], None], fault: Fault, first: int, last: int) -> None:
    services.log_seal(SEED)
    tamper()
    findings = [(f.fault, f.first, f.last) for f in services.log_verify().findings]
    assert (fault, first, last) in findings
    assert findings[0] == (fault, first, last)


@pytest.mark.usefixtures("twenty")
def test_whoever_removes_the_checkpoints_too_is_found_out_by_one_kept_outside() -> None:
    anchor = services.log_seal(SEED)
    assert anchor is not None
    cut_tail_and_head()
    AuditCheckpoint.objects.all().delete()
    assert services.log_verify().sound
    assert [(f.fault, f.first, f.last) for f in services.log_verify([anchor]).findings] == [(Fault.CUT, 15, 20)]
