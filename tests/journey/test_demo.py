"""The demo group: every stage there, everything conserved. A small one, built as the large one is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.contrib.auth.hashers import check_password
from django.db.models import Sum
from stdnum.cn import ric

from chedai.book.advances.models import Advance
from chedai.book.closing.models import Closure
from chedai.book.collection.models import AgencyReview, CollectionCase, Contact, LegalClaim, Placement, Recovery
from chedai.book.ledger import chart
from chedai.book.ledger.balances import account_balance
from chedai.book.ledger.exports import beancount
from chedai.book.ledger.selectors import first_day
from chedai.book.ledger.verify import ledger_verify
from chedai.book.loans.bulk.debit_files import debit_file
from chedai.book.loans.bulk.debits import lines_of
from chedai.book.loans.bulk.models import DebitBatch
from chedai.book.loans.models import Delinquency, Loan, LoanChange, LoanEvent, OpenItem
from chedai.book.loans.proof.proving import book_prove
from chedai.book.loans.states import BookKind
from chedai.book.refunds.models import CreditRefund
from chedai.book.risk.models import PlaybookRun, WatchItem
from chedai.book.risk.portfolio import months_kept
from chedai.catalog.vehicles.rules import vin_refusal
from chedai.crm.customers.models import Customer
from chedai.crm.reception.models import Visit
from chedai.crm.reception.states import VisitState
from chedai.deals.disbursement.models import PayoutOrder
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.states import Mode
from chedai.deals.quotes.models import AdviceText
from chedai.journey.demo import banks, building, desk, diary
from chedai.journey.demo.building import ENDINGS, Ending, demo_build, demo_logins, lenders_answer_at
from chedai.journey.demo.house import PASSWORD, House
from chedai.journey.demo.papers import paper
from chedai.journey.demo.people import person, vin
from chedai.journey.management.commands import demo
from chedai.org.models import Staff, Store
from chedai.platform import clock
from chedai.platform.accounts.models import User
from chedai.platform.audit.models import AuditEntry
from chedai.platform.audit.services import log_verify
from chedai.platform.days.models import DayClose
from chedai.platform.errors import Conflict
from chedai.platform.files.rules import media_type
from chedai.platform.imports.models import Batch
from tests.book.loans.lending import is_balanced
from tests.conftest import MOMENT
from tests.support.beancount import bean_check

pytestmark = pytest.mark.django_db

SMALL = tuple(Ending(one.name, 9 if one.name == "complete" else 1, one.most, one.least) for one in ENDINGS)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Iterator[building.Built]:
    """A deal for each ending, of those paid out ten: seven on our own book, three of a bank; and six people beside."""
    monkeypatch.setattr(building, "ENDINGS", SMALL)
    monkeypatch.setattr(building, "PAID_OUT", (Mode.BROKER, Mode.OWN_BOOK, Mode.OWN_BOOK))
    monkeypatch.setattr(building, "CUSTOMERS", 24)
    monkeypatch.setattr(diary, "MONTHS", 0)
    heard: list[tuple[str, int, int]] = []
    with clock.frozen(MOMENT):
        made = demo_build(lambda *told: heard.append(told))
        assert heard[0] == ("house", 1, 1)
        assert heard[1] == ("customers", 24, 24)
        assert heard[-1][0] == "book" and heard[-1][1] == heard[-1][2]
        yield made


def test_the_sizes_of_the_group_are_those_it_promises() -> None:
    assert sum(one.count for one in ENDINGS) == 150
    assert building.CUSTOMERS == 400


def test_a_small_group_is_whole(built: building.Built, tmp_path: Path) -> None:
    """One building, many questions: every stage, money conserved, a sound log, nothing ahead of its time."""
    assert (Store.objects.count(), Staff.objects.count(), Customer.objects.count()) == (3, 25, 24)
    stages = {"quote", "application", "decision", "contract", "disbursement", "collateral", "complete"}
    assert set(Deal.objects.values_list("stage", flat=True)) <= stages
    assert {"open", "funded", "lost"} == set(Deal.objects.values_list("state", flat=True))
    funded = Deal.objects.filter(state="funded")
    paid = PayoutOrder.objects.filter(deal__in=funded, state="released")
    assert paid.count() == funded.count() == 10
    assert paid.aggregate(n=Sum("amount"))["n"] == funded.aggregate(n=Sum("amount"))["n"]
    waiting = Visit.objects.filter(state=VisitState.WAITING)
    assert {(one.store.code, MOMENT - one.arrived_at) for one in waiting} == {
        (code, timedelta(minutes=17)) for code in ("A1", "A2", "B1")
    }
    assert sorted(AdviceText.objects.values_list("state", flat=True)) == ["draft", *["published"] * 3]
    assert log_verify().findings == ()
    the_book_lives()
    what_is_late_is_worked_on()
    the_banks_are_heard()
    money_is_debited_by_files()
    the_ledger_is_the_loans(tmp_path)
    assert not AuditEntry.objects.filter(at__gt=MOMENT).exists()
    for rows, moment in ((Customer, "registered_at"), (Deal, "opened_at")):
        came = list(rows.objects.order_by("pk").values_list(moment, flat=True))
        assert came == sorted(came)
    assert len({role for _, _, role in demo_logins()}) == 9
    assert check_password(PASSWORD, User.objects.get(username="officer3").password)
    with pytest.raises(Conflict):
        demo_build(lambda *told: None)
    assert Staff.objects.count() == 25
    assert lenders_answer_at("http://127.0.0.1:8901", "secret-of-both-sides") == 6


def the_book_lives() -> None:
    """Repaid, late, settled early, prepaid, agreed anew; every day of the month closed; people work on what is late."""
    days = list(DayClose.objects.order_by("day").values_list("day", flat=True))
    assert days == [date(2026, 11, n) for n in range(1, 21)]
    assert not DayClose.objects.filter(ended_at=None).exists()
    assert [str(one) for one in months_kept()] == [
        *(f"{m - timedelta(1)}" for m in (date(2026, n, 1) for n in range(2, 12))),
    ]
    own = Loan.objects.filter(book=BookKind.OWN)
    assert sorted(own.values_list("state", flat=True)) == ["active"] * 5 + ["settled"] * 2
    assert sorted(Delinquency.objects.filter(loan__in=own).values_list("missed", flat=True)) == [2, 5]
    kinds = set(LoanEvent.objects.values_list("kind", flat=True))
    assert kinds == {"disbursement", "repayment", "prepayment", "charge", "payoff", "restructure", "refund"}
    change = LoanChange.objects.select_related("approval").get()
    assert (change.state, change.approval and change.approval.state) == ("done", "approved")
    assert CollectionCase.objects.filter(state="open", loan__in=own).count() == 2
    assert Contact.objects.exclude(result="").count() == Contact.objects.count() > 0
    assert LegalClaim.objects.get().stage == "filed"
    assert set(WatchItem.objects.filter(ended_on=None).values_list("reason", flat=True)) == {
        "exposure",
        "grade",
        "restructured",
    }


def what_is_late_is_worked_on() -> None:
    """A case with an agency that is scored by the year, a car that paid off its loan, a drill, a loan wound up."""
    placed = Placement.objects.select_related("case__loan").get()
    assert (placed.state, placed.placed_on, placed.case.bucket) == ("placed", date(2026, 11, 9), "M2")
    called = Contact.objects.filter(agency=placed.agency_id).order_by("at")
    assert [(one.result, one.breach) for one in called] == [
        ("no_answer", "quiet_hours"),
        ("call_back", ""),
        ("hardship", ""),
    ]
    reviews = AgencyReview.objects.order_by("on").values_list("on", "passed", "breaches")
    assert list(reviews) == [(date(2025, 11, 15), True, 0), (date(2026, 11, 13), True, 1)]
    car = Recovery.objects.select_related("case__loan", "sold_by", "booked_by").get()
    assert (car.state, car.taken_on, car.sold_on) == ("booked", date(2026, 11, 6), date(2026, 11, 16))
    assert (car.price - car.costs, car.sold_by_id == car.booked_by_id) == (61_800_00, False)
    back, loan = CreditRefund.objects.select_related("approval").get(), car.case.loan
    assert (loan.state, loan.owed, loan.credit, car.case.state) == ("settled", 0, 0, "closed")
    assert (back.loan_id, back.state, back.approval.state) == (loan.pk, "paid", "approved")
    assert 0 < back.amount < car.price - car.costs
    assert list(PlaybookRun.objects.filter(is_drill=True).values_list("state", flat=True)) == ["done"]
    wound_up, other = Closure.objects.order_by("settled_on")
    assert (wound_up.state, wound_up.released_on is not None, other.state) == ("complete", True, "open")
    assert set(wound_up.items.values_list("state", flat=True)) == {"done"}


def the_banks_are_heard() -> None:
    """Each month the bank says how its loans stand; the house paid for two customers, one of whom has paid it back."""
    brought = Batch.objects.filter(kind="bank_list").order_by("pk").values_list("state", "counts")
    assert list(brought) == [("written", {"rows": 3, "written": 3})] * 5
    stands = Loan.objects.filter(book=BookKind.BANK).order_by("pk")
    assert [(one.principal, one.owed) for one in stands] == [
        (164_900_00, 121_965_68),
        (112_400_00, 92_065_10),
        (126_600_00, 111_508_24),
    ]
    late = Delinquency.objects.filter(loan__in=stands).order_by("loan").values_list("loan", "bucket", "overdue")
    first, second, third = stands
    assert list(late) == [(first.pk, "M1", 5_007_62), (third.pk, "M1", 5_575_69)]
    paid = Advance.objects.select_related("approval").order_by("paid_on")
    assert [(one.loan_id, one.reason, one.state, one.amount, one.recovered) for one in paid] == [
        (second.pk, "instalment", "paid", 3_413_32, 3_413_32),
        (first.pk, "guarantee", "paid", 15_022_86, 6_009_14),
    ]
    assert [one.approval and one.approval.state for one in paid] == [None, "approved"]
    held = {code: account_balance(code, MOMENT.date()) for code in (chart.ADVANCES, chart.MARGIN)}
    assert held == {chart.ADVANCES: 9_013_72, chart.MARGIN: banks.MARGIN}


def money_is_debited_by_files() -> None:
    """A batch came back from the bank with what failed; that of tomorrow is there."""
    back, waiting = DebitBatch.objects.order_by("day")
    assert (back.number, back.state, waiting.number, waiting.state) == (
        "DK20261024-A2",
        "done",
        "DK20261121-A2",
        "sent",
    )
    lines = [(one.state, one.code, one.event_id is not None) for one in lines_of(back)]
    assert lines == [("failed", "limit", False), ("paid", "paid", True)]
    assert list(waiting.lines.values_list("state", flat=True)) == ["waiting"]
    assert debit_file(back).count(b"\r\n") == 5
    returned = Batch.objects.filter(kind="debit_return").values_list("state", "counts")
    assert list(returned) == [("written", {"rows": 3, "written": 3})]


def the_ledger_is_the_loans(folder: Path) -> None:
    """What is stored is what contracts and payments give; an independent program takes the books."""
    proof = book_prove(date(2026, 11, 20))
    assert proof.differences == []
    assert (proof.by_columns + proof.replayed, proof.set_aside) == (7, [])
    assert is_balanced(MOMENT.date())
    owed = Loan.objects.filter(book=BookKind.OWN).aggregate(owed=Sum("owed"), credit=Sum("credit"))
    items = OpenItem.objects.aggregate(interest=Sum("interest"), fee=Sum("fee"))
    suspended = OpenItem.objects.filter(loan__suspended_since__isnull=False).aggregate(n=Sum("interest"))["n"]
    assert suspended > 0
    held = {code: account_balance(code, MOMENT.date()) for code in ("1301", "1132", "1134", "2241", "9101")}
    assert held == {
        "1301": owed["owed"],
        "1132": items["interest"] - suspended,
        "1134": items["fee"],
        "2241": owed["credit"],
        "9101": suspended,
    }
    assert ledger_verify().findings == ()
    assert bean_check(beancount(first_day() or MOMENT.date(), MOMENT.date()), folder) == []


def test_nobody_is_called_before_the_morning() -> None:
    """Built in the night of a Monday: there is no collector to be asked for in this house, and none is."""
    night = datetime(2026, 11, 16, 2, tzinfo=clock.SHANGHAI)
    today = diary.Diary(House(), date(2026, 11, 16), night, desk.mornings)
    desk.mornings(today)
    with pytest.raises(KeyError, match="collector"):
        desk.mornings(replace(today, last=night.replace(hour=20)))


def test_papers_are_pictures_and_no_two_are_the_same() -> None:
    one, other = (paper("身份证正反面", f"{number} id_card 1") for number in (1, 2))
    assert one != other
    assert media_type(one) == media_type(other) == "image/png"


def test_invented_people_pass_every_check() -> None:
    made = [person(Random(number), number) for number in range(400)]
    assert len({one.id_number for one in made}) == len({one.phone for one in made}) == 400
    assert all(ric.is_valid(one.id_number) for one in made)
    assert all(re.fullmatch(r"1[3-9]\d{9}", one.phone) for one in made)
    assert all(vin_refusal(vin(number)) is None for number in range(200))


def test_the_secret_of_the_lenders_is_never_taken_for_an_option() -> None:
    """One in sixty-four began with a dash, and the demo ended before it was open."""
    drawn = [demo._secret() for _ in range(2000)]
    assert not [one for one in drawn if one.startswith("-")]
    assert len(set(drawn)) == 2000
