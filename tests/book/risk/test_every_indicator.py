"""Every indicator on a book with planted breaches: its value is that of the SQL of docs/watching.md, its alert one."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connection

from chedai.book.loans.models import Delinquency, Loan, LoanEvent, OverdueStanding
from chedai.book.risk.indicators import CATALOGUE, Asked
from chedai.book.risk.models import Alert, WatchItem
from chedai.book.risk.scanning import risk_scan
from chedai.crm.customers.models import Customer
from chedai.deals.applications.models import Answer, Application, Party
from chedai.deals.collateral.models import CollateralItem, InsurancePolicy
from chedai.deals.pipeline.services import deal_open
from chedai.deals.pipeline.states import Mode
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.policies.selectors import book_in_force
from tests.book.collection.book import MORNING, TODAY, Desk, desk, late_loan
from tests.cast import acting

pytestmark = pytest.mark.django_db

PAGE: Final = (Path(__file__).parents[3] / "docs" / "watching.md").read_text("utf-8")
SQL: Final = dict(re.findall(r"^## (\w+)$.*?```sql\n(.*?)```", PAGE, re.S | re.M))
GROUPS: Final = {
    by: sql.replace("\\|", "|")
    for by, sql in re.findall(r"^\| (store|officer|product|month) \| `(.*)` \|$", PAGE, re.M)
}
DAYS, BACK = 30, 365
PARAMETERS: Final = {
    "day": TODAY,
    "days": DAYS,
    "last": TODAY - timedelta(DAYS),
    "first": TODAY - timedelta(DAYS + BACK),
    "since": TODAY - timedelta(30),
    "until": TODAY + timedelta(7),
}


def day(back: int) -> date:
    return TODAY - timedelta(back)


@pytest.fixture
def shop() -> Desk:
    """Twelve loans: two late, one of them from its first instalment on; a lien five days late, an insurance to end."""
    made = desk()
    with clock.frozen(MORNING):
        loans = [late_loan(made, n, missed=20 if n < 3 else 1) for n in range(1, 13)]
        Delinquency.objects.exclude(loan__in=loans[:2]).delete()
        deals = [_deal(made, loan) for loan in loans[:7]]
        _security(made, deals)
        _settled(loans[8])
        _first_late(loans[1])
        for n, deal in enumerate(deals[:6]):
            _employed(deal, "远大机械厂", n)
    Customer.objects.filter(pk__in=[loan.customer_id for loan in loans[:3]]).update(
        phone_index=loans[0].customer.phone_index
    )
    WatchItem.objects.create(loan=loans[4], reason="manual", since=day(40), review_due=day(3))
    return made


def _deal(made: Desk, loan: Loan) -> int:
    by = acting(made.officer)
    deal = deal_open(
        customer_id=loan.customer_id,
        store_id=made.store.pk,
        mode=Mode.OWN_BOOK,
        officer_id=made.officer.pk,
        vehicle="启程 E5",
        actor=by,
    )
    Loan.objects.filter(pk=loan.pk).update(deal=deal)
    return int(deal.pk)


def _security(made: Desk, deals: list[int]) -> None:
    for deal, state, due in (
        (deals[0], "open", day(5)),
        (deals[1], "waiting", None),
        (deals[2], "done", day(5)),
        (deals[3], "open", day(0)),
    ):
        CollateralItem.objects.create(deal_id=deal, kind="lien", state=state, owner=made.officer, days=30, due_on=due)
    for deal, ends, withdrawn in ((deals[0], -3, None), (deals[0], -300, MORNING), (deals[1], -8, None)):
        InsurancePolicy.objects.create(
            deal_id=deal,
            cover="commercial",
            insurer="安行",
            number="P1",
            starts=day(300),
            ends=day(ends),
            recorded_by=made.officer.user,
            recorded_at=MORNING,
            withdrawn_at=withdrawn,
        )


def _settled(loan: Loan) -> None:
    for seq, (back, of) in enumerate(((20, None), (10, None)), start=2):
        LoanEvent.objects.create(
            loan=loan, seq=seq, kind="payoff", on=day(back), recorded_on=day(back), of=of, at=MORNING
        )
    first = LoanEvent.objects.get(seq=2)
    LoanEvent.objects.create(loan=loan, seq=4, kind="reversal", on=day(15), recorded_on=day(15), of=first, at=MORNING)
    Loan.objects.filter(pk=loan.pk).update(state="settled", settled_on=day(10), owed=0)


def _first_late(loan: Loan) -> None:
    """Late since its first due day, with more on the tenth day than on the first."""
    for day in (1, 10):
        standing = {"since": loan.first_due, "bucket": "M1", "overdue": day, "balance": 1}
        OverdueStanding.objects.create(loan=loan, day=loan.first_due + timedelta(day), **standing)


def _employed(deal_id: int, employer: str, n: int) -> None:
    application = Application.objects.create(deal_id=deal_id, quote_id=n, opened_at=MORNING)
    party = Party.objects.create(
        application=application,
        customer=application.deal.customer,
        role="borrower",
        liability="borrower",
        added_at=MORNING,
    )
    Answer.objects.create(
        party=party,
        question="employer",
        value=employer,
        match=employer,
        source="stated",
        as_of=TODAY,
        written_by="person:1",
        written_at=MORNING,
    )


def asked(code: str, by: str) -> list[tuple[Any, ...]]:
    """What the SQL of the page answers; SQLite counts days between dates by a function of its own."""
    sql = SQL[code].replace("{group}", GROUPS.get(by, ""))
    sql = re.sub(r"'(\w+):'", r"'\1' || chr58", sql).replace("chr58", "char(58)" if _sqlite() else "chr(58)")
    sql = re.sub(r":(\w+)", lambda found: f"%({found[1]})s", sql)
    if _sqlite():
        sql = re.sub(r"\((\S+) - ([\w.]+(?:\([\w.]+\))?)\)", r"CAST(julianday(\1) - julianday(\2) AS integer)", sql)
        sql = sql.replace("e.on ", 'e."on" ')
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("e.on ", 'e."on" '), PARAMETERS)
        return [tuple(row) for row in cursor.fetchall()]


def _sqlite() -> bool:
    return connection.vendor == "sqlite"


@pytest.mark.parametrize(
    ("code", "by"), [(code, by) for code, one in CATALOGUE.items() for by in one.groups if code in SQL]
)
def test_the_value_is_what_the_sql_of_the_page_says(shop: Desk, code: str, by: str) -> None:
    measured = {one.subject: one.value for one in CATALOGUE[code].measure(Asked(TODAY, by, book_in_force()))}
    told = asked(code, by)
    if code == "value_below_balance":
        assert told == []  # no loan here has a car
    elif code.startswith("shared_"):
        assert sorted(measured.values()) == sorted(row[0] for row in told) == [6 if code == "shared_employer" else 3]
    else:
        assert measured == dict(told) and len(told) == 1


def test_every_indicator_is_on_the_page() -> None:
    assert set(SQL) == set(CATALOGUE)


def test_a_planted_breach_of_each_is_one_alert_however_often_it_is_looked_for(shop: Desk) -> None:
    with clock.frozen(MORNING):
        for _night in range(2):
            risk_scan(day=TODAY, actor=system("close"))
    found = sorted(Alert.objects.values_list("indicator", "value"))
    assert [code for code, _ in found if code not in ("overdue_share", "first_payment_default")] == [
        "insurance_lapsing",
        "lien_overdue",
        "shared_employer",
        "shared_phone",
        "watch_review_overdue",
    ]
    assert ("lien_overdue", 5) in found and ("insurance_lapsing", 5) in found
