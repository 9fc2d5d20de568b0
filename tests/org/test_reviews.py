"""The access review: begun with what is held, decided by others, closed only when whole, withdrawn in one act."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.org import reviews
from chedai.org.access import access_of
from chedai.org.models import AccessReview, AccessReviewLine, RoleGrant, Staff
from chedai.org.reviews import Decision
from chedai.platform.actors import Actor
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotAllowed, NotFound, Refusal
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

TODAY = date(2026, 11, 20)


@pytest.fixture
def lin() -> Staff:
    return cast.person("lin", "林晓", cast.store(), "officer")


@pytest.fixture
def zhou(lin: Staff) -> Actor:
    return cast.acting(cast.person("zhou", "周合", cast.store(), "compliance", everywhere=True))


def begin(actor: Actor, store_id: int | None = None) -> AccessReview:
    return reviews.review_begin(store_id=store_id, actor=actor)


def decide(line: AccessReviewLine, decision: Decision, actor: Actor, reason: str = "") -> None:
    reviews.line_decide(line_id=line.pk, decision=decision, reason=reason, actor=actor)


def line_of(review: AccessReview, name: str) -> AccessReviewLine:
    return review.lines.get(grant__staff__user__username=name)


def test_a_review_of_the_group_holds_every_grant_one_of_a_store_its_own(zhou: Actor) -> None:
    cast.person("wu", "吴东", cast.store("B1", "城西店"), "officer")
    assert begin(zhou).lines.count() == 3
    assert begin(zhou, cast.store().pk).lines.count() == 1


def test_two_reviews_of_the_same_are_not_open_at_once(zhou: Actor) -> None:
    begin(zhou)
    with pytest.raises(Conflict):
        begin(zhou)
    assert AccessReview.objects.count() == 1


def test_where_nobody_holds_anything_there_is_nothing_to_review(zhou: Actor) -> None:
    with pytest.raises(Refusal) as refusal:
        begin(zhou, cast.store("C1", "城南店").pk)
    assert (refusal.value.code, AccessReview.objects.count()) == ("review-empty", 0)


def test_what_is_marked_is_withdrawn_when_the_review_is_closed(zhou: Actor, lin: Staff) -> None:
    boss = cast.acting(cast.person("sun", "孙内", cast.store(), "auditor", everywhere=True))
    review = begin(zhou)
    decide(line_of(review, "lin"), Decision.WITHDRAW, zhou, "已转岗")
    assert access_of(lin.user_id).roles == {"officer"}
    decide(line_of(review, "sun"), Decision.KEEP, zhou)
    decide(line_of(review, "zhou"), Decision.KEEP, boss)
    assert reviews.review_close(review_id=review.pk, actor=zhou) == 1
    assert access_of(lin.user_id).roles == frozenset()
    review.refresh_from_db()
    assert (review.closed_by_id, review.closed_at is not None) == (zhou.ref, True)
    assert list(AuditEntry.objects.order_by("seq").values_list("action", flat=True)) == [
        "review.begun",
        "review.decided",
        "review.decided",
        "review.decided",
        "role.withdrawn",
        "review.closed",
    ]


def test_nobody_reviews_their_own_role(zhou: Actor) -> None:
    line = line_of(begin(zhou), "zhou")
    with pytest.raises(NotAllowed):
        decide(line, Decision.KEEP, zhou)
    line.refresh_from_db()
    assert line.decision == ""


def test_a_withdrawal_says_why(zhou: Actor) -> None:
    with pytest.raises(Refusal) as refusal:
        decide(line_of(begin(zhou), "lin"), Decision.WITHDRAW, zhou, " ")
    assert refusal.value.field == "reason"


def test_a_review_with_an_open_line_is_not_closed(zhou: Actor) -> None:
    review = begin(zhou)
    decide(line_of(review, "lin"), Decision.WITHDRAW, zhou, "已转岗")
    with pytest.raises(Refusal) as refusal:
        reviews.review_close(review_id=review.pk, actor=zhou)
    assert refusal.value.zh == "还有 1 行没有复核"
    assert RoleGrant.objects.filter(until=None).count() == 2


def test_a_closed_review_stays_as_it_is(zhou: Actor) -> None:
    review = begin(zhou, cast.store().pk)
    line = line_of(review, "lin")
    decide(line, Decision.KEEP, zhou)
    reviews.review_close(review_id=review.pk, actor=zhou)
    with pytest.raises(Conflict):
        decide(line, Decision.WITHDRAW, zhou, "再想想")
    with pytest.raises(Conflict):
        reviews.review_close(review_id=review.pk, actor=zhou)
    with pytest.raises(NotFound):
        reviews.review_close(review_id=0, actor=zhou)
    with pytest.raises(NotFound):
        reviews.line_decide(line_id=0, decision=Decision.KEEP, reason="", actor=zhou)


def test_a_review_is_due_once_a_quarter(zhou: Actor) -> None:
    assert reviews.review_is_due(TODAY, None)
    review = begin(zhou, cast.store().pk)
    decide(line_of(review, "lin"), Decision.KEEP, zhou)
    assert reviews.review_is_due(TODAY, None)
    reviews.review_close(review_id=review.pk, actor=zhou)
    assert not reviews.review_is_due(TODAY, None)
    assert not reviews.review_is_due(date(2026, 12, 31), frozenset({cast.store().pk}))
    assert reviews.review_is_due(date(2027, 1, 1), None)


def test_who_reaches_one_store_sees_its_reviews_only(zhou: Actor, lin: Staff) -> None:
    of_group, of_store = begin(zhou), begin(zhou, lin.home_id)
    assert list(reviews.reviews_seen(frozenset({lin.home_id}))) == [of_store]
    assert set(reviews.reviews_seen(None)) == {of_group, of_store}
    line = line_of(of_group, "lin")
    with pytest.raises(NotFound):
        reviews.line_found(line.pk, frozenset({lin.home_id}))
    assert reviews.line_found(line.pk, None) == line
