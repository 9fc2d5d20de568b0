"""Something to see of what is watched: a late loan, its alert with a playbook, three month ends, a watched loan."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from chedai.book.loans.models import Delinquency, Loan, LoanForm
from chedai.book.risk.alerts import alert_act
from chedai.book.risk.models import Alert, PlaybookStep, WatchItem
from chedai.book.risk.monthends import month_end_keep
from chedai.book.risk.scanning import risk_scan
from chedai.book.risk.watching import watch_review
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.platform import clock
from chedai.platform.actors import system
from tests import cast
from tests.house import House

CLOSE = system("close")
_MONTHS = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))


def furnish(house: House) -> list[str]:
    """The addresses that lie behind the menu."""
    loans = [_loan(house, n) for n in range(12)]
    for day, late in zip(_MONTHS, (1, 2, 3), strict=True):
        for n, loan in enumerate(loans[:late]):
            held = {"since": day - timedelta(20 + 35 * (late - n - 1)), "bucket": "M1", "missed": late - n}
            Delinquency.objects.update_or_create(loan=loan, defaults=held | {"overdue": 2_400_000})
        with clock.frozen(datetime(day.year, day.month, day.day, 1, tzinfo=UTC)):
            month_end_keep(day=day, actor=CLOSE)
    today = clock.business_date()
    risk_scan(day=today, actor=CLOSE)
    alert = Alert.objects.get(indicator="overdue_share", subject=f"store:{house.east.pk}")
    alert_act(alert_id=alert.pk, text="已与城东店经理核对三笔逾期", actor=cast.acting(house.manager))
    item = WatchItem.objects.filter(loan=loans[0]).order_by("pk").first()
    assert item is not None
    watch_review(item_id=item.pk, text="客户已换工作，下月起恢复", ends=False, actor=cast.acting(house.manager))
    step = PlaybookStep.objects.filter(run__alert=alert).first()
    assert step is not None
    return [f"/risk/alerts/{alert.pk}/", f"/risk/steps/{step.pk}/", f"/risk/watch/{item.pk}/"]


def _loan(house: House, n: int) -> Loan:
    actor = cast.acting(house.officer)
    customer = customer_register(
        kind=CustomerKind.PERSON, name=f"秦{'甲乙丙丁戊己庚辛壬癸子丑'[n]}", store_id=house.east.pk,
        owner_id=house.officer.pk, actor=actor,
    )  # fmt: skip
    form, _ = LoanForm.objects.get_or_create(digest="e" * 64, defaults={"body": b"{}"})
    month = 8 + n % 3
    return Loan.objects.create(
        number=f"A1-2026{month:02}-9{n:03}",
        customer=customer,
        store=house.east,
        officer=house.officer,
        lender_code="own",
        product_code="EV-36",
        form=form,
        principal=10_000_000,
        annual_rate=5_880_000,
        periods=36,
        disbursed_on=date(2026, month, 10),
        first_due=date(2026, month + 1, 10),
        due_day=10,
        owed=9_000_000,
    )
