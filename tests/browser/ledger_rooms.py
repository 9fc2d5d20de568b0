"""Something to see in the ledger: three months of one loan and a late fact, a period locked, one that waits."""

from __future__ import annotations

from datetime import date

from chedai.book.ledger.closing import accrual_post, provision_post
from chedai.book.ledger.journal import journal_post_many
from chedai.book.ledger.periods import on_approval_closed, period_lock_ask, periods
from chedai.book.ledger.selectors import head
from chedai.platform import clock, events
from chedai.platform.actors import system
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from tests import cast
from tests.book.ledger.test_journal import billing, closed, payout, repayment
from tests.house import House

CLOSE = system("close")
STEPS = ("compliance",)


def furnish(house: House) -> list[str]:
    """The entries and the locks; the addresses behind the menu."""
    maker = cast.acting(cast.person("ledger-maker", "顾言", house.east, "finance"))
    checker = cast.acting(cast.person("ledger-checker", "白露", house.east, "compliance", everywhere=True))
    loans = range(2, 50)
    journal_post_many(entries=[payout("2026-09-15"), *(payout("2026-10-20", loan) for loan in loans)], actor=maker)
    accrual_post(day=date(2026, 10, 31), target=3_488_040, actor=CLOSE)
    provision_post(day=date(2026, 10, 31), target=7_300_000, actor=CLOSE)
    closed("2026-11-01")
    before = events.wiring()
    events.install({ApprovalClosed: [on_approval_closed]})
    oldest, following = [period.first for period in periods(clock.business_date())][:-3:-1]
    asked = period_lock_ask(month=oldest, steps=STEPS, reason="", actor=maker)
    held = frozenset(STEPS)
    approval_decide(approval_id=asked.pk, verdict=Verdict.APPROVE, digest=asked.digest, capacities=held, actor=checker)
    events.install(before)
    on = f"{oldest:%Y-%m}-28"
    late = journal_post_many(entries=[billing(on), repayment(on)], actor=maker)[1]
    due = [billing("2026-11-15", loan) for loan in loans]
    journal_post_many(entries=[*due, *(repayment("2026-11-16", loan) for loan in loans)], actor=CLOSE)
    period_lock_ask(month=following, steps=STEPS, reason="对账完毕", actor=maker)
    return [
        "/ledger/?since=2026-09-01",
        "/ledger/accounts/1301/?since=2026-09-01&on=2026-11-20",
        f"/ledger/entries/{late.seq}/",
        f"/ledger/entries/{head()[0]}/",
        "/ledger/entries/?kind=payout",
    ]
