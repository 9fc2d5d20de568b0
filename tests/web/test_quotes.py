"""The quote desk and what is handed out of it, without a browser: every figure the same wherever it is read."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from chedai.catalog.partners.models import Lender
from chedai.crm.customers.models import Customer
from chedai.crm.reception.models import Need
from chedai.deals.pipeline.models import Deal
from chedai.deals.quotes.frozen import FrozenTradeIn
from chedai.deals.quotes.models import AddOnAnswer, BespokeAsk, Quote, QuoteOpening
from chedai.deals.quotes.selectors import plans_of
from chedai.deals.quotes.sharing import OPENINGS_A_MINUTE, quote_share
from chedai.deals.quotes.sheet import sheet_of
from chedai.deals.quotes.states import QuoteState
from chedai.engine.compare.words import money
from chedai.org.models import Staff
from chedai.platform import clock, events
from chedai.platform.accounts.models import User
from tests.conftest import MOMENT
from tests.deals.quoting import CARD, EQUAL, LEVEL, Desk, asked, desk, listed, shelf
from tests.deals.test_quotes_beside import PNG
from tests.house import House
from tests.support.ground import begins_with

pytestmark = begins_with(shelf)

Browse = Callable[[Staff], Client]
QUERY = "?price=125000&down=25000&term=36&energy=nev&used=new"


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


def text_of(pdf: bytes) -> str:
    """What another program reads in a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def figures(text: str) -> set[str]:
    """Every amount and every rate in a text."""
    return set(re.findall(r"\d[\d,]*\.\d\d%?", text))


_BESIDE = r'<span class="mark">.*?</span>|<small>.*'


def rows(page: str) -> dict[str, list[str]]:
    """The first line of each cell of the compare table, by the code of its row."""
    found = {}
    for code, inside in re.findall(r'data-row-code="(\w+)"(.*?)</tr>', page, re.S):
        cells = re.findall(r"<td[^>]*>(.*?)</td>", inside, re.S)
        found[code] = [
            re.sub(r'<span class="mark">.*?</span>|<small>.*', "", cell, flags=re.S).strip() for cell in cells
        ]
    return found


SHELF = (
    ("t-level", {"rates": {"36": "5.88"}}, "t-level..0.36"),
    ("t-principal", {"rates": {"36": "5.88"}, "repayments": ("equal-principal",)}, "t-principal..0.36"),
    ("t-bullet", {"rates": {"36": "5.88"}, "repayments": ("interest-first",)}, "t-bullet..0.36"),
    ("t-card", {"rates": {"36": "0"}, "fees": ("分期手续费:0.32%:periodic:lender",)}, "t-card..0.36"),
    ("t-fee", {"rates": {"36": "5.88"}, "fees": ("金融服务费:3%:upfront:lender",)}, "t-fee..0.36"),
    ("t-zero", {"rates": {"24": "0"}, "fees": ("手续费:4%:upfront:lender",)}, "t-zero..0.24"),
)
"""The examples of the catalogue of capabilities, as products."""

EXPECTED = {  # month, last, interest, fees, simple
    "t-level": ("3,036.76", "3,036.76", "9,323.36", "0.00", "5.88%"),
    "t-principal": ("3,267.78", "2,791.31", "9,065.00", "0.00", "5.88%"),
    "t-bullet": ("490.00", "100,490.00", "17,640.00", "0.00", "5.88%"),
    "t-card": ("3,097.78", "3,097.70", "0.00", "11,520.00", "7.22%"),
    "t-fee": ("3,036.76", "3,036.76", "9,323.36", "3,000.00", "7.94%"),
    "t-zero": ("4,166.67", "4,166.59", "0.00", "4,000.00", "3.95%"),
}


class TestFigures:
    @pytest.mark.parametrize(("code", "key"), [(code, key) for code, _terms, key in SHELF])
    def test_the_published_figures_stand_on_the_screen_and_in_the_pdf(
        self, at: Desk, client: Client, code: str, key: str
    ) -> None:
        lender = Lender.objects.get(code="jianghe").pk
        listed(code, lender, **next(terms for name, terms, _key in SHELF if name == code))
        page = client.get(reverse("quote_desk") + QUERY + f"&tray={key}").content.decode()
        month, last, interest, fees, simple = EXPECTED[code]
        found = rows(page)
        assert [found[row][1] for row in ("instalment", "interest", "fee_total", "nominal")] == [
            month,
            interest,
            fees,
            simple,
        ]
        quote = at.offer(key)
        plan = plans_of(quote)[1]
        assert (money(plan.instalment), money(plan.last)) == (month, last)
        read = figures(text_of(client.get(reverse("quote_pdf", args=[quote.pk])).content))
        assert {month, interest, fees, simple} <= read

    def test_a_loan_cleared_after_two_years_costs_more_than_the_discount_it_brought(
        self, at: Desk, client: Client
    ) -> None:
        # 200,000 at 5.5 % over 60 months, cleared after 24: interest 18,200.51, above the 15,000 off the car
        listed("t-long", Lender.objects.get(code="jianghe").pk, rates={"60": "5.5"})
        wish = asked(price=25_000_000, down_payment=5_000_000, term=60)
        quote = at.offer("t-long..0.60", wish=wish)
        settled = plans_of(quote)[1].settlements[1]
        assert (settled.month, settled.cost) == (24, 1_820_051)
        page = client.get(reverse("quote_desk") + "?price=250000&down=50000&term=60&energy=nev&tray=t-long..0.60")
        assert rows(page.content.decode())["settled_24"][1] == "18,200.51"
        assert "18,200.51" in figures(text_of(client.get(reverse("quote_pdf", args=[quote.pk])).content))

    def test_page_print_pdf_and_link_carry_the_same_figures_validity_and_version(
        self, at: Desk, client: Client
    ) -> None:
        quote = at.offer(LEVEL, EQUAL, CARD)
        sheet = sheet_of(quote)
        want = {text for row in sheet.table.rows for cell in row.cells for text in figures(cell.text)}
        made = quote_share(quote_id=quote.pk, staff_id=at.house.officer.pk, actor=at.actor)
        pages = [client.get(reverse(name, args=[quote.pk])).content.decode() for name in ("quote", "quote_print")] + [
            Client().get(reverse("quote_public", args=[made.token])).content.decode()
        ]
        texts = [
            text_of(client.get(reverse("quote_pdf", args=[quote.pk])).content),
            text_of(Client().get(reverse("quote_public_pdf", args=[made.token])).content),
        ]
        for text in (*pages, *texts):
            assert want <= figures(text)
            assert "QA1-20261120-001" in text
            assert "2026-11-27" in text
        assert len(want) > 20
        assert rows(pages[0]) == rows(pages[1]) == rows(pages[2])
        assert len(PdfReader(BytesIO(client.get(reverse("quote_pdf", args=[quote.pk])).content)).pages) == 1

    def test_six_plans_with_trade_in_and_add_ons_still_fit_one_page(self, at: Desk, client: Client) -> None:
        wish = asked(trade_in=FrozenTradeIn(3_000_000, 3_500_000))
        quote = at.offer(LEVEL, EQUAL, CARD, "yuanda-auto..0.36", "haiyue-auto..0.36", "jianghe-auto..0.24", wish=wish)
        assert len(plans_of(quote)) == 7
        for language in ("zh-hans", "en"):
            User.objects.update(language=language)
            pdf = client.get(reverse("quote_pdf", args=[quote.pk])).content
            assert len(PdfReader(BytesIO(pdf)).pages) == 1

    def test_what_is_handed_out_names_no_customer_and_no_row_of_the_house(self, at: Desk, client: Client) -> None:
        quote = at.prepare()
        assert any(plan.subsidies for plan in plans_of(quote))
        data = str(sheet_of(quote).data())
        assert ("王芳" in data, "2107" in data, "贴息方" in data) == (False, False, False)
        assert all(row.code != "subsidies" for row in sheet_of(quote).table.rows)
        page = client.get(reverse("quote_desk") + QUERY).content.decode()
        assert 'data-internal data-row-code="subsidies"' in page


class TestDesk:
    def test_five_inputs_stand_in_sight(self, client: Client) -> None:
        page = client.get(reverse("quote_desk")).content.decode()
        form = page[page.index('id="desk"') : page.index('id="best"')]
        visible = set(re.findall(r'name="(\w+)"', form)) - {"quote", "deal", "whom", "need", "used", "energy"}
        assert visible == {"car", "price", "down", "term", "ceiling"}

    def test_the_answer_comes_alone_with_its_address(self, client: Client) -> None:
        answer = client.get(reverse("quote_answer") + QUERY, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert answer.headers["HX-Replace-Url"].startswith("/quotes/new/?price=125000&down=25000&term=36")
        assert "<html" not in answer.content.decode()

    def test_what_is_wrong_is_said_with_its_limit_and_the_answer_stays(self, client: Client) -> None:
        answer = client.get(reverse("quote_answer") + "?price=100000&down=200000&term=36")
        assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#desk-errors")
        assert "首付不能超过车价" in answer.content.decode()

    def test_every_reason_is_there_with_the_change_that_helps(self, client: Client) -> None:
        page = client.get(reverse("quote_desk") + QUERY + "&ceiling=3100").content.decode()
        assert "月供 " in page
        assert "试一试" in page
        every = client.get(reverse("quote_reasons") + QUERY + "&ceiling=3100").content.decode()
        assert every.count("<h3>") > page.count("<h3>")

    def test_the_rows_of_a_plan_add_up(self, client: Client) -> None:
        drawer = client.get(reverse("quote_rows") + QUERY + f"&plan={LEVEL}").content.decode()
        assert drawer.count("<tr>") == 37
        assert client.get(reverse("quote_rows") + QUERY + "&plan=nothing").status_code == 404

    def test_negative_equity_stands_on_a_line_of_its_own(self, client: Client) -> None:
        page = client.get(reverse("quote_desk") + QUERY + "&trade_value=30000&trade_payoff=35000").content.decode()
        found = rows(page)
        assert set(found["negative_equity"]) == {"5,000.00"}
        assert set(found["cash_at_signing"][1:2]) == {money(2_500_000 + 400_000 + 500_000)}

    def test_a_model_is_found_and_brings_its_kind(self, client: Client) -> None:
        options = client.get(reverse("quote_models") + "?car=N5").content.decode()
        assert 'data-price="' in options


class TestKeeping:
    def keep(self, client: Client, then: str, **more: str) -> str:
        sent = {"price": "125000", "down": "25000", "term": "36", "energy": "nev", "used": "new", "then": then}
        answer = client.post(reverse("quote_keep"), sent | more)
        assert answer.status_code == 302, answer.content.decode()[:500]
        return str(answer.headers["Location"])

    def test_printing_keeps_and_offers_and_a_second_printing_makes_no_version(self, client: Client) -> None:
        where = self.keep(client, "print", tray=LEVEL)
        quote = Quote.objects.get()
        assert where == reverse("quote_print", args=[quote.pk])
        assert (quote.state, quote.version, quote.deal_id) == (QuoteState.OFFERED, 1, None)
        assert self.keep(client, "print", tray=LEVEL, quote=str(quote.pk)) == where
        assert self.keep(client, "share", tray=CARD, quote=str(quote.pk)) == reverse(
            "quote", args=[Quote.objects.get(version=2).pk]
        )

    def test_the_desk_comes_back_as_it_was(self, at: Desk, client: Client) -> None:
        quote = at.offer(LEVEL, CARD)
        back = client.get(reverse("quote_revise", args=[quote.pk])).headers["Location"]
        page = client.get(back).content.decode()
        assert rows(page)["instalment"][1:] == ["3,036.76", "3,097.78"]
        assert f'name="quote" value="{quote.pk}"' in page

    def test_a_new_customer_gets_a_deal_and_takes_the_plan(self, at: Desk, client: Client) -> None:
        quote = at.offer(LEVEL, deal=False)
        sent = {"phone": "13700001234", "name": "赵敏", "mode": "dealer_desk", "plan": "1"}
        answer = client.post(reverse("quote_deal", args=[quote.pk]), sent)
        deal = Deal.objects.latest("pk")
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("deal", args=[deal.number]))
        quote.refresh_from_db()
        assert (quote.deal_id, quote.state, deal.amount) == (deal.pk, QuoteState.ACCEPTED, 10_000_000)

    def test_the_desk_of_a_deal_begins_with_what_the_customer_said(self, at: Desk, client: Client) -> None:
        need = Need.objects.create(
            customer=at.deal.customer,
            version=1,
            budget=15_000_000,
            down_payment=4_500_000,
            instalment=350_000,
            recorded_by=at.house.officer,
            recorded_at=MOMENT,
        )
        page = client.get(reverse("quote_desk") + f"?deal={at.deal.number}").content.decode()
        assert [f'value="{text}"' in page for text in ("150,000.00", "45,000.00", "3,500.00")] == [True] * 3
        assert "王*" in page
        sent = {"price": "150000", "down": "45000", "term": "36", "deal": at.deal.number, "then": "print"}
        client.post(reverse("quote_keep"), sent)
        quote = Quote.objects.get()
        assert (quote.deal_id, quote.need_id) == (at.deal.pk, need.pk)

    def test_a_known_customer_is_shown_and_not_registered_twice(self, at: Desk, client: Client) -> None:
        quote, people = at.offer(LEVEL, deal=False), Customer.objects.count()
        known = client.post(reverse("quote_known"), {"phone": "13812342107"}).content.decode()
        assert "王*" in known
        sent = {"phone": "13812342107", "name": "王芳", "mode": "dealer_desk", "plan": ""}
        refused = client.post(reverse("quote_deal", args=[quote.pk]), sent)
        assert refused.status_code == 422
        assert (Customer.objects.count(), Quote.objects.get(pk=quote.pk).deal_id) == (people, None)
        chosen = client.post(reverse("quote_deal", args=[quote.pk]), sent | {"customer": str(at.deal.customer_id)})
        assert chosen.status_code == 302
        quote.refresh_from_db()
        assert (Customer.objects.count(), quote.state) == (people, QuoteState.OFFERED)

    def test_an_accepted_plan_is_accepted_once(self, at: Desk, client: Client) -> None:
        quote = at.offer(LEVEL)
        assert client.post(reverse("quote_accept", args=[quote.pk]), {"plan": "1"}).status_code == 302
        assert client.post(reverse("quote_accept", args=[quote.pk]), {"plan": "1"}).status_code == 409
        assert client.post(reverse("quote_withdraw", args=[quote.pk]), {"reason": "错"}).status_code == 409

    def test_a_colleague_sees_nothing_of_it(self, at: Desk, browse: Browse) -> None:
        quote = at.offer(LEVEL)
        for name in ("quote", "quote_print", "quote_pdf", "quote_image", "quote_menu", "quote_terms", "quote_deal"):
            assert browse(at.house.colleague).get(reverse(name, args=[quote.pk])).status_code == 403


class TestBeside:
    def test_the_menu_is_answered_one_by_one_and_a_decline_is_signed(self, at: Desk, client: Client) -> None:
        quote = at.offer(LEVEL)
        where = reverse("quote_menu", args=[quote.pk])
        page = client.get(where).content.decode()
        assert " checked" not in page[page.index("<main") : page.index("</main>")]
        unsigned = client.post(where, {"code": "ins-full", "choice": "declined"})
        assert (unsigned.status_code, AddOnAnswer.objects.count()) == (422, 0)
        drawn = "data:image/png;base64," + base64.b64encode(PNG).decode()
        client.post(where, {"code": "ins-full", "choice": "declined", "signature": drawn})
        client.post(where, {"code": "warranty-2y", "choice": "accepted", "financed": "on"})
        assert list(AddOnAnswer.objects.order_by("pk").values_list("code", "choice")) == [
            ("ins-full", "declined"),
            ("warranty-2y", "accepted"),
        ]
        assert "3,164.30" in client.get(where).content.decode()
        taken = client.post(reverse("quote_menu_take", args=[quote.pk]))
        made = Quote.objects.get(version=2)
        assert (taken.headers["Location"], made.state) == (reverse("quote", args=[made.pk]), QuoteState.OFFERED)

    def test_terms_are_asked_for_and_refused_at_their_field(self, at: Desk, client: Client) -> None:
        quote = at.offer(LEVEL)
        where = reverse("quote_terms", args=[quote.pk])
        same = client.post(where, {"plan": "1", "annual_rate": "5.88", "days": "5", "reason": "老客户"})
        assert (same.status_code, BespokeAsk.objects.count()) == (422, 0)
        asked_for = client.post(where, {"plan": "1", "annual_rate": "5.28", "days": "5", "reason": "老客户"})
        assert (asked_for.status_code, BespokeAsk.objects.get().deviation_bp) == (302, 60)
        assert "年利率 5.28%，目录 5.88%" in client.get(where).content.decode()
        early = client.post(reverse("quote_terms_take", args=[quote.pk, BespokeAsk.objects.get().pk]))
        assert early.status_code == 422

    def test_a_stepped_plan_is_typed_in_rows_that_are_added(self, at: Desk, client: Client) -> None:
        quote = at.offer(LEVEL)
        where = reverse("quote_terms", args=[quote.pk])
        assert 'data-add-row="steps"' in client.get(where).content.decode()
        rows_of = {"step_0_periods": "12", "step_0_kind": "interest_only", "step_4_periods": "24"}
        sent = {"plan": "1", "days": "5", "reason": "季节性收入", "step_4_kind": "solve"} | rows_of
        assert client.post(where, sent).status_code == 302
        ask = BespokeAsk.objects.get()
        assert (ask.plan["instalment"], ask.plan["highest"], ask.deviation_bp) == (49_000, 442_666, 48)
        assert "本金平均占用（天） 742，目录 571" in client.get(where).content.decode()


class TestLinks:
    def test_a_link_opens_without_signing_in_is_logged_and_expires(self, at: Desk, client: Client) -> None:
        quote = at.offer(LEVEL)
        page = client.post(reverse("quote_share", args=[quote.pk])).content.decode()
        link = re.search(r'value="http://testserver(/q/[\w-]+/)"', page)
        assert link is not None
        opened = Client().get(link[1])
        assert (opened.status_code, opened.headers["Referrer-Policy"]) == (200, "no-referrer")
        assert "3,036.76" in opened.content.decode()
        image = Client().get(link[1] + "image/")
        assert (image.headers["Content-Type"], image.content[:4]) == ("image/png", b"\x89PNG")
        assert list(QuoteOpening.objects.order_by("pk").values_list("what", flat=True)) == ["page", "image"]
        with clock.frozen(MOMENT + timedelta(days=9)):
            assert Client().get(link[1]).status_code == 410
        assert QuoteOpening.objects.count() == 2
        again = client.get(reverse("quote", args=[quote.pk])).content.decode()
        assert link[1] not in again

    def test_a_link_taken_back_is_over(self, at: Desk, client: Client) -> None:
        quote = at.offer(LEVEL)
        made = quote_share(quote_id=quote.pk, staff_id=at.house.officer.pk, actor=at.actor)
        client.post(reverse("quote_share_revoke", args=[quote.pk, made.share.pk]))
        assert Client().get(reverse("quote_public", args=[made.token])).status_code == 410

    def test_somebody_who_tries_links_is_stopped(self, at: Desk) -> None:
        guesses = [Client().get(reverse("quote_public", args=[f"made-up-{n}"])) for n in range(OPENINGS_A_MINUTE + 1)]
        assert {answer.status_code for answer in guesses[:-1]} == {404}
        assert guesses[-1].status_code == 429


def test_the_queries_of_an_answer_do_not_grow_with_the_catalogue(
    at: Desk, client: Client, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    client.get(reverse("quote_answer") + QUERY)
    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]
        client.get(reverse("quote_answer") + QUERY)


@begins_with()
def test_an_empty_shelf_leaves_cash_and_says_so(house: House, browse: Browse) -> None:
    page = browse(house.officer).get(reverse("quote_desk")).content.decode()
    assert "还没有可行的贷款方案" in page
    kept = browse(house.officer).post(reverse("quote_keep"), {"price": "125000", "down": "25000", "term": "36"})
    assert (kept.status_code, Quote.objects.count()) == (422, 0)


def test_the_tab_of_a_deal_shows_the_version_that_counts(at: Desk, client: Client) -> None:
    where = reverse("deal_plan", args=[at.deal.number])
    assert "还没有报价" in client.get(where).content.decode()
    quote = at.offer(LEVEL)
    page = client.get(where).content.decode()
    assert rows(page)["instalment"][1] == "3,036.76"
    assert quote.number in page
