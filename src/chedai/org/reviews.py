"""The access review: every quarter somebody looks at each role somebody holds, and keeps or withdraws it.

A review is begun with every grant of that day, each line is decided by somebody it is not about, and closing it
withdraws what was marked, in one act. A review with an open line cannot be closed.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from chedai.org.access import in_force
from chedai.org.models import AccessReview, AccessReviewLine, RoleGrant
from chedai.org.services import role_withdraw
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed, NotFound, Refusal
from chedai.platform.work import record, service


class Decision(StrEnum):
    """What becomes of a grant."""

    KEEP = "keep"
    WITHDRAW = "withdraw"


def reviews_seen(stores: frozenset[int] | None) -> QuerySet[AccessReview]:
    """The reviews of the stores somebody reaches (None: all, and those of the group), newest first."""
    found = AccessReview.objects.select_related("store", "begun_by", "closed_by").order_by("-pk")
    found = found.annotate(total=Count("lines"), decided=Count("lines", filter=~Q(lines__decision="")))
    return found if stores is None else found.filter(store__in=stores)


def review_lines(review_id: int) -> QuerySet[AccessReviewLine]:
    """The lines of a review, with whom and what each is about."""
    return AccessReviewLine.objects.filter(review_id=review_id).select_related(
        "grant__staff__user", "grant__staff__home", "grant__store", "decided_by", "review"
    )


def line_found(line_id: int, stores: frozenset[int] | None) -> AccessReviewLine:
    """A line of a review somebody reaches. Errors: `NotFound`."""
    line = AccessReviewLine.objects.select_related("grant__staff__user", "review").filter(pk=line_id).first()
    if line is None or (stores is not None and line.review.store_id not in stores):
        raise NotFound("no-such-line", "没有这一行", "there is no such line")
    return line


def review_is_due(on: date, stores: frozenset[int] | None) -> bool:
    """Whether no review was closed in the quarter of `on`."""
    begin = date(on.year, 3 * ((on.month - 1) // 3) + 1, 1)
    return not reviews_seen(stores).filter(closed_at__isnull=False, as_of__gte=begin).exists()


@service
def review_begin(*, store_id: int | None, actor: Actor) -> AccessReview:
    """Begin a review of a store, or of the whole group. Errors: `Conflict` if one is open, `Refusal` if empty."""
    today = clock.business_date()
    grants = RoleGrant.objects.filter(in_force(today))
    if store_id is not None:
        grants = grants.filter(store_id=store_id)
    if AccessReview.objects.filter(store=store_id, closed_at=None).exists():
        raise Conflict("review-open", "已有一次未完成的复核", "a review is open already")
    rows = [AccessReviewLine(grant=grant) for grant in grants]
    if not rows:
        raise Refusal("review-empty", "没有可复核的授权", "there is nothing to review", field="store")
    try:
        with transaction.atomic():
            review = AccessReview.objects.create(
                store_id=store_id, as_of=today, begun_by_id=actor.ref, begun_at=clock.now()
            )
    except IntegrityError:
        raise Conflict("review-open", "已有一次未完成的复核", "a review is open already") from None
    for row in rows:
        row.review = review
    AccessReviewLine.objects.bulk_create(rows, batch_size=500)
    facts: dict[str, Scalar] = {"store": store_id, "lines": len(rows)}
    record(actor=actor, action="review.begun", subject=f"review:{review.pk}", facts=facts)
    return review


@service
def line_decide(*, line_id: int, decision: Decision, reason: str, actor: Actor) -> None:
    """Keep or withdraw one grant. Errors: `NotAllowed` for one's own, `Refusal` for a withdrawal without a reason."""
    line = AccessReviewLine.objects.select_related("grant__staff").filter(pk=line_id).first()
    if line is None:
        raise NotFound("no-such-line", "没有这一行", "there is no such line")
    _review_lock(line.review_id)
    if line.grant.staff.user_id == actor.ref:
        raise NotAllowed("own-role", "不得复核自己的角色", "nobody reviews their own role")
    if decision is Decision.WITHDRAW and not reason.strip():
        raise Refusal("reason-empty", "收回须写明原因", "say why it is withdrawn", field="reason")
    line.decision, line.reason, line.decided_by_id = decision, reason.strip(), actor.ref
    line.decided_at = clock.now()
    line.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    facts: dict[str, Scalar] = {"grant": line.grant_id, "decision": decision}
    record(actor=actor, action="review.decided", subject=f"review:{line.review_id}", facts=facts, reason=reason.strip())


@service
def review_close(*, review_id: int, actor: Actor) -> int:
    """Close a review: what was marked is withdrawn now; how many. Errors: `Refusal` while a line is open."""
    review = _review_lock(review_id)
    open_ = review.lines.filter(decision="").count()
    if open_:
        raise Refusal("review-undecided", f"还有 {open_} 行没有复核", f"{open_} lines are not decided yet")
    marked = review.lines.filter(decision=Decision.WITHDRAW, grant__until=None)
    withdrawn = list(marked.values_list("grant_id", "reason"))
    for grant_id, reason in withdrawn:
        role_withdraw(grant_id=grant_id, reason=reason, actor=actor)
    review.closed_at, review.closed_by_id = clock.now(), actor.ref
    review.save(update_fields=["closed_at", "closed_by"])
    facts: dict[str, Scalar] = {"withdrawn": len(withdrawn)}
    record(actor=actor, action="review.closed", subject=f"review:{review_id}", facts=facts)
    return len(withdrawn)


def _review_lock(review_id: int) -> AccessReview:
    """An open review, locked. Errors: `NotFound`, `Conflict` where it is closed."""
    review = AccessReview.objects.select_for_update(no_key=True).filter(pk=review_id).first()
    if review is None:
        raise NotFound("no-such-review", "没有这次复核", "there is no such review")
    if review.closed_at is not None:
        raise Conflict("review-closed", "这次复核已结束", "the review is closed")
    return review
