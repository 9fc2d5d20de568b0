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
from chedai.platform.inserting import rows_add, rows_write
from chedai.platform.statements import ask
from chedai.platform.work import gathering, record, service

POSTED: Final = "journal.posted"
"""What the audit log holds of a posting: from which entry to which, and the link of the last. So its signed checkpoints
vouch for the journal as well."""

_MOVE: Final = "UPDATE book_journal_head SET size = %s, link = %s WHERE id = 1"
_ENTRY: Final = ("seq", "day", "value_on", "recorded_at", "kind", "subject", "actor", "body", "link")
_POSTING: Final = ("entry_id", "day", "debit", "credit", "amount")


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
        size, link = selectors.end_lock()
        chain, moment, first_open = Chain(link, size), clock.now(), selectors.first_open_day()
        at = moment.astimezone(UTC).isoformat(timespec="microseconds")
        for entry, draft, actor in self.entries:
            entry.seq, entry.recorded_at, entry.day = chain.size + 1, moment, _booked(draft, first_open)
            entry.body = canonical(draft, seq=entry.seq, day=entry.day, at=at, actor=actor.key)
            entry.link = chain.append(entry.body)
        self._write()
        ask(_MOVE, [chain.size, chain.head])
        self.entries = []

    def _write(self) -> None:
        made = [entry for entry, _, _ in self.entries]
        columns = {name: [getattr(entry, name) for entry in made] for name in _ENTRY}
        rows_write(JournalEntry, columns | {"kind": [str(entry.kind) for entry in made]})
        posted = [
            (entry.seq, entry.day, one.debit, one.credit, one.amount)
            for entry, draft, _ in self.entries
            for one in draft.transfers
        ]
        rows_write(Posting, dict(zip(_POSTING, zip(*posted, strict=True), strict=True)))
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
    for model, span, sums in ((AccountDay, "day", days), (AccountMonth, "month", months)):
        rows = [(code, on, moved.debit, moved.credit) for (code, on), moved in sorted(sums.items())]
        names = ("account", span, "debit", "credit")
        rows_add(model, names[:2], dict(zip(names, zip(*rows, strict=True), strict=True)))
