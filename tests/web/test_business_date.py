"""The books are turned on the screen: by who may for the whole group, with the reason, never back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from chedai.platform.audit.models import AuditEntry
from chedai.platform.days.services import business_day
from tests import cast
from tests.web.conftest import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(house: House, browse: Any) -> Client:
    return browse(cast.person("gu", "顾青", house.east, "finance", everywhere=True))


def test_the_day_is_turned_with_a_reason_and_shown(finance: Client) -> None:
    page = finance.get("/business-date/")
    assert (page.status_code, "跟随日历" in page.content.decode()) == (200, True)
    answer = finance.post("/business-date/", {"to": "2026-11-30", "reason": "月末演练"}, follow=True)
    assert "人工设定" in answer.content.decode()
    assert business_day() == date(2026, 11, 30)
    assert AuditEntry.objects.filter(action="business_date.turned").count() == 1


def test_what_is_refused_stands_at_its_field(finance: Client) -> None:
    finance.post("/business-date/", {"to": "2026-11-30", "reason": "月末演练"})
    back = finance.post("/business-date/", {"to": "2026-11-29", "reason": "改回"})
    assert (back.status_code, 'id="id_to_error"' in back.content.decode()) == (422, True)
    assert finance.post("/business-date/", {"to": "2026-12-01", "reason": ""}).status_code == 422
    assert business_day() == date(2026, 11, 30)


def test_one_store_does_not_turn_the_books_of_all(house: House, browse: Any) -> None:
    client = browse(cast.person("gu", "顾青", house.east, "finance"))
    refused = client.post("/business-date/", {"to": "2026-11-30", "reason": "月末演练"})
    assert refused.status_code in (403, 422)
    assert business_day() is None
