"""One row is asked for without an order."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chedai.org.models import Store
from chedai.platform.rows import at_most_one
from tests import cast

pytestmark = pytest.mark.django_db


def test_the_one_row_is_found_without_an_order() -> None:
    made = cast.store()
    with CaptureQueriesContext(connection) as asked:
        found = at_most_one(Store.objects.filter(pk=made.pk).order_by("-name"))
    assert found == made
    assert ["ORDER BY" in one["sql"] for one in asked.captured_queries] == [False]


def test_no_row_is_none() -> None:
    assert at_most_one(Store.objects.filter(pk=0)) is None
