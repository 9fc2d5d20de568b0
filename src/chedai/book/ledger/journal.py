"""Posting. What a piece of work posts is gathered, and numbered and chained just before it commits.

So the head of the chain, and the totals of accounts that everybody moves, are locked for that moment only. An entry has
its number (`seq`) once the outermost service has returned; balances read within the work count what waits in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Final

from chedai.book.ledger import selectors
from chedai.book.ledger.drafts import Draft, Moved, canonical, check
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.models import AccountDay, AccountMonth, JournalEntry, Posting
from chedai.book.ledger.rules import Transfer
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.chain import Chain
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict
from chedai.platform.work import gathering, record, service

POSTED: Final = "journal.posted"
"""What the audit log holds of a posting: from which entry to which, and the link of the last. So its signed checkpoints
vouch for the journal as well."""

_BATCH: Final = 2000


@dataclass(slots=True)
class Waiting:
    """The entries a piece of work has posted so far, without their numbers."""

    entries: list[tuple[JournalEntry, Draft, Actor]] = field(default_factory=list)

    def add(self, draft: Draft, day: date, actor: Actor) -> JournalEntry:
        """Let an entry wait for the close; `day` is the one it would be booked on now."""
        entry = JournalEntry(kind=draft.kind, subject=draft.subject, actor=actor.key, value_on=draft.day, day=day)
        self.entries.append((entry, draft, actor))
        return entry

    def close(self) -> None:
        """Number, chain and write what waits. Errors: `Conflict` where a fixed day was locked meanwhile."""
        if not self.entries:
            return
        head = selectors.head_lock()
        chain, moment, first_open = Chain(bytes(head.link), head.size), clock.now(), selectors.first_open_day()
        at = moment.astimezone(UTC).isoformat(timespec="microseconds")
        for entry, draft, actor in self.entries:
            entry.seq, entry.recorded_at, entry.day = chain.size + 1, moment, _booked(draft, first_open)
            entry.body = canonical(draft, seq=entry.seq, day=entry.day, at=at, actor=actor.key)
            entry.link = chain.append(entry.body)
        self._write()
        head.size, head.link = chain.size, chain.head
        head.save(update_fields=["size", "link"])
        self.entries = []

    def _write(self) -> None:
        JournalEntry.objects.bulk_create([entry for entry, _, _ in self.entries], batch_size=_BATCH)
        Posting.objects.bulk_create(
            [
                Posting(entry_id=entry.seq, day=entry.day, debit=one.debit, credit=one.credit, amount=one.amount)
                for entry, draft, _ in self.entries
                for one in draft.transfers
            ],
            batch_size=_BATCH,
        )
        _count((entry.day, draft.transfers) for entry, draft, _ in self.entries)
        for actor in dict.fromkeys(actor for _, _, actor in self.entries):
            own = [entry for entry, _, by in self.entries if by == actor]
            facts: dict[str, Scalar] = {"entries": len(own), "from": own[0].seq, "to": own[-1].seq}
            facts["link"] = own[-1].link.hex()
            record(actor=actor, action=POSTED, subject=f"journal:{own[0].seq}", facts=facts)


@service
def journal_post(
    *,
    day: date,
    kind: EntryKind,
    subject: str,
    transfers: Sequence[Transfer],
    actor: Actor,
    fixed: bool = False,
) -> JournalEntry:
    """Post one entry: a fact of `day`, moved to the first open day where that period is locked (not when `fixed`).

    Errors: `Refusal` for a posting that is none, `Conflict` for a fixed day in a locked period.
    """
    draft = Draft(day=day, kind=kind, subject=subject, transfers=tuple(transfers), fixed=fixed)
    return journal_post_many(entries=[draft], actor=actor)[0]


@service
def journal_post_many(*, entries: Iterable[Draft], actor: Actor) -> list[JournalEntry]:
    """Post many entries at once: thousands cost a few statements. Errors: as for one; then none is posted."""
    drafts, first_open, waiting = list(entries), selectors.first_open_day(), gathering(Waiting)
    for draft in drafts:
        check(draft)
    booked = [_booked(draft, first_open) for draft in drafts]
    return [waiting.add(draft, day, actor) for draft, day in zip(drafts, booked, strict=True)]


def _booked(draft: Draft, first_open: date | None) -> date:
    """The day of the books a fact is booked on."""
    if first_open is None or draft.day >= first_open:
        return draft.day
    if draft.fixed:
        zh, en = f"{draft.day} 所在期间已锁定", f"the period of {draft.day} is locked"
        raise Conflict("period-locked", zh, en, field="day")
    return first_open


def _count(entries: Iterable[tuple[date, Sequence[Transfer]]]) -> None:
    """Add to the totals of accounts by day and by month. The head is locked: nobody else adds meanwhile."""
    days: dict[tuple[str, date], Moved] = {}
    months: dict[tuple[str, date], Moved] = {}
    for day, transfers in entries:
        month = day.replace(day=1)
        for one in transfers:
            for sums, on in ((days, day), (months, month)):
                sums.setdefault((one.debit, on), Moved()).debit += one.amount
                sums.setdefault((one.credit, on), Moved()).credit += one.amount
    for day_row in AccountDay.objects.filter(day__in={on for _, on in days}):
        if (old := days.get((day_row.account, day_row.day))) is not None:
            old.debit, old.credit = old.debit + day_row.debit, old.credit + day_row.credit
    for month_row in AccountMonth.objects.filter(month__in={on for _, on in months}):
        if (old := months.get((month_row.account, month_row.month))) is not None:
            old.debit, old.credit = old.debit + month_row.debit, old.credit + month_row.credit
    new = ["debit", "credit"]
    AccountDay.objects.bulk_create(
        [AccountDay(account=code, day=on, debit=m.debit, credit=m.credit) for (code, on), m in sorted(days.items())],
        update_conflicts=True,
        unique_fields=["account", "day"],
        update_fields=new,
    )
    AccountMonth.objects.bulk_create(
        [AccountMonth(account=c, month=on, debit=m.debit, credit=m.credit) for (c, on), m in sorted(months.items())],
        update_conflicts=True,
        unique_fields=["account", "month"],
        update_fields=new,
    )
