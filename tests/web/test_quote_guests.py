"""Whom a quote is for: who walked in is not typed again; and the advice that is sent to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from chedai.crm.customers.events import CustomerRecorded
from chedai.crm.customers.models import Customer
from chedai.crm.reception.services import visit_register, visit_serve
from chedai.crm.reception.states import Purpose, Source
from chedai.crm.search.services import words_write
from chedai.deals.pipeline.models import Deal
from chedai.deals.quotes.models import AdviceNote, AdviceText, Quote
from chedai.org.models import Staff
from chedai.platform import events
from tests import cast
from tests.conftest import MOMENT
from tests.deals.quoting import LEVEL, Desk, deal_for, desk, shelf
from tests.house import House
from tests.support.ground import begins_with

pytestmark = begins_with(shelf)

Browse = Callable[[Staff], Client]


@pytest.fixture
def at(house: House) -> Iterator[Desk]:
    before = events.wiring()
    events.install({})
    cache.clear()
    yield desk(house)
    events.install(before)


@pytest.fixture
def client(at: Desk, browse: Browse) -> Client:
    return browse(at.house.officer)


class TestGuests:
    def test_who_walked_in_is_not_typed_again(self, at: Desk, client: Client) -> None:
        officer, actor = at.house.officer, at.actor
        came = visit_register(
            store_id=at.house.east.pk,
            staff_id=officer.pk,
            name="赵敏",
            phone="13700001234",
            purpose=Purpose.LOOK,
            source=Source.WALK_IN,
            interest="启程 E5 520km 长续航版",
            next_contact_on=MOMENT.date(),
            actor=actor,
        )
        visit_serve(visit_id=came.pk, officer_id=officer.pk, actor=actor)
        page = client.get(reverse("reception")).content.decode()
        desk_of = f"{reverse('quote_desk')}?whom=visit-{came.pk}"
        assert desk_of in page
        page = client.get(desk_of).content.decode()
        assert ("为 赵* 137****1234 报价" in page, 'value="启程 E5 520km 长续航版"' in page) == (True, True)
        sent = {"price": "125000", "down": "25000", "term": "36", "whom": f"visit-{came.pk}", "then": "deal"}
        case = client.post(reverse("quote_keep"), sent).headers["Location"]
        quote = Quote.objects.get()
        assert (quote.visit_id, quote.lead_id, quote.customer_id) == (came.pk, came.lead_id, None)
        asked_of = client.get(case).content.decode()
        assert ("赵*" in asked_of, "137****1234" in asked_of, 'name="phone"' in asked_of) == (True, True, False)
        assert client.post(case, {"mode": "dealer_desk", "plan": "1"}).status_code == 302
        deal = Deal.objects.latest("pk")
        assert (deal.customer.name.in_full(), deal.customer.phone.in_full()) == ("赵敏", "13700001234")
        assert Quote.objects.get().customer_id == deal.customer_id

    def test_a_customer_of_somebody_else_is_named_with_who_looks_after_them(self, at: Desk, client: Client) -> None:
        theirs = deal_for(at.house, "孙丽", "13600001111").customer
        Customer.objects.filter(pk=theirs.pk).update(owner=at.house.colleague)
        quote, deals = at.offer(LEVEL, deal=False), Deal.objects.count()
        Quote.objects.filter(pk=quote.pk).update(customer=theirs)
        refused = client.post(reverse("quote_deal", args=[quote.pk]), {"mode": "dealer_desk", "plan": ""})
        assert (refused.status_code, "该客户由 城东店 周敏 负责" in refused.content.decode()) == (422, True)
        assert Deal.objects.count() == deals

    def test_a_known_customer_is_found_by_name_while_it_is_typed(self, at: Desk, client: Client) -> None:
        words_write(CustomerRecorded(at.deal.customer_id))
        found = client.post(reverse("quote_known"), {"phone": "", "name": "wangfang"}).content.decode()
        assert (f'value="{at.deal.customer_id}"' in found, "checked" in found) == (True, False)


class TestAdvice:
    def test_a_text_is_written_reviewed_and_sent_from_the_quote(self, at: Desk, client: Client, browse: Browse) -> None:
        quote, writer = at.offer(LEVEL), browse(at.house.manager)
        sent = {"code": "cost", "title": "费用说明", "body": "月供 {instalment} 元，共付 {total} 元。"}
        where = writer.post(reverse("advice_new"), sent).headers["Location"]
        assert "审阅并发布" not in writer.get(where).content.decode()
        text = AdviceText.objects.get()
        publish = reverse("advice_publish", args=[text.pk])
        assert (writer.post(publish).status_code, client.post(publish).status_code) == (409, 403)
        other = browse(cast.person("meng", "孟洁", at.house.east, "compliance"))
        assert "审阅并发布" in other.get(where).content.decode()
        assert other.post(publish).status_code == 302
        page = client.get(reverse("quote_advice", args=[quote.pk])).content.decode()
        assert "月供 3,036.76 元，共付 134,323.36 元。" in page
        assert client.post(reverse("quote_advice", args=[quote.pk]), {"text": str(text.pk)}).status_code == 302
        page = client.get(reverse("quote_advice", args=[quote.pk])).content.decode()
        assert ("已发给客户" in page, AdviceNote.objects.count()) == (True, 1)
        assert "费用说明" in writer.get(reverse("advice")).content.decode()
