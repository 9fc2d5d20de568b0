"""A settlement taken back after the lien was released: the car is secured again, by a day, by somebody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from chedai.book.closing.selectors import closure_of, items_of
from chedai.book.closing.services import closure_item_drop, closure_item_finish
from chedai.book.closing.states import ClosingItem
from chedai.book.loans.models import Loan
from chedai.book.loans.selectors import payoff_quote
from chedai.book.loans.services.receiving import Receipt, loan_settle_early, receipt_reverse
from chedai.deals.collateral.models import CollateralItem
from chedai.deals.collateral.services import collateral_finish
from chedai.deals.custody.selectors import holding_read, kept_of
from chedai.deals.pipeline.models import Deal
from chedai.platform import clock
from chedai.platform.audit.models import AuditEntry
from tests import cast
from tests.book.loans.lending import OUT, Lent, lend, on
from tests.deals.custody import Vault, vault
from tests.deals.papering import pdf_paper

pytestmark = pytest.mark.django_db

DAY = date(2025, 4, 20)
BACK = DAY + timedelta(6)
DUE = BACK + timedelta(10)


@pytest.fixture
def safe() -> Vault:
    """A deal that is complete: its green book lies in the safe, its lien is registered."""
    with on(OUT):
        made = vault()
        made.enter()
        kinds = ("plate", "lien", "green_book", "gps")
        CollateralItem.objects.bulk_create(
            CollateralItem(deal=made.deal, kind=kind, owner=made.keeper, days=30, state="done", done_on=OUT)
            for kind in kinds
        )
        ended = {"state": "funded", "stage": "complete", "turn": "nobody", "closed_at": clock.now()}
        Deal.objects.filter(pk=made.deal.pk).update(**ended)
    return made


@pytest.fixture
def lent(safe: Vault) -> Lent:
    """The loan of this deal."""
    made = lend()
    Loan.objects.filter(pk=made.loan_id).update(deal=safe.deal)
    return made


def settle(lent: Lent) -> Receipt:
    with on(DAY):
        whole = payoff_quote(lent.loan, DAY).payable
        return loan_settle_early(loan_id=lent.loan_id, amount=whole, received_on=DAY, actor=lent.money, key="off")


def take_back(lent: Lent, receipt: Receipt) -> None:
    receipt_reverse(event_id=receipt.event_id, reason="退票", actor=lent.money, key="back")


def stands(safe: Vault) -> dict[str, tuple[str, date | None, str]]:
    found = CollateralItem.objects.filter(deal=safe.deal).order_by("pk")
    return {one.kind: (one.state, one.due_on, one.owner.user.username) for one in found}


def home(lent: Lent) -> str:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(lent.officer.user)
    return client.get("/").content.decode()


def test_what_was_given_back_is_owed_again_on_the_day_of_the_officer_until_it_is_recorded(
    lent: Lent, safe: Vault
) -> None:
    receipt = settle(lent)
    closure = closure_of(lent.loan_id)
    assert closure is not None
    items = {one.kind: one.pk for one in items_of(closure.pk)}
    with on(BACK):
        for kind in (ClosingItem.LIEN, ClosingItem.PAPERS):
            closure_item_finish(item_id=items[kind], reference="回执 8871", done_on=BACK, actor=lent.money)
        closure_item_drop(item_id=items[ClosingItem.GPS], reason="客户自留", actor=lent.money)
        assert kept_of(safe.deal.pk) == [] and "抵押登记" not in home(lent)
        take_back(lent, receipt)
        assert stands(safe) == {
            "plate": ("done", None, "xu"),
            "lien": ("open", DUE, "lin"),
            "green_book": ("open", DUE, "lin"),
            "gps": ("done", None, "xu"),
        }
        page = home(lent)
        assert all(said in page for said in ("抵押登记", "绿本回收", "05-06 截止", safe.deal.number))
        deal = Deal.objects.get(pk=safe.deal.pk)
        assert (deal.turn, deal.next_step) == ("officer", "结清已冲销，请重新办理抵押登记、收回绿本")
        for one in CollateralItem.objects.filter(deal=safe.deal, state="open"):
            number = "330012345" if one.kind == "green_book" else "抵-2"
            officer = cast.acting(lent.officer)
            collateral_finish(
                item_id=one.pk,
                reference=number,
                done_on=BACK,
                actor=officer,
                name="回执.pdf",
                content=pdf_paper("回执"),
            )
        deal.refresh_from_db()
        assert (deal.turn, deal.next_step, {one[0] for one in stands(safe).values()}) == (
            "nobody",
            "资料已齐，归档",
            {"done"},
        )
        assert "抵押登记" not in home(lent)
        assert [one.item.label for one in kept_of(safe.deal.pk)] == [f"{safe.deal.number}-G2"]
        assert holding_read(f"{safe.deal.number}-G2").holder == "staff"
    assert AuditEntry.objects.filter(action="collateral.reopened").count() == 2


def test_once_its_loan_is_settled_nobody_is_asked_to_secure_the_car_any_more(lent: Lent, safe: Vault) -> None:
    CollateralItem.objects.filter(kind="lien").update(state="open", due_on=BACK, owner=lent.officer)
    with on(DAY):
        assert "抵押登记" in home(lent)
    settle(lent)
    with on(DAY):
        assert "抵押登记" not in home(lent)


def test_what_was_never_given_back_is_still_held(lent: Lent, safe: Vault) -> None:
    receipt, before = settle(lent), stands(safe)
    with on(BACK):
        take_back(lent, receipt)
    assert closure_of(lent.loan_id) is None and stands(safe) == before
    assert Deal.objects.get(pk=safe.deal.pk).turn == "nobody"
