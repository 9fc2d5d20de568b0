"""The watch list (关注名单): large exposures, loans under observation, loans whose class fell, and what people add."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from chedai.book.loans.models import BucketMove, Loan
from chedai.book.loans.states import LoanStatus
from chedai.book.risk import limits
from chedai.book.risk.models import WatchItem, WatchReview
from chedai.book.risk.observation import observations
from chedai.book.risk.states import WatchReason
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.inserting import Column, rows_write
from chedai.platform.policies.book import PolicyBook
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service


def watch_refresh(*, day: date, rules: PolicyBook) -> int:
    """Bring the list to `day`: who belongs on it comes on, who no longer does goes; people's own entries stay.

    Answers how many rows changed. A part of the scan.
    """
    alive = Loan.objects.filter(state=LoanStatus.ACTIVE)
    first = rules.in_force(limits.LARGE, day).number
    due = day + timedelta(days=rules.in_force(limits.REVIEW_DAYS, day).number)
    belongs = {
        WatchReason.EXPOSURE: set(alive.order_by("-owed", "pk").values_list("pk", flat=True)[:first]),
        WatchReason.RESTRUCTURED: _observed(day),
    }
    changed = WatchItem.objects.filter(ended_on=None).exclude(loan__state=LoanStatus.ACTIVE).update(ended_on=day)
    for reason, loans in belongs.items():
        items = WatchItem.objects.filter(reason=reason, ended_on=None)
        changed += items.exclude(loan__in=loans).update(ended_on=day)
        missing = sorted(loans - set(items.values_list("loan_id", flat=True)))
        WatchItem.objects.bulk_create(
            WatchItem(loan_id=loan, reason=reason, since=day, review_due=due) for loan in missing
        )
        changed += len(missing)
    return changed


def _observed(day: date) -> set[int]:
    """Live loans under observation: by their agreements, or since it was broken and begun anew."""
    alive = Loan.objects.filter(state=LoanStatus.ACTIVE)
    found = set(alive.filter(restructured_until__gte=day).values_list("pk", flat=True))
    over = alive.filter(Exists(BucketMove.objects.filter(loan=OuterRef("pk"))), restructured_until__lt=day)
    ended = {loan: until for loan, until in over.values_list("pk", "restructured_until") if until is not None}
    went = observations(ended, day)
    return found | {loan for loan, one in went.items() if one.until >= day}


def watch_fallen(*, loans: list[int], day: date, rules: PolicyBook) -> int:
    """Put loans whose class fell at the end of the month on the list. Answers how many came on."""
    due = day + timedelta(days=rules.in_force(limits.REVIEW_DAYS, day).number)
    there = WatchItem.objects.filter(reason=WatchReason.GRADE, ended_on=None)
    fresh = sorted(set(loans) - set(there.values_list("loan_id", flat=True)))
    if fresh:
        columns: dict[str, Column] = {"loan_id": fresh, "since": day, "review_due": due}
        rows_write(WatchItem, columns | {"reason": WatchReason.GRADE.value})
    return len(fresh)


@service
def watch_add(*, loan_id: int, reason: str, actor: Actor) -> WatchItem:
    """A person puts a loan on the list, for a reason. Errors: `NotFound`, `Conflict` where it stands there already."""
    loan = Loan.objects.select_for_update(no_key=True).filter(pk=loan_id, state=LoanStatus.ACTIVE).first()
    if loan is None:
        raise NotFound("loan-unknown", "没有这笔在贷贷款", "there is no such live loan")
    if WatchItem.objects.filter(loan=loan, reason=WatchReason.MANUAL, ended_on=None).exists():
        raise Conflict("watched-already", f"{loan.number} 已在关注名单", f"{loan.number} is on the list already")
    day = clock.business_date()
    due = day + timedelta(days=book_in_force().in_force(limits.REVIEW_DAYS, day).number)
    item = WatchItem.objects.create(loan=loan, reason=WatchReason.MANUAL, since=day, review_due=due)
    record(actor=actor, action="watch.added", subject=f"loan:{loan.pk}", facts={"reason": "manual"}, reason=reason)
    return item


@service
def watch_review(*, item_id: int, text: str, ends: bool, actor: Actor) -> WatchReview:
    """Write down a review: the next one is due after the days of the policy, or the item `ends`.

    Errors: `NotFound`; `Conflict` for an item that ended; `Refusal` without words.
    """
    item = WatchItem.objects.select_for_update(no_key=True).filter(pk=item_id).first()
    if item is None:
        raise NotFound("watch-unknown", "没有这条关注记录", "there is no such item of the watch list")
    if item.ended_on is not None:
        raise Conflict("watch-ended", "已移出关注名单", "it is off the list")
    if not text.strip():
        raise Refusal("review-empty", "请写明复核意见", "say what the review found", field="text")
    day = clock.business_date()
    due = day + timedelta(days=book_in_force().in_force(limits.REVIEW_DAYS, day).number)
    review = WatchReview.objects.create(item=item, text=text.strip(), by_id=actor.ref, at=clock.now(), next_due=due)
    item.review_due = due
    item.ended_on = day if ends else None
    item.save(update_fields=["review_due", "ended_on"])
    facts = {"item": item.pk, "ends": ends}
    record(actor=actor, action="watch.reviewed", subject=f"loan:{item.loan_id}", facts=facts)
    return review
