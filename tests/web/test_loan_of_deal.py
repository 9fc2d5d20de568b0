"""The loan on the page of its deal, and old cases held against what the book knows of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.test import Client

from chedai.book.loans.models import BucketMove, Loan
from chedai.book.loans.states import BookKind
from chedai.book.risk.performance import turned_bad
from chedai.deals.pipeline.models import Deal
from chedai.org.models import Staff
from tests.book.loans.lending import INSTALMENT, Lent, lend, on
from tests.house import House
from tests.web.test_deals import opened

Browse = Callable[[Staff], Client]
DAY = date(2025, 5, 20)


def lent_for(deal: Deal, name: str = "one") -> Lent:
    """The deal has become a loan whose first instalment is paid."""
    made = lend(name=name)
    Loan.objects.filter(pk=made.loan_id).update(deal=deal)
    made.pay(INSTALMENT, date(2025, 5, 10))
    return made


def test_the_page_of_a_deal_shows_its_loan(house: House, browse: Browse) -> None:
    deal = opened(house)
    client = browse(house.officer)
    assert "放款后在此显示还款、逾期与结清。" in client.get(f"/deals/{deal.number}/loan/").content.decode()
    lent = lent_for(deal)
    with on(DAY):
        said = client.get(f"/deals/{deal.number}/loan/").content.decode()
    assert f'href="/loans/{lent.loan.number}/"' in said
    assert "97,457.81" in said  # the balance after one instalment
    assert "1 <small>/ 36 期</small>" in said
    assert "3,042.19" in said
    assert client.get("/loans/CD-one/").status_code in (200, 403)


def test_nobody_reads_the_loan_of_a_deal_that_is_not_theirs(house: House, browse: Browse) -> None:
    deal = opened(house)
    lent_for(deal)
    assert browse(house.colleague).get(f"/deals/{deal.number}/loan/").status_code == 403


def test_a_loan_turned_bad_once_it_was_more_than_a_month_late(house: House) -> None:
    first, second, third = opened(house), opened(house, name="何平"), opened(house, name="孙立")
    good, bad = lent_for(first), lent_for(second, "two")
    for lent, buckets in ((good, ("M0", "M1")), (bad, ("M1", "M2"))):
        was, now = buckets
        BucketMove.objects.create(
            loan=lent.loan, day=DAY, was=was, now=now, overdue=INSTALMENT, balance=97_457_81, missed=1
        )
    assert turned_bad([first.pk, second.pk, third.pk]) == {first.pk: False, second.pk: True}


def test_of_a_banks_loan_only_its_list_says_what_is_late(house: House, browse: Browse) -> None:
    deal = opened(house)
    lent = lent_for(deal)
    Loan.objects.filter(pk=lent.loan_id).update(book=BookKind.BANK)
    with on(date(2025, 9, 20)):
        said = browse(house.officer).get(f"/deals/{deal.number}/loan/").content.decode()
        plan = browse(house.officer).get(f"/loans/{lent.loan.number}/plan/").content.decode()
    assert plan.count("<strong>3,042.19</strong>") == 35 and 'name="on"' not in plan
    assert "还没有导入资方清单" in said
    assert "今日应还" not in said and "到期未还" not in said
    assert "5 <small>/ 36 期</small>" in said
