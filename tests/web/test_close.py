"""The page of the closes: what a night did, closing now, and turning days where that is allowed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client, override_settings

from chedai.journey.close_of_day import close_day
from chedai.journey.night import KIND, Turn, close_night, day_turn, month_later
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.days.models import DayClose
from chedai.platform.errors import Conflict
from chedai.platform.jobs.handlers import Progress
from chedai.platform.jobs.models import Job
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(cast.person("song", "宋会", cast.store(), "finance", everywhere=True).user)
    return client


def test_a_close_shows_its_steps_and_asking_twice_is_one_job(desk: Client) -> None:
    assert "还没有日终记录" in desk.get("/close/").content.decode()
    close_day(day=clock.business_date(), actor=system("close"))
    page = desk.get("/close/").content.decode()
    assert "到期未还转应收" in page
    assert "计提利息" in page
    assert "待日终" not in page and "every 2s" not in page
    for _ in range(2):
        assert desk.post("/close/now/").status_code == 302
    assert 'hx-trigger="every 2s"' in desk.get("/close/").content.decode()  # while one runs, the page follows it
    assert Job.objects.filter(kind=KIND).count() == 1


def test_days_are_turned_in_a_training_only_and_each_is_closed(desk: Client) -> None:
    today = clock.business_date()
    close_day(day=today, actor=system("close"))
    assert "推进一天" not in desk.get("/close/").content.decode()
    with pytest.raises(Conflict, match="training"):
        day_turn(turn=Turn.DAY, actor=system("test"))
    with override_settings(TRAINING=True):
        assert "推进一天" in desk.get("/close/").content.decode()
        assert desk.post("/close/turn/", {"turn": "month"}).status_code == 302
    assert clock.business_date() == month_later(today)
    told: list[tuple[int, int]] = []
    close_night(Job.objects.get(kind=KIND).payload, Progress(lambda done, total: told.append((done, total))))
    days = (month_later(today) - today).days
    assert DayClose.objects.filter(ended_at__isnull=False).count() == days + 1
    assert told[-1][0] == told[-1][1]
    assert month_later(date(2026, 1, 31)) == date(2026, 2, 28)
    assert month_later(date(2026, 12, 5)) - timedelta(5) == date(2026, 12, 31)
