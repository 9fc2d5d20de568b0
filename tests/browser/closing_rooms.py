"""Something to see of advances, of the end of loans, and the customer's own pages of one that lives."""

from __future__ import annotations

from datetime import timedelta

from chedai.book.advances.services import advance_make
from chedai.book.advances.states import AdvanceReason
from chedai.book.closing.links import loan_link_make
from chedai.book.closing.selectors import closure_of
from chedai.book.closing.services import certificate_issue
from chedai.book.loans.models import Loan
from chedai.book.loans.selectors import loan_read, payoff_quote
from chedai.book.loans.services.receiving import loan_settle_early
from chedai.platform import clock
from tests import cast
from tests.browser.loan_rooms import lent
from tests.house import House


def furnish(house: House) -> list[str]:
    """The addresses that lie behind the menu, and those behind a link."""
    today, actor = clock.business_date(), cast.acting(house.manager)
    done, lives = lent(house, "霍去病", today - timedelta(15)), lent(house, "李广", today - timedelta(80))
    total = payoff_quote(loan_read(done.pk), today).total
    loan_settle_early(loan_id=done.pk, amount=total, received_on=today, actor=actor, key="closing-1")
    closure = closure_of(done.pk)
    assert closure is not None
    certificate_issue(closure_id=closure.pk, actor=actor)
    until = today + timedelta(30)
    own = [loan_link_make(loan_id=one.pk, until=until, actor=actor)[1] for one in (done, lives)]
    mine = [
        f"/l/{own[1]}/{page}"
        for page in ("", "plan/", "account/", "payoff/", "prepay/?amount=20000&on=" + today.isoformat())
    ]
    bank = lent(house, "程不识", today - timedelta(20))
    Loan.objects.filter(pk=bank.pk).update(book="bank", lender_code="jianghe", plan_version=0)
    away = [f"/advances/{bank.number}/pay/", f"/advances/{bank.number}/recover/", "/advances/margin/"]
    advance_make(
        loan_id=bank.pk,
        amount=3_000_00,
        paid_on=today,
        reason=AdvanceReason.INSTALMENT,
        reference="HD-1",
        name="回单.pdf",
        content=b"%PDF-1.4\n%r\n%%EOF\n",
        actor=actor,
        key="closing-2",
    )
    staff = [
        f"/loans/{done.number}/closure/",
        f"/loans/{done.number}/closure/items/lien/",
        f"/loans/{done.number}/closure/refund/",
        f"/loans/{lives.number}/closure/",
    ]
    return [*away, *staff, f"/l/{own[0]}/", *mine]
