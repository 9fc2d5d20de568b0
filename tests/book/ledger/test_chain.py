"""The journal cannot be rewritten unnoticed: the database refuses, and reading it over says where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from chedai.book.ledger.models import APPEND_ONLY, AccountDay, AccountMonth, JournalEntry, JournalHead, Posting
from chedai.book.ledger.verify import ledger_verify
from chedai.platform.audit import triggers
from tests.book.ledger.test_journal import payout, post, repayment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


@pytest.fixture
def twelve() -> None:
    post(payout("2026-10-20"), payout("2026-10-20", 2))
    for number in range(1, 6):
        post(repayment(f"2026-11-{number:02}"), repayment(f"2026-11-{number:02}", 2))


@pytest.fixture
def protected() -> Iterator[None]:
    with connection.schema_editor() as editor:
        for table in APPEND_ONLY:
            triggers.protect(editor, table)
    yield
    with connection.schema_editor() as editor:
        for table in APPEND_ONLY:
            triggers.release(editor, table)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("twelve", "protected")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE book_posting SET amount = 1",
        "DELETE FROM book_posting",
        "UPDATE book_journal_entry SET day = value_on",
        "DELETE FROM book_journal_entry",
    ],
)
def test_the_database_refuses_to_rewrite_the_journal(sql: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert ledger_verify().sound


@pytest.mark.usefixtures("twelve")
def test_an_untouched_journal_is_sound() -> None:
    report = ledger_verify()
    assert (report.size, report.sound, report.head) == (12, True, bytes(JournalHead.objects.get().link))
    out = StringIO()
    call_command("ledger", "verify", stdout=out)
    assert out.getvalue() == "12 entries: sound / 完好\n"


def edit_body() -> None:
    body = bytes(JournalEntry.objects.get(seq=7).body).replace(b"270000", b"270001")
    JournalEntry.objects.filter(seq=7).update(body=body)


def spoil_body() -> None:
    JournalEntry.objects.filter(seq=7).update(body=b"\xff")


def edit_copy() -> None:
    JournalEntry.objects.filter(seq=7).update(subject="loan:3")


def edit_posting() -> None:
    Posting.objects.filter(entry=7, credit="1301").update(amount=270_001)


def move_posting() -> None:
    Posting.objects.filter(entry=7, credit="1301").update(day="2026-11-04")


def delete() -> None:
    Posting.objects.filter(entry=7).delete()
    JournalEntry.objects.filter(seq=7).delete()


def cut_tail() -> None:
    Posting.objects.filter(entry__gt=10).delete()
    JournalEntry.objects.filter(seq__gt=10).delete()


def cut_tail_and_head() -> None:
    cut_tail()
    JournalHead.objects.update(size=10, link=JournalEntry.objects.get(seq=10).link)


def edit_day() -> None:
    AccountDay.objects.filter(account="1301", day="2026-11-03").update(credit=1)


def edit_month() -> None:
    AccountMonth.objects.filter(account="1002", month="2026-10-01").delete()


@pytest.mark.usefixtures("twelve")
@pytest.mark.parametrize(
    ("tamper", "where"),
    [
        (edit_body, "entry 7 was edited (or the one before it, together with its link)"),
        (spoil_body, "entry 7 was edited (or the one before it, together with its link)"),
        (edit_copy, "entry 7 is not what its bytes say"),
        (edit_posting, "entry 7 is not what its bytes say"),
        (move_posting, "a posting of entry 7 has another day"),
        (delete, "entries 7 to 7 were deleted"),
        (cut_tail, "the log was cut after entry 10; there were 12"),
        (cut_tail_and_head, "entry 12 is not the one the audit log saw"),
        (edit_day, "the total of 1301 on 2026-11-03 is not that of its postings"),
        (edit_month, "the total of 1002 on 2026-10-01 is not that of its postings"),
    ],
)
def test_tamper_drill(tamper: Callable[[], None], where: str) -> None:
    tamper()
    assert ledger_verify().findings[0][1] == where
    with pytest.raises(CommandError, match="findings in"):
        call_command("ledger", "verify", stdout=StringIO())
