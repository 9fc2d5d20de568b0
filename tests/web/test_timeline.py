"""The one timeline of a customer: merged from every room, paged, in order, each thing once, fast at ten thousand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chedai.crm.customers import timeline
from chedai.crm.customers.models import Customer
from chedai.crm.customers.timeline import Cut, Moment
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.audit.entries import Entry
from chedai.platform.audit.services import entries_append
from chedai.web.customers.timeline import cut_in, mark
from tests import cast
from tests.conftest import MOMENT
from tests.house import House
from tests.web.test_customers import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

Browse = Callable[[Staff], Client]


START = datetime(2026, 1, 1, tzinfo=UTC)


def moments(name: str, count: int, every: int) -> list[Moment]:
    """`count` moments, newest first; many share their instant."""
    return [Moment(START + timedelta(minutes=at // every), "phone", f"{name}{at}") for at in reversed(range(count))]


@pytest.mark.parametrize("size", [1, 7, 30, 200])
def test_pages_of_merged_streams_show_everything_once_newest_first(size: int) -> None:
    streams = [moments("a", 100, 3), moments("b", 50, 5), [], moments("c", 1, 1)]
    shown: list[Moment] = []
    cut: Cut | None = None
    while True:
        page = timeline.page([iter(stream) for stream in streams], cut, size)
        shown += page.moments
        assert len(page.moments) <= size
        if page.next is None:
            break
        cut = cut_in(mark(page.next))  # as an address carries it
        assert cut == page.next
    assert len(shown) == len({m.title for m in shown}) == 151
    assert [m.at for m in shown] == sorted((m.at for m in shown), reverse=True)


def test_what_comes_in_meanwhile_does_not_disturb_the_next_page() -> None:
    old = moments("a", 10, 1)
    first = timeline.page([iter(old)], None, 4)
    newer = [Moment(START + timedelta(days=1), "phone", "new"), *old]
    second = timeline.page([iter(newer)], first.next, 4)
    assert [m.title for m in first.moments + second.moments] == [f"a{n}" for n in range(9, 1, -1)]


@pytest.mark.parametrize("text", ["", "x", "1-", "-1", "9" * 18 + "-1", "1e3-2", "1-2-3"])
def test_a_mark_somebody_made_up_begins_at_the_top(text: str) -> None:
    assert cut_in(text) is None


@pytest.fixture
def visits() -> Iterator[list[Moment]]:
    told: list[Moment] = []
    before = dict(timeline._sources)
    timeline.install(before | {"visits": lambda customers, access: told})
    yield told
    timeline.install(before)


def tell(house: House, customer: Customer, count: int, *, instants: int) -> None:
    """`count` entries of the log about a customer, spread over some instants."""
    subject, actor = f"customer:{customer.pk}", cast.acting(house.officer).key
    for at in range(instants):
        numbers = range(at * count // instants, (at + 1) * count // instants)
        with clock.frozen(MOMENT + timedelta(minutes=at)):
            entries_append([Entry(actor, "message.asked", subject, {}, f"第{n}次") for n in numbers])


def pages(client: Client, customer: Customer) -> Iterator[tuple[str, float, int]]:
    """Every page of a timeline as the button leads on: what it says, its seconds of work, its queries."""
    address: str | None = f"/customers/{customer.pk}/timeline/"
    while address is not None:
        with CaptureQueriesContext(connection) as asked:
            begun = process_time()
            page = client.get(address).content.decode()
            seconds = process_time() - begun
        yield page, seconds, len(asked)
        further = re.search(r"/customers/\d+/timeline/\?after=[0-9-]+", page)
        address = further[0] if further else None


def test_ten_thousand_events_are_paged_in_order_each_once_and_fast(
    house: House, browse: Browse, visits: list[Moment], monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = register(house)
    tell(house, customer, 9_899, instants=40)
    visits += [Moment(m.at, m.icon, m.title) for m in moments("到店", 100, 1)]
    seen: list[str] = []
    client = browse(house.officer)
    next(pages(client, customer))  # the first look reads the templates
    _, slowest, _ = next(pages(client, customer))
    monkeypatch.setattr(timeline.page, "__defaults__", (None, 500))  # the same road in longer steps
    for page, _, _ in pages(client, customer):
        seen += re.findall(r"第\d+次|到店\d+|登记客户", page)
    newest_first = [f"第{n}次" for n in range(9_898, -1, -1)]
    assert seen == [*newest_first, "登记客户", *(f"到店{n}" for n in range(99, -1, -1))]
    assert slowest < 1  # second of work for a page


def test_a_page_asks_no_more_queries_at_the_end_than_at_the_start(house: House, browse: Browse) -> None:
    customer = register(house)
    tell(house, customer, 200, instants=200)
    client = browse(house.officer)
    client.get(f"/customers/{customer.pk}/timeline/")
    assert len({queries for _, _, queries in pages(client, customer)}) == 1
