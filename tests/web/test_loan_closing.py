"""The customer's own page of a loan, and what staff see of its end."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from chedai.book.closing.models import Closure, SettlementAsk
from chedai.book.closing.selectors import closure_of
from chedai.book.closing.simulation import prepayment_shown
from chedai.book.loans.selectors import loan_state
from chedai.book.loans.services.receiving import loan_prepay, loan_settle_early
from chedai.engine.life.events import PrepaymentChoice
from chedai.engine.money import yuan_grouped
from chedai.org.models import Staff
from chedai.platform import clock
from tests.book.loans.lending import INSTALMENT, Lent, lend, on

pytestmark = pytest.mark.django_db

DAY = date(2025, 5, 20)


@pytest.fixture
def lent() -> Lent:
    """One of thirty-six instalments is paid."""
    made = lend()
    made.pay(INSTALMENT, date(2025, 5, 10))
    return made


def browser(staff: Staff) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(staff.user)
    return client


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()
    return str(answer.content.decode())


def address(lent: Lent) -> str:
    """The path of a link the officer makes on the loan page."""
    until = clock.business_date() + timedelta(100)
    page = text(browser(lent.officer).post("/loans/CD-one/closure/link/", {"until": until.isoformat()}))
    found = re.search(r"http://testserver(/l/[^/]+/)", page)
    assert found is not None
    return found.group(1)


def test_every_page_of_the_link_shows_the_loan_and_a_revoked_one_nothing(lent: Lent) -> None:
    with on(DAY):
        link, guest = address(lent), Client(headers={"Accept-Language": "zh-hans"})
        home = guest.get(link)
        assert home["Cache-Control"] == "private, no-store"
        assert "下一期 3,042.19 元" in text(home) and "王*" in text(home) and "王伟" not in text(home)
        assert "第 36 期" in text(guest.get(f"{link}plan/"))
        assert "第 1 期本金 2,542.19" in text(guest.get(f"{link}account/"))
        tried = text(guest.get(f"{link}prepay/", {"amount": "20,000", "on": DAY.isoformat()}))
        assert "期限缩短，月供不变" in tried and "少付利息" in tried
        assert "还清全部本金请选提前结清" in text(
            guest.get(f"{link}prepay/", {"amount": "97457.81", "on": DAY.isoformat()}), 422
        )
        assert "结清日须在" in text(guest.get(f"{link}payoff/", {"on": "2024-01-01"}), 422)
        assert guest.get(f"{link}certificate/").status_code == 404
        assert browser(lent.officer).post("/loans/CD-one/closure/unlink/").status_code == 302
        for path in ("", "plan/", "account/", "payoff/", "prepay/", "certificate/"):
            assert "链接已失效" in text(guest.get(link + path), 404)


def test_the_officer_sees_the_fee_the_customer_sees_before_a_prepayment_is_booked(lent: Lent) -> None:
    fee = "按合同收取提前还款违约金 600.00 元，计入下一期，下面的下期应还已包含。"
    form_key = "11111111-1111-4111-8111-111111111111"
    sent = {"amount": "20,000", "received_on": DAY.isoformat(), "choice": "lower_instalment", "form_key": form_key}
    with on(DAY):
        guest, finance = Client(headers={"Accept-Language": "zh-hans"}), browser(lent.finance)
        phone = text(guest.get(f"{address(lent)}prepay/", {"amount": "20,000", "on": DAY.isoformat()}))
        rows = lent.loan.last_seq
        for amount in ("20,000", "30,000"):  # another sum is another fee: the figures of the first do not let it pass
            seen = text(
                finance.post("/loans/CD-one/prepay/", sent | {"amount": amount, "shown": "2000000.2025-05-20.1"})
            )
            assert lent.loan.last_seq == rows
        assert "提前还款违约金 900.00 元" in seen
        seen = text(finance.post("/loans/CD-one/prepay/", sent))
        assert fee in phone and fee in seen and lent.loan.last_seq == rows
        figures = re.compile(r'<dd class="strong">([\d,.]+)</dd>')
        assert figures.findall(seen) == figures.findall(phone) and len(figures.findall(seen)) == 3
        shown = re.search(r'name="shown" value="([^"]+)"', seen)
        assert shown is not None and shown[1] == "2000000.2025-05-20.60000"
        for _ in range(2):  # sent twice, it is booked once
            booked = finance.post("/loans/CD-one/prepay/", sent | {"shown": shown[1]})
            assert booked.status_code == 302 and booked["Location"] == "/loans/CD-one/plan/"
        assert [row.kind for row in lent.loan.events.order_by("seq")][-2:] == ["charge", "prepayment"]
        assert lent.loan.last_seq == rows + 2 and lent.loan.owed == 77_457_81


def test_money_ahead_that_came_some_days_ago_is_shown_as_it_is_booked(lent: Lent) -> None:
    sent = {"amount": "20,000", "received_on": "2025-05-15", "choice": "lower_instalment"}
    with on(DAY):
        seen = text(browser(lent.finance).post("/loans/CD-one/prepay/", sent))
        tried = prepayment_shown(lent.loan, 20_000_00, date(2025, 5, 15))
        choice = PrepaymentChoice.LOWER_INSTALMENT
        loan_prepay(
            loan_id=lent.loan_id,
            amount=20_000_00,
            received_on=date(2025, 5, 15),
            choice=choice,
            actor=lent.money,
            key="b",
        )
        first = next(row for row in loan_state(lent.loan, DAY).rows if row.due_date > DAY)
    assert "提前还款违约金 600.00 元" in seen and f"{yuan_grouped(first.total)}</dd>" in seen
    assert (tried.lower.next_amount, tried.lower.next_due) == (first.total, first.due_date)


def test_what_the_customer_asks_is_finances_turn_and_the_end_is_worked_off_on_the_page(lent: Lent) -> None:
    with on(DAY):
        link, guest = address(lent), Client(headers={"Accept-Language": "zh-hans"})
        page = text(guest.get(f"{link}payoff/", {"on": DAY.isoformat()}))
        found = re.search(r'name="shown" value="(\d+)"', page)
        assert found is not None
        asked = {"on": DAY.isoformat(), "shown": found.group(1)}
        assert guest.post(f"{link}payoff/", asked | {"shown": "1"}).status_code == 422
        assert SettlementAsk.objects.count() == 0
        assert guest.post(f"{link}payoff/", asked).status_code == 302
        assert "正在由财务办理" in text(guest.get(f"{link}payoff/"))
        finance, total = browser(lent.finance), int(found.group(1))
        assert "客户申请 2025-05-20 结清" in text(finance.get("/loans/CD-one/"))
        assert "客户申请结清" in text(finance.get("/")) and "客户申请结清" not in text(browser(lent.officer).get("/"))
        loan_settle_early(loan_id=lent.loan_id, amount=total, received_on=DAY, actor=lent.money, key="off")
        officer = browser(lent.officer)
        assert "还有 4 项未办完" in text(officer.get("/loans/CD-one/closure/"))
        assert "结清后：结清证明" in text(officer.get("/"))
        assert "CD-one" in text(officer.get("/loans/closures/?state=open")) and "CD-one" in text(officer.get("/loans/"))
        assert officer.post("/loans/CD-one/closure/certify/").status_code == 403
        assert finance.post("/loans/CD-one/closure/certify/").status_code == 302
        assert officer.post("/loans/CD-one/closure/close/").status_code == 409
        for kind, result in (("lien", "done"), ("gps", "none"), ("papers", "done")):
            data = {"result": result, "reference": "回执 1", "done_on": DAY.isoformat(), "form_key": f"k-{kind}"}
            assert officer.post(f"/loans/CD-one/closure/items/{kind}/", data).status_code == 302
        assert officer.post("/loans/CD-one/closure/close/").status_code == 302
        closure = closure_of(lent.loan_id)
        assert closure is not None and (closure.state, Closure.objects.count()) == ("complete", 1)
        assert "解押天数中位数 0.0 天" in text(officer.get("/loans/closures/"))
        for who, path in ((officer, "/loans/CD-one/closure/certificate/"), (guest, f"{link}certificate/")):
            assert who.get(path)["Content-Type"] == "application/pdf"


def test_money_that_comes_on_the_last_good_day_settles_for_what_the_customer_was_told(lent: Lent) -> None:
    last = DAY + timedelta(2)
    with on(DAY):
        guest = Client(headers={"Accept-Language": "zh-hans"})
        link = address(lent)
        found = re.search(r'name="shown" value="(\d+)"', text(guest.get(f"{link}payoff/", {"on": DAY.isoformat()})))
        assert found is not None
        guest.post(f"{link}payoff/", {"on": DAY.isoformat(), "shown": found.group(1)})
    with on(last):
        finance, told = browser(lent.finance), f"{int(found.group(1)) / 100:,.2f}"
        page = text(finance.get("/loans/CD-one/settle/"))
        assert f'value="{told}"' in page
        assert (
            finance.post("/loans/CD-one/settle/", {"amount": told, "received_on": last.isoformat()}).status_code == 302
        )
    loan = lent.loan
    assert (loan.state, loan.settled_on, loan.credit) == ("settled", DAY, 0)
