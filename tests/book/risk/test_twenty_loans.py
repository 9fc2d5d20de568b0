"""The twenty loans of docs/algorithms/portfolio.md on the book: lent, paid and closed, they give the page's tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from django.test import Client

from chedai.book.ledger import chart
from chedai.book.ledger.balances import account_balance
from chedai.book.loans.forms import Agreement
from chedai.book.loans.models import Loan
from chedai.book.loans.selectors import payoff_quote
from chedai.book.loans.services.opening import loan_enter
from chedai.book.loans.services.receiving import loan_repay, loan_settle_early
from chedai.book.risk.portfolio import History, first_payments, history, months_kept, rolls, summaries, vintages
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.engine.life import Conventions, PayoffInterest
from chedai.engine.portfolio import SETTLED
from chedai.engine.settlement import SettlementFee
from chedai.engine.terms import Amortisation, LoanTerms
from chedai.journey.close_of_day import STEPS
from chedai.org.models import Staff, Store
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.days.closing import close_run
from tests import cast
from tests.engine.portfolio.pages import INSTALMENT, MONTH_ENDS, NAMES, PRINCIPAL, PageLoan, code, fen, loans, rows

pytestmark = pytest.mark.django_db

BOOK = tuple(step for step in STEPS if step.code in ("month_end", "bill", "age", "suspend", "accrue", "snapshot"))
"""The steps that bring the book itself to a day."""
NIGHTS = sorted(
    [date(2026, month, day) for month in range(2, 7) for day in (10, 11)]  # it falls due, and who has not paid is late
    + [end + timedelta(1) for end in MONTH_ENDS]
    + [date(2026, 3, 12), date(2026, 4, 9)]  # thirty days after a first due day; the third is 10 May
)
LAST = MONTH_ENDS[-1]
CONVENTIONS = Conventions(payoff_interest=PayoffInterest.ACCRUED)


@contextmanager
def at(day: date, hour: int) -> Iterator[None]:
    """An hour of a day in Shanghai."""
    with clock.frozen(datetime.combine(day, time(hour), clock.SHANGHAI).astimezone(UTC)):
        yield


@dataclass
class Page:
    """The house of the page, and its loans by their number."""

    stores: dict[str, Store]
    officers: dict[str, Staff]
    finance: Staff

    def lend(self, one: PageLoan) -> None:
        officer, store = self.officers[one.officer], self.stores[one.dealer]
        customer = customer_register(
            kind=CustomerKind.PERSON,
            name=one.number,
            store_id=store.pk,
            owner_id=officer.pk,
            actor=cast.acting(officer),
        )
        loan = Loan(
            number=one.number,
            customer=customer,
            store=store,
            officer=officer,
            lender_code="tongzhou",
            product_code="own",
        )
        terms = LoanTerms(
            principal=PRINCIPAL,
            annual_rate=0,
            periods=12,
            disbursed_on=one.paid_out,
            amortisation=Amortisation.EQUAL_PRINCIPAL,
        )
        loan_enter(
            loan=loan,
            agreed=Agreement(terms, CONVENTIONS, SettlementFee(), fees_stop=False),
            actor=cast.acting(self.finance),
        )

    def pay(self, one: PageLoan, day: date, count: int) -> None:
        """So many instalments on a day; all that is left is a settlement."""
        loan = Loan.objects.get(number=one.number)
        actor, key = cast.acting(self.finance), f"{one.number} {day}"
        if loan.owed == count * INSTALMENT:
            assert payoff_quote(loan, day).total == loan.owed
            loan_settle_early(loan_id=loan.pk, amount=loan.owed, received_on=day, actor=actor, key=key)
        else:
            loan_repay(loan_id=loan.pk, amount=count * INSTALMENT, received_on=day, actor=actor, key=key)


@pytest.fixture
def seen() -> History:
    """The book lived through, from the first payout to the close of 1 July."""
    stores = {"城东": cast.store("A1", "城东店"), "城西": cast.store("A2", "城西店")}
    officers = {
        name: cast.person(user, name, stores["城东"], "officer") for user, name in (("li", "李敏"), ("zhao", "赵强"))
    }
    page = Page(stores, officers, cast.person("fang", "方财", stores["城东"], "finance"))
    book = loans()
    paid = Counter((day, k) for k, one in enumerate(book) for n in range(1, 13) if (day := one.paid_on(n)) is not None)
    days = {one.paid_out for one in book} | {day for day, _ in paid} | set(NIGHTS)
    for day in sorted(days):
        if day in NIGHTS:
            with at(day, 1):
                close_run(day=day, steps=BOOK, actor=system("close"), tell=lambda *told: None)
        with at(day, 10):
            for k, one in enumerate(book):
                if one.paid_out == day:
                    page.lend(one)
                if paid[day, k]:
                    page.pay(one, day, paid[day, k])
    found = history(months_kept())
    assert found is not None
    return found


def test_the_book_gives_every_table_of_the_page(seen: History) -> None:
    """One book, many tables: states, moves, vintages, first payments, and June as a whole."""
    assert seen.months == MONTH_ENDS
    assert seen.states.tolist() == [[code(line[1:][m]) for line in rows("loan | Jan")] for m in range(6)]
    the_moves(seen)
    the_vintages(seen)
    the_first_payments()
    june(seen)
    the_screen()


def the_screen() -> None:
    """The page shows June as the document works it out, and first payments by whom one asks for."""
    compliance = cast.person("han", "韩冰", Store.objects.get(code="A1"), "compliance", everywhere=True)
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(compliance.user)
    with at(LAST + timedelta(1), 10):
        pages = {by: client.get(f"/risk/portfolio/?by={by}").content.decode() for by in ("officer", "month", "")}
    # 17,000 and 65,000 late of 159,000; 23,000, of it 9,000 late, and 2 of 18 bad; 7,530 of allowance
    for said in ("10.69%", "40.88%", "14.47%", "5.66%", "11.11%", "0.75", "32.74%", "2 / 3"):
        assert said in pages[""], said
    assert "22.22%" in pages["officer"] and "9.09%" in pages["officer"]
    assert "14.29%" in pages["month"] and "2026-02" in pages["month"]
    assert "37.50%" in pages[""] and "城西店" in pages[""]


def the_moves(seen: History) -> None:
    counts, balances = rolls(seen)
    printed = np.zeros_like(counts), np.zeros_like(counts)
    for month, move, number, amount in rows("from"):
        was, now = (code(word) for word in move.split(" → "))
        printed[0][NAMES.index(month), was, now] = int(number)
        printed[1][NAMES.index(month), was, now] = fen(amount)
    for found, expected in zip((counts, balances), printed, strict=True):
        found[:, SETTLED:] = 0
        assert found.tolist() == expected.tolist()


def the_vintages(seen: History) -> None:
    for word, ever in (("now", False), ("ever", True)):
        printed = [line for line in rows("paid out") if line[2] == word]
        found = vintages(seen, at_least=2, ever=ever)
        assert found.base.tolist() == [fen(line[1]) for line in printed]
        assert found.amount.tolist() == [[fen(cell) for cell in line[3:]] for line in printed]


def the_first_payments() -> None:
    printed = {line[0]: (int(line[1]), int(line[2])) for line in rows("by")}
    names = {str(store.pk): store.name.removesuffix("店") for store in Store.objects.all()}
    people = {str(staff.pk): staff.user.display_name for staff in Staff.objects.select_related("user")}
    found: dict[str, tuple[int, int]] = {}
    for by, called in (("store", names), ("officer", people)):
        told = first_payments(loans=Loan.objects.all(), on=LAST, days=30, by=by)
        found |= {called[key]: (reached, ripe) for key, reached, ripe in told}
    by_month = first_payments(loans=Loan.objects.all(), on=LAST, days=30, by="month")
    assert by_month == [("2026-01", 1, 8), ("2026-02", 1, 7), ("2026-03", 1, 5)]
    (_, reached, ripe), *more = first_payments(loans=Loan.objects.all(), on=LAST, days=30, by="product")
    assert found | {"all": (reached, ripe)} == printed
    assert more == []


def june(seen: History) -> None:
    """Classes, allowance and bad loans as the page works them out by hand; the ledger holds the same allowance."""
    place = dict(Loan.objects.values_list("number", "pk"))
    table = rows("loan | class")
    for number, cls, owed, overdue, allowance in table:
        k = seen.loans.tolist().index(place[number])
        figures = seen.classes[-1, k], seen.owed[-1, k], seen.overdue[-1, k], seen.allowance[-1, k]
        assert figures == (int(cls[0]), fen(owed), fen(overdue), fen(allowance)), number
    whole = {line[0]: line[1] for line in rows("June")}
    summary = summaries(seen)[-1]
    assert summary.coverage is not None
    assert {
        "loans": str(summary.loans),
        "owed": _yuan(summary.owed),
        "overdue": _yuan(summary.overdue),
        "balance of overdue loans": _yuan(summary.whole),
        "allowance": _yuan(summary.allowance),
        "bad loans by count": _ratio(summary.bad.loans.part, summary.bad.loans.whole),
        "bad loans, part overdue": _money(summary.bad.small.part, summary.bad.small.whole),
        "bad loans, whole balance": _money(summary.bad.large.part, summary.bad.large.whole),
        "coverage": _money(summary.coverage.part, summary.coverage.whole),
        "allowance over all": _money(summary.provisioned.part, summary.provisioned.whole),
    } == whole
    assert len(table) == summary.loans
    assert account_balance(chart.ALLOWANCE, LAST) == summary.allowance
    assert account_balance(chart.PRINCIPAL, LAST) == summary.owed


def _yuan(amount: int) -> str:
    return f"{amount / 100:,.2f}"


def _ratio(part: int, whole: int) -> str:
    return f"{part:,} / {whole:,}"


def _money(part: int, whole: int) -> str:
    return f"{_yuan(part)} / {_yuan(whole)}"
