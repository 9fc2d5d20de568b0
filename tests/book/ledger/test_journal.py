"""Posting: numbered and chained at the close, counted, refused whole; balances and statements on any day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from chedai.book.ledger.balances import account_balance, statement, trial_balance
from chedai.book.ledger.chart import AccountKind
from chedai.book.ledger.closing import accrual_post, billed, provision_post
from chedai.book.ledger.drafts import Draft
from chedai.book.ledger.journal import journal_post, journal_post_many
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.models import AccountDay, JournalEntry, Posting
from chedai.book.ledger.rules import Transfer
from chedai.book.ledger.selectors import entries_of, entry, head
from chedai.platform.actors import system
from chedai.platform.audit.models import AuditEntry
from chedai.platform.clock import now
from chedai.platform.days.models import DayClose
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.work import service
from tests.support.racing import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

BY = system("close")


def day(text: str) -> date:
    return date.fromisoformat(text)


def draft(on: str, *transfers: tuple[str, str, int], kind: EntryKind = EntryKind.PAYOUT, number: int = 1) -> Draft:
    postings = tuple(Transfer(*one) for one in transfers)
    return Draft(day=day(on), kind=kind, subject=f"loan:{number}", transfers=postings)


def closed(on: str) -> None:
    """The books were brought to a day."""
    DayClose.objects.get_or_create(day=day(on), defaults={"began_at": now(), "ended_at": now(), "actor": BY.key})


def post(*drafts: Draft) -> list[JournalEntry]:
    return journal_post_many(entries=drafts, actor=BY)


def payout(on: str, number: int = 1) -> Draft:
    return draft(on, ("1301", "1002", 10_000_000), number=number)


def repayment(on: str, number: int = 1) -> Draft:
    return draft(on, ("1002", "1132", 72_000), ("1002", "1301", 270_000), kind=EntryKind.REPAYMENT, number=number)


def billing(on: str, number: int = 1) -> Draft:
    return Draft(day=day(on), kind=EntryKind.BILLING, subject=f"loan:{number}", transfers=billed(72_000))


def test_an_entry_is_numbered_and_its_balances_stand_from_its_day_on() -> None:
    made = journal_post(
        day=day("2026-10-20"),
        kind=EntryKind.PAYOUT,
        subject="loan:7",
        transfers=[Transfer("1301", "1002", 10_000_000)],
        actor=BY,
    )
    assert (made.seq, head()[0], entry(1).subject, [e.seq for e in entries_of("loan:7")]) == (1, 1, "loan:7", [1])
    days = ("2026-10-19", "2026-10-20", "2026-10-31", "2026-11-20", "2027-01-01")
    assert [account_balance("1301", day(text)) for text in days] == [0, 10_000_000, 10_000_000, 10_000_000, 10_000_000]
    assert account_balance("1002", day("2026-10-20")) == -10_000_000
    assert account_balance("2241", day("2026-10-20")) == 0
    assert AuditEntry.objects.get().action == "journal.posted"


def test_the_trial_balance_of_a_month_agrees_on_both_sides() -> None:
    post(payout("2026-10-20"), billing("2026-11-20"), repayment("2026-11-20"), payout("2026-11-20", 2))
    post(draft("2026-11-20", ("9101", "9100", 5_000), kind=EntryKind.SUSPENSE))
    found = trial_balance(day("2026-11-20"))
    said = {x.account.code: (x.opening, x.debit, x.credit, x.closing) for x in found.lines if not x.is_empty}
    assert said == {
        "1002": (-10_000_000, 342_000, 10_000_000, -19_658_000),
        "1132": (0, 72_000, 72_000, 0),
        "1133": (0, 0, 72_000, -72_000),
        "1301": (10_000_000, 10_000_000, 270_000, 19_730_000),
        "9100": (0, 0, 5_000, 5_000),
        "9101": (0, 5_000, 0, 5_000),
    }
    assert found.debit == found.credit == 10_000_000 + 342_000 + 72_000 + 5_000
    assert found.debit_balance == found.credit_balance == 19_735_000
    assert [line.account.code for line in found.of(AccountKind.MEMO)] == ["9100", "9101"]
    whole = trial_balance(day("2026-11-20"), since=day("2026-01-01"))
    assert next(x for x in whole.lines if x.account.code == "1301").debit == 20_000_000


def test_an_account_statement_runs_page_by_page() -> None:
    post(payout("2026-10-20"), *(repayment(f"2026-11-{on:02}") for on in (3, 1, 2, 2, 5)))
    first = statement("1301", day("2026-11-01"), day("2026-11-30"), size=2)
    assert (first.opening, [(str(x.posting.day), x.credit, x.balance) for x in first.lines]) == (
        10_000_000,
        [("2026-11-01", 270_000, 9_730_000), ("2026-11-02", 270_000, 9_460_000)],
    )
    second = statement("1301", day("2026-11-01"), day("2026-11-30"), after=first.next, size=2)
    last = statement("1301", day("2026-11-01"), day("2026-11-30"), after=second.next, size=2)
    assert (second.opening, last.opening, last.closing, last.next) == (9_460_000, 8_920_000, 8_650_000, "")
    assert last.closing == account_balance("1301", day("2026-11-30"))
    assert [line.other.code for line in last.lines] == ["1002"]
    bank = statement("1002", day("2026-10-01"), day("2026-11-01"))
    assert [(x.debit, x.credit, x.other.code) for x in bank.lines] == [
        (0, 10_000_000, "1301"),
        (72_000, 0, "1132"),
        (270_000, 0, "1301"),
    ]


@pytest.mark.parametrize("mark", ["x", "20261301.5", "20261101.", "2026110１.5", "20261101.1.2"])
def test_a_mark_that_is_none_is_no_page(mark: str) -> None:
    with pytest.raises(NotFound):
        statement("1301", day("2026-11-01"), day("2026-11-30"), after=mark)


WRONG = {
    "entry-empty": (),
    "no-such-account": (("1301", "1003", 1),),
    "same-account": (("1301", "1301", 1),),
    "amount-none": (("1301", "1002", 0),),
    "mixed-sides": (("9101", "1002", 1),),
}


@pytest.mark.parametrize(("code", "transfers"), WRONG.items())
def test_a_posting_that_is_none_is_refused_with_everything_beside_it(
    code: str, transfers: tuple[tuple[str, str, int], ...]
) -> None:
    with pytest.raises(Refusal) as refused:
        post(payout("2026-11-20"), draft("2026-11-20", *transfers))
    assert (refused.value.code, head()[0], Posting.objects.count()) == (code, 0, 0)


@pytest.mark.parametrize(
    ("debit", "credit", "amount"), [("1301", "1002", 0), ("1301", "1002", -1), ("1301", "1301", 5), ("9101", "1002", 5)]
)
def test_the_database_itself_refuses_a_posting_that_is_none(debit: str, credit: str, amount: int) -> None:
    made = post(payout("2026-11-20"))[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(entry=made, day=made.day, debit=debit, credit=credit, amount=amount)


@service
def _do(*, fail: bool = False) -> tuple[int, int]:
    post(payout("2026-11-20"))
    inside = account_balance("1301", day("2026-11-20")), account_balance("1301", day("2026-11-19"))
    if fail:
        raise Refusal("no", "否", "no")
    return inside


def test_what_waits_in_a_piece_of_work_counts_in_it_and_goes_with_it() -> None:
    assert _do() == (10_000_000, 0)
    with pytest.raises(Refusal):
        _do(fail=True)
    assert (head()[0], account_balance("1301", day("2026-11-20"))) == (1, 10_000_000)


def test_accounts_are_brought_to_their_target_once() -> None:
    on = day("2026-11-20")
    first = accrual_post(day=on, target=50_000, actor=BY)
    assert (first and first.kind, accrual_post(day=on, target=50_000, actor=BY)) == (EntryKind.ACCRUAL, None)
    accrual_post(day=day("2026-11-21"), target=48_000, actor=BY)
    provision_post(day=on, target=150_000, actor=BY)
    assert [account_balance(code, day("2026-11-21")) for code in ("1133", "6011", "1231", "6701")] == [
        48_000,
        48_000,
        150_000,
        150_000,
    ]
    with pytest.raises(Refusal):
        provision_post(day=on, target=-1, actor=BY)


def test_thousands_of_entries_cost_a_few_statements() -> None:
    drafts = [repayment("2026-11-20", number) for number in range(1, 1001)]
    with CaptureQueriesContext(connection) as few:
        made = post(*drafts)
    assert [entry.seq for entry in made] == list(range(1, 1001))
    assert (Posting.objects.count(), AccountDay.objects.count(), AuditEntry.objects.count()) == (2000, 3, 1)
    assert account_balance("1301", day("2026-11-20")) == -270_000_000
    assert 20 * len(few) < 1000


def test_a_balance_reads_no_posting() -> None:
    post(*(repayment("2026-11-20", number) for number in range(1, 20)), payout("2026-09-20"))
    with CaptureQueriesContext(connection) as seen:
        trial_balance(day("2026-11-20"))
    assert len(seen) == 2
    assert [query["sql"] for query in seen if "book_posting" in query["sql"] or "journal" in query["sql"]] == []


@pytest.mark.django_db(transaction=True)
def test_people_who_post_at_once_stand_one_after_another_and_nothing_is_lost() -> None:
    race(lambda number: post(repayment("2026-11-20", number + 1)), 6)
    assert list(JournalEntry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert account_balance("1301", day("2026-11-20")) == -6 * 270_000
