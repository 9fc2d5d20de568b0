"""Something to see of loans: one that is paid late and ahead, with a receipt taken back; settled ones beside it."""

from __future__ import annotations

from datetime import date, timedelta

from chedai.book.loans.forms import Agreement
from chedai.book.loans.models import Loan
from chedai.book.loans.selectors import payoff_quote
from chedai.book.loans.services.opening import loan_enter
from chedai.book.loans.services.receiving import loan_repay, loan_settle_early, receipt_reverse
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.engine.settlement import SettlementFee
from chedai.engine.terms import LoanTerms
from chedai.platform import clock
from tests import cast
from tests.book.loans.lending import CONVENTIONS
from tests.house import House

INSTALMENT = 3_042_19


def furnish(house: House) -> list[str]:
    """The addresses that lie behind the menu."""
    today = clock.business_date()
    actor = cast.acting(house.manager)
    late = lent(house, "褚雪", today - timedelta(170))
    for n, days in ((1, 138), (2, 100), (3, 60)):
        loan_repay(
            loan_id=late.pk, amount=INSTALMENT, received_on=today - timedelta(days), actor=actor, key=f"room-{n}"
        )
    wrong = loan_repay(
        loan_id=late.pk, amount=200_000, received_on=today - timedelta(20), actor=actor, key="room-4", reference="LS-1"
    )
    receipt_reverse(event_id=wrong.event_id, reason="记错贷款", actor=actor)
    done = lent(house, "卫青", today - timedelta(20))
    total = payoff_quote(Loan.objects.select_related("form").get(pk=done.pk), today).total
    loan_settle_early(loan_id=done.pk, amount=total, received_on=today, actor=actor, key="room-5")
    path = f"/loans/{late.number}"
    tabs = [
        "",
        "plan/",
        "account/",
        "payoff/",
        "repay/",
        "prepay/",
        "settle/",
        f"reverse/{_first(late)}/",
        "changes/",
        "changes/restructure/",
        "changes/waiver/",
    ]
    then = (today - timedelta(90)).isoformat()
    return [*(f"{path}/{tab}" for tab in tabs), f"{path}/account/?known={then}", f"/loans/{done.number}/"]


def _first(loan: Loan) -> int:
    return int(loan.events.order_by("seq").exclude(kind="disbursement").values_list("pk", flat=True)[0])


def lent(house: House, name: str, day: date) -> Loan:
    """100,000.00 at 6 % over 36 months, paid out on a day."""
    actor = cast.acting(house.officer)
    customer = customer_register(
        kind=CustomerKind.PERSON, name=name, store_id=house.east.pk, owner_id=house.officer.pk, actor=actor
    )
    terms = LoanTerms(principal=100_000_00, annual_rate=6_000_000, periods=36, disbursed_on=day)
    loan = Loan(
        number=f"A1-{day:%Y%m}-{customer.pk:04}",
        customer=customer,
        store=house.east,
        officer=house.officer,
        lender_code="own",
    )
    return loan_enter(
        loan=loan, agreed=Agreement(terms, CONVENTIONS, SettlementFee(share=3_000_000), fees_stop=True), actor=actor
    )
