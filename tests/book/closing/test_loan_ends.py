"""The end of a loan: the customer's link and wish, what goes back to them, and nothing closed with an item open."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.db.models import Q
from pypdf import PdfReader

from chedai.book.closing import selectors
from chedai.book.closing.asking import quote_for_customer, settlement_ask, settlement_withdraw
from chedai.book.closing.links import loan_link_enter, loan_link_make, loan_link_open, loan_link_revoke
from chedai.book.closing.models import Closure, ClosureItem, LoanLink, SettlementAsk
from chedai.book.closing.privacy import closing_erase
from chedai.book.closing.rules import days_to_release, owed
from chedai.book.closing.services import (
    certificate_issue,
    closure_complete,
    closure_item_drop,
    closure_item_finish,
)
from chedai.book.closing.simulation import Ahead, prepayment_try
from chedai.book.closing.states import ClosingItem
from chedai.book.loans.selectors import loan_state, payoff_quote
from chedai.book.loans.services.receiving import Receipt, loan_prepay, loan_settle_early, receipt_reverse
from chedai.engine.daycount import add_months
from chedai.engine.life.events import PrepaymentChoice
from chedai.platform.actors import Actor
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.files.selectors import paper_content
from tests import cast
from tests.book.loans.lending import INSTALMENT, OUT, Lent, lend, on

pytestmark = pytest.mark.django_db

DAY = date(2026, 4, 17)
PAYOFF = 70_779_95


@pytest.fixture
def lent() -> Lent:
    """Twelve of thirty-six instalments are paid; 68,640.65 is owed."""
    made = lend()
    for month in range(1, 13):
        made.pay(INSTALMENT, add_months(OUT, month))
    return made


def officer(lent: Lent) -> Actor:
    return cast.acting(lent.officer)


def linked(lent: Lent) -> LoanLink:
    with on(DAY):
        return loan_link_make(loan_id=lent.loan_id, until=DAY + timedelta(30), actor=officer(lent))[0]


def settle(lent: Lent) -> Receipt:
    with on(DAY):
        return loan_settle_early(
            loan_id=lent.loan_id, amount=PAYOFF, received_on=DAY, actor=lent.money, key="off", reference="LS-9"
        )


def closed(lent: Lent) -> Closure:
    found = selectors.closure_of(lent.loan_id)
    assert found is not None
    return found


def item(lent: Lent, kind: ClosingItem) -> ClosureItem:
    return next(one for one in selectors.items_of(closed(lent).pk) if one.kind == kind)


def acts() -> list[str]:
    found = AuditEntry.objects.filter(action__regex=r"^(closure\.|loan\.(link|settlement))").order_by("pk")
    return list(found.values_list("action", flat=True))


def test_a_link_opens_for_its_loan_until_its_day_and_not_when_it_was_taken_back(lent: Lent) -> None:
    with on(DAY):
        link, token = loan_link_make(loan_id=lent.loan_id, until=DAY + timedelta(30), actor=officer(lent))
        assert loan_link_enter(token=token).loan_id == lent.loan_id
        for until in (DAY, DAY + timedelta(401)):
            with pytest.raises(Refusal) as refused:
                loan_link_make(loan_id=lent.loan_id, until=until, actor=officer(lent))
            assert (refused.value.code, refused.value.field) == ("link-days", "until")
    with on(DAY + timedelta(30)):
        assert loan_link_open(token).opened == 1
    with on(DAY + timedelta(31)), pytest.raises(NotFound):
        loan_link_open(token)
    with on(DAY):
        loan_link_revoke(link_id=link.pk, actor=officer(lent))
        with pytest.raises(NotFound):
            loan_link_open(token)
        with pytest.raises(NotFound):
            loan_link_revoke(link_id=link.pk, actor=officer(lent))
    assert acts() == ["loan.link_made", "loan.link_opened", "loan.link_revoked"]


def test_the_customer_is_quoted_the_sum_that_settles_and_asks_for_it_once(lent: Lent) -> None:
    link = linked(lent)
    with on(DAY):
        quote = quote_for_customer(lent.loan, DAY)
        assert (quote.total, quote.balance, quote.good_through) == (PAYOFF, 68_640_65, DAY + timedelta(2))
        for shown in (PAYOFF - 1, 0):
            with pytest.raises(Conflict, match="the sum has changed"):
                settlement_ask(link=link, on=DAY, shown=shown)
        for day in (DAY - timedelta(1), DAY + timedelta(61)):
            with pytest.raises(Refusal) as refused:
                settlement_ask(link=link, on=day, shown=PAYOFF)
            assert refused.value.code == "day-outside"
        assert SettlementAsk.objects.count() == 0
        ask = settlement_ask(link=link, on=DAY, shown=PAYOFF)
        assert (ask.quoted, ask.settle_on, ask.good_through) == (PAYOFF, DAY, DAY + timedelta(2))
        assert [one.pk for one in selectors.asks_waiting(Q())] == [ask.pk]
        with pytest.raises(Conflict, match="asked to settle already"):
            settlement_ask(link=link, on=DAY, shown=PAYOFF)
        settlement_withdraw(link=link)
        assert selectors.ask_open(lent.loan_id) is None
        settlement_ask(link=link, on=DAY, shown=PAYOFF)
    with on(DAY + timedelta(3)):  # its quote is good no longer
        later = quote_for_customer(lent.loan, DAY + timedelta(3)).total
        settlement_ask(link=link, on=DAY + timedelta(3), shown=later)
    states = list(SettlementAsk.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["withdrawn", "lapsed", "open"]


def test_both_choices_of_a_prepayment_are_what_booking_it_makes(lent: Lent) -> None:
    rows = lent.loan.last_seq
    with on(DAY):
        tried = prepayment_try(lent.loan, 20_000_00, DAY)
        assert (tried.now.instalments, tried.now.next_amount) == (24, INSTALMENT)
        assert tried.fee == 600_00  # 3 % of it, with the next instalment
        assert tried.shorter.instalments < 24 and tried.shorter.next_amount - tried.fee <= INSTALMENT
        assert tried.lower.instalments == 24 and tried.lower.next_amount - tried.fee < INSTALMENT
        assert tried.shorter_saves > tried.lower_saves > 0
        for amount, code in ((0, "amount-none"), (68_640_65, "is-a-settlement")):
            with pytest.raises(Refusal) as refused:
                prepayment_try(lent.loan, amount, DAY)
            assert (refused.value.code, refused.value.field) == (code, "amount")
        assert lent.loan.last_seq == rows
        loan_prepay(
            loan_id=lent.loan_id,
            amount=20_000_00,
            received_on=DAY,
            choice=PrepaymentChoice.LOWER_INSTALMENT,
            actor=lent.money,
            key="ahead",
        )
        ahead = [row for row in loan_state(lent.loan, DAY).rows if row.due_date > DAY]
        assert tried.lower == Ahead(
            instalments=len(ahead),
            next_amount=ahead[0].total,
            next_due=ahead[0].due_date,
            last_due=ahead[-1].due_date,
            interest=sum(row.interest for row in ahead),
            total=sum(row.outstanding for row in ahead),
        )


def test_a_settled_loan_opens_what_goes_back_and_closes_only_when_nothing_is_open(lent: Lent) -> None:
    link = linked(lent)
    with on(DAY):
        settlement_ask(link=link, on=DAY, shown=PAYOFF)
    settle(lent)
    assert SettlementAsk.objects.get().state == "done"
    due = {one.kind: one.due_on for one in selectors.items_of(closed(lent).pk)}
    assert due == {
        "certificate": DAY + timedelta(3),
        "lien": DAY + timedelta(15),
        "gps": DAY + timedelta(15),
        "papers": DAY + timedelta(10),
    }
    with on(DAY + timedelta(6)):
        with pytest.raises(Conflict) as refused:
            closure_complete(closure_id=closed(lent).pk, actor=officer(lent))
        assert refused.value.zh == "还有未办完的事项：结清证明、解除抵押、拆除定位装置、归还绿本、钥匙、资料"
        with pytest.raises(Conflict, match="issued, not ticked off"):
            done(lent, ClosingItem.CERTIFICATE, "JQ-1")
        with pytest.raises(Refusal, match="what proves it"):
            done(lent, ClosingItem.LIEN, " ")
        assert {one.state for one in selectors.items_of(closed(lent).pk)} == {"open"}
        certificate_issue(closure_id=closed(lent).pk, actor=lent.money)
        done(lent, ClosingItem.LIEN, "解押回执 8871")
        done(lent, ClosingItem.PAPERS, "王伟签收")
        with pytest.raises(Conflict, match="removal of the device"):
            closure_complete(closure_id=closed(lent).pk, actor=officer(lent))
        closure_item_drop(item_id=item(lent, ClosingItem.GPS).pk, reason="未装定位装置", actor=officer(lent))
        with pytest.raises(Conflict, match="settled already"):
            done(lent, ClosingItem.GPS, "晚了")
        closure_complete(closure_id=closed(lent).pk, actor=officer(lent))
        assert (closed(lent).state, closed(lent).released_on) == ("complete", DAY + timedelta(6))
        assert selectors.release_days(Q(), DAY) == (1, 6.0)
    assert acts()[-5:] == [
        "closure.certified",
        "closure.item_done",
        "closure.item_done",
        "closure.item_none",
        "closure.completed",
    ]


def done(lent: Lent, kind: ClosingItem, reference: str) -> None:
    closure_item_finish(
        item_id=item(lent, kind).pk, reference=reference, done_on=DAY + timedelta(6), actor=officer(lent)
    )


def test_the_certificate_is_issued_once_with_the_figures_of_the_settlement(lent: Lent) -> None:
    settle(lent)
    with on(DAY):
        made = certificate_issue(closure_id=closed(lent).pk, actor=lent.money)
        with pytest.raises(Conflict, match="issued already"):
            certificate_issue(closure_id=made.pk, actor=lent.money)
    assert made.certificate is not None and made.number == "JQ-CD-one-1"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper_content(made.certificate.pk)[1])).pages)
    plain = text.replace("\n", "").replace(" ", "")
    for said in (
        "贷款结清证明",
        "JQ-CD-one-1",
        "王伟",
        "70,779.95",
        "柒万零柒佰柒拾玖元玖角伍分",
        "100,000.00",
        "壹拾万元整",
        "107,286.23",  # twelve instalments of 3,042.19 and the settlement
        "2026-04-17",
    ):
        assert said in plain, said


def test_a_receipt_taken_back_voids_the_end_and_its_certificate(lent: Lent) -> None:
    receipt = settle(lent)
    with on(DAY):
        first = certificate_issue(closure_id=closed(lent).pk, actor=lent.money)
        receipt_reverse(event_id=receipt.event_id, reason="退票", actor=lent.money, key="back")
        assert selectors.closure_of(lent.loan_id) is None
        assert Closure.objects.get(pk=first.pk).state == "void"
        with pytest.raises(Conflict, match="is over"):
            closure_complete(closure_id=first.pk, actor=officer(lent))
        assert payoff_quote(lent.loan, DAY).total == PAYOFF
        loan_settle_early(loan_id=lent.loan_id, amount=PAYOFF, received_on=DAY, actor=lent.money, key="again")
        again = certificate_issue(closure_id=closed(lent).pk, actor=lent.money)
    assert (again.pk != first.pk, again.number) == (True, "JQ-CD-one-2")


def test_with_its_customer_goes_who_signed_and_the_link(lent: Lent) -> None:
    linked(lent)
    settle(lent)
    with on(DAY + timedelta(6)):
        done(lent, ClosingItem.PAPERS, "王伟签收")
        closing_erase([lent.loan.customer_id])
        links = selectors.links_of(lent.loan_id)
    item_left = item(lent, ClosingItem.PAPERS)
    assert (bool(item_left.reference and item_left.reference.in_full()), item_left.state) == (False, "done")
    assert [one.revoked_at is None for one in links] == [False]


def test_what_was_not_taken_is_not_given_back_and_days_are_a_median() -> None:
    everything = (ClosingItem.CERTIFICATE, ClosingItem.LIEN, ClosingItem.GPS, ClosingItem.PAPERS)
    assert owed(None) == everything
    assert owed({"lien", "plate"}) == (ClosingItem.CERTIFICATE, ClosingItem.LIEN, ClosingItem.PAPERS)
    day = date(2026, 3, 1)
    assert days_to_release([(day, day + timedelta(n)) for n in (3, 11, 4)]) == 4.0
    assert days_to_release([]) is None
