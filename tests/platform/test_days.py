"""The business date apart from the clock: turned on record, never back."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.audit.models import AuditEntry
from chedai.platform.days.models import DayClose
from chedai.platform.days.services import business_day_turn
from chedai.platform.errors import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


def turn(to: date | None, reason: str = "培训") -> None:
    business_day_turn(to=to, reason=reason, actor=system("test"))


def test_the_books_follow_the_clock_until_they_are_turned() -> None:
    assert clock.business_date() == date(2026, 11, 20)
    turn(date(2026, 12, 1))
    assert (clock.business_date(), clock.wall_date()) == (date(2026, 12, 1), date(2026, 11, 20))
    turn(None)
    assert clock.business_date() == date(2026, 11, 20)
    assert AuditEntry.objects.filter(action="business_date.turned").count() == 2


def test_the_books_never_go_back_behind_a_day_they_were_on() -> None:
    turn(date(2026, 12, 1))
    with pytest.raises(Refusal) as refusal:
        turn(date(2026, 11, 30))
    assert (refusal.value.field, refusal.value.zh) == ("to", "营业日期不能早于 2026-12-01")
    assert clock.business_date() == date(2026, 12, 1)


@pytest.mark.parametrize("to", [date(2026, 11, 19), date(2026, 11, 30), None])
def test_the_books_never_go_back_behind_a_day_that_is_closed(to: date | None) -> None:
    DayClose.objects.create(day=date(2026, 12, 1), began_at=clock.now(), actor="test")
    with pytest.raises(Refusal) as refusal:
        turn(to)
    assert (refusal.value.field, refusal.value.zh) == ("to", "营业日期不能早于 2026-12-01")
    turn(date(2026, 12, 1))
    assert clock.business_date() == date(2026, 12, 1)


def test_turning_the_day_needs_a_reason() -> None:
    with pytest.raises(Refusal) as refusal:
        turn(date(2026, 12, 1), " ")
    assert refusal.value.field == "reason"
    assert clock.business_date() == date(2026, 11, 20)
