"""Leaving early: prepayment with its choice, the settlement for exactly its quote, and back again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chedai.book.loans import selectors
from chedai.book.loans.close.nightly import accrue
from chedai.book.loans.models import Loan, LoanEvent, Plan
from chedai.book.loans.plans import unpack
from chedai.book.loans.services.receiving import Receipt, loan_prepay, loan_settle_early, receipt_reverse
from chedai.engine.daycount import add_months
from chedai.engine.life import PayoffInterest
from chedai.engine.life.events import PrepaymentChoice
from chedai.engine.settlement import LineKind, SettlementFee
from chedai.platform.actors import system
from chedai.platform.errors import Conflict, Refusal

from .lending import AGREED, CONVENTIONS, INSTALMENT, OUT, Lent, is_balanced, lend, on, stands

pytestmark = pytest.mark.django_db

LEAVES = date(2026, 4, 17)


def a_year(fees: list[tuple[date, int]] | None = None) -> Lent:
    """Twelve of thirty-six instalments are paid; 68,640.65 is owed."""
    lent = lend(fees=fees)
    fee = fees[0][1] if fees else 0
    for month in range(1, 13):
        lent.pay(INSTALMENT + fee, add_months(OUT, month))
    return lent


def settle(lent: Lent, amount: int, key: str = "off") -> Receipt:
    with on(LEAVES):
        return loan_settle_early(loan_id=lent.loan_id, amount=amount, received_on=LEAVES, actor=lent.money, key=key)


def test_a_settlement_takes_exactly_its_quote_and_closes_the_loan() -> None:
    lent = a_year()
    quote = selectors.payoff_quote(lent.loan, LEAVES)
    assert [(line.kind, line.amount) for line in quote.lines] == [
        (LineKind.PRINCIPAL, 68_640_65),
        (LineKind.ACCRUED, 80_08),
        (LineKind.SETTLEMENT_FEE, 2_059_22),
    ]
    with pytest.raises(Refusal) as refused:
        settle(lent, quote.total - 1)
    assert (refused.value.code, refused.value.zh) == ("not-the-quote", "结清金额须为 70,779.95 元")
    assert LoanEvent.objects.count() == 13
    receipt = settle(lent, 70_779_95)
    assert settle(lent, 70_779_95) == receipt
    loan = lent.loan
    assert (loan.state, loan.settled_on, loan.owed, loan.credit) == ("settled", LEAVES, 0, 0)
    assert stands(LEAVES, "1301", "1132", "1134", "6013", "2241") == {
        "1301": 0,
        "1132": 0,
        "1134": 0,
        "6013": 2_059_22,
        "2241": 0,
    }
    assert is_balanced(LEAVES)
    with on(LEAVES), pytest.raises(Refusal):
        lent.pay(1, LEAVES)


def test_the_sum_that_was_quoted_settles_on_every_day_it_is_good_and_no_longer() -> None:
    lent = a_year()
    last, after = LEAVES + timedelta(2), LEAVES + timedelta(3)
    with on(LEAVES):
        quote = selectors.payoff_offer(lent.loan, LEAVES)
        assert (quote.total, quote.good_through) == (70_779_95, last)
        with pytest.raises(Refusal) as refused:
            selectors.payoff_offer(lent.loan, LEAVES, after)
        assert (refused.value.code, refused.value.zh) == ("good-too-long", "试算最多有效至 2026-04-19")
    money = {"loan_id": lent.loan_id, "amount": 70_779_95, "actor": lent.money}
    with on(after), pytest.raises(Refusal) as refused:
        loan_settle_early(received_on=after, key="late", **money)  # type: ignore[arg-type]
    assert refused.value.zh == "结清金额须为 70,814.27 元"
    with on(last):
        receipt = loan_settle_early(received_on=last, key="off", **money)  # type: ignore[arg-type]
    event, loan = LoanEvent.objects.get(pk=receipt.event_id), lent.loan
    assert (event.on, event.recorded_on, loan.state, loan.settled_on) == (LEAVES, last, "settled", LEAVES)
    assert stands(last, "1301", "1132", "2241", "6013") == {"1301": 0, "1132": 0, "2241": 0, "6013": 2_059_22}
    assert is_balanced(last)


def test_where_all_contract_interest_is_owed_a_settlement_settles_as_well() -> None:
    lent = lend(replace(AGREED, conventions=replace(CONVENTIONS, payoff_interest=PayoffInterest.CONTRACT)))
    day = date(2025, 5, 20)
    lent.pay(INSTALMENT, date(2025, 5, 10))
    with on(day):
        total = selectors.payoff_quote(lent.loan, day).total
        loan_settle_early(loan_id=lent.loan_id, amount=total, received_on=day, actor=lent.money, key="off")
        accrue(day=day, actor=system("close"))
    loan = lent.loan
    assert (loan.state, loan.settled_on, loan.owed, loan.credit, lent.parts()) == ("settled", day, 0, 0, [])
    assert stands(day, "1301", "1132", "1133", "2241") == {"1301": 0, "1132": 0, "1133": 0, "2241": 0}
    assert sum(stands(day, "6011", "6013").values()) == INSTALMENT + total - 100_000_00
    assert is_balanced(day)


def test_a_settlement_taken_back_takes_its_fee_with_it() -> None:
    lent = a_year()
    receipt = settle(lent, 70_779_95)
    with on(LEAVES):
        receipt_reverse(event_id=receipt.event_id, reason="客户改主意", actor=lent.money)
    loan = lent.loan
    assert (loan.state, loan.settled_on, loan.owed) == ("active", None, 68_640_65)
    assert stands(LEAVES, "1301", "6013") == {"1301": 68_640_65, "6013": 0}
    assert selectors.payoff_quote(loan, LEAVES).total == 70_779_95


def test_fees_of_later_instalments_end_with_the_loan_and_come_back_with_it() -> None:
    lent = a_year([(add_months(OUT, month), 20_00) for month in range(1, 37)])
    assert selectors.payoff_quote(lent.loan, LEAVES).total == 70_779_95
    receipt = settle(lent, 70_779_95)
    assert lent.loan.state == "settled"
    with on(LEAVES):
        receipt_reverse(event_id=receipt.event_id, reason="客户改主意", actor=lent.money)
        state = selectors.loan_state(lent.loan, LEAVES)
    assert [row.fees for row in state.rows] == [20_00] * 36


def test_a_receipt_before_a_settlement_cannot_go_while_it_stands() -> None:
    lent = a_year()
    settle(lent, 70_779_95)
    first = LoanEvent.objects.get(seq=2)
    with on(LEAVES), pytest.raises(Conflict) as refused:
        receipt_reverse(event_id=first.pk, reason="退票", actor=lent.money)
    assert refused.value.code == "payoff-stands"
    assert (lent.loan.state, LoanEvent.objects.filter(kind="reversal").count()) == ("settled", 0)


@pytest.mark.parametrize(
    ("choice", "periods", "instalment", "version"),
    [(PrepaymentChoice.SHORTER_TERM, 29, INSTALMENT, 2), (PrepaymentChoice.LOWER_INSTALMENT, 36, 2_155_78, 2)],
)
def test_the_customer_chooses_what_a_prepayment_buys(
    choice: PrepaymentChoice, periods: int, instalment: int, version: int
) -> None:
    lent = a_year()
    with on(date(2026, 4, 10)):
        receipt = loan_prepay(
            loan_id=lent.loan_id,
            amount=20_000_00,
            received_on=date(2026, 4, 10),
            choice=choice,
            actor=lent.money,
            key="pre",
        )
    assert (receipt.owed, lent.loan.plan_version) == (48_640_65, version)
    rows = unpack(bytes(Plan.objects.get(loan=lent.loan_id, version=version).packed))
    ahead = rows.due > date(2026, 4, 10).toordinal()
    totals = (rows.principal + rows.interest)[ahead].tolist()
    assert (totals[0], len(totals) + 12) == (instalment, periods)
    assert rows.fees[ahead].tolist()[:2] == [600_00, 0]  # 3 % of what was repaid early, with the next instalment
    assert int(rows.principal[ahead].sum()) == 48_640_65
    assert Plan.objects.filter(loan=lent.loan_id).count() == 2


def prepay(lent: Lent, amount: int, day: date, *, key: str = "pre", booked: date | None = None) -> Receipt:
    with on(booked or day):
        return loan_prepay(
            loan_id=lent.loan_id,
            amount=amount,
            received_on=day,
            choice=PrepaymentChoice.SHORTER_TERM,
            actor=lent.money,
            key=key,
        )


def test_nobody_gets_round_the_fee_by_prepaying_first() -> None:
    """68,000.00 prepaid and 640.65 settled ask the fee of 68,640.65 settled: once on every fen repaid early."""
    lent = a_year()
    day = date(2026, 4, 10)
    prepay(lent, 68_000_00, day)
    with on(day):
        quote = selectors.payoff_quote(lent.loan, day)
    assert [(line.kind, line.amount) for line in quote.lines] == [
        (LineKind.PRINCIPAL, 640_65),
        (LineKind.FUTURE_FEE, 2_040_00),
        (LineKind.SETTLEMENT_FEE, 19_22),
    ]
    assert 2_040_00 + 19_22 == 2_059_22


def test_nobody_gets_round_the_fee_by_paying_instalments_ahead() -> None:
    lent = a_year()
    lent.pay(60_000_00, date(2026, 4, 11))
    with on(LEAVES):
        quote = selectors.payoff_quote(lent.loan, LEAVES)
    assert {line.kind: line.amount for line in quote.lines}[LineKind.SETTLEMENT_FEE] == 2_059_22
    assert (quote.total, quote.balance) == (70_779_95 - 60_000_00, lent.loan.owed)


def test_a_prepayment_asks_the_fee_on_what_is_not_due_and_takes_it_back_with_itself() -> None:
    """An instalment of 3,042.19 is due that day: of 10,042.19 only 7,000.00 are early."""
    lent = lend()
    day = date(2025, 5, 10)
    receipt = prepay(lent, 7_000_00 + INSTALMENT, day)
    charge = LoanEvent.objects.get(kind="charge")
    assert (charge.amount, charge.seq) == (210_00, lent.event(receipt).seq - 1)
    assert lent.loan.owed == 100_000_00 - 2_542_19 - 7_000_00
    with on(day):
        receipt_reverse(event_id=receipt.event_id, reason="退票", actor=lent.money)
        state = selectors.loan_state(lent.loan, day)
    assert (state.totals.fees, lent.loan.owed) == (0, 100_000_00)
    assert stands(day, "1002", "1134", "2241", "6013") == {"1002": -100_000_00, "1134": 0, "2241": 0, "6013": 0}


def test_a_prepayment_whose_fee_was_taken_back_before_goes_alone() -> None:
    lent = lend()
    receipt = prepay(lent, 7_000_00 + INSTALMENT, date(2025, 5, 10))
    fee = LoanEvent.objects.get(loan_id=lent.loan_id, kind="charge")
    with on(date(2025, 5, 10)):
        receipt_reverse(event_id=fee.pk, reason="免收", actor=lent.money)
        receipt_reverse(event_id=receipt.event_id, reason="记错账户", actor=lent.money)
    taken_back = LoanEvent.objects.filter(loan_id=lent.loan_id, kind="reversal")
    assert sorted(taken_back.values_list("of_id", flat=True)) == [fee.pk, receipt.event_id]
    assert lent.loan.owed == 100_000_00


def test_a_settlement_taken_back_leaves_the_fee_of_a_prepayment_whatever_its_reference() -> None:
    lent = a_year()
    with on(LEAVES):
        loan_prepay(
            loan_id=lent.loan_id,
            amount=20_000_00,
            received_on=LEAVES,
            choice=PrepaymentChoice.SHORTER_TERM,
            actor=lent.money,
            key="pre",
            reference="settlement: by phone",
        )
        receipt = settle(lent, selectors.payoff_quote(lent.loan, LEAVES).payable)
        receipt_reverse(event_id=receipt.event_id, reason="退票", actor=lent.money)
    charges = LoanEvent.objects.filter(loan_id=lent.loan_id, kind="charge").order_by("seq")
    assert [(one.amount, hasattr(one, "reversal")) for one in charges] == [(600_00, False), (1_459_22, True)]


def test_a_prepayment_booked_late_makes_nobody_late_with_its_fee() -> None:
    lent = a_year()
    prepay(lent, 20_000_00, date(2026, 4, 10), booked=date(2026, 4, 17))
    with on(date(2026, 5, 9)):
        rows = [row for row in selectors.loan_state(lent.loan, date(2026, 5, 9)).rows if row.fees]
    assert [(row.due_date, row.fees) for row in rows] == [(date(2026, 5, 10), 600_00)]
    assert lent.parts() == []


def test_inside_the_lock_up_nothing_is_repaid_early_in_part_either() -> None:
    lent = lend(replace(AGREED, fee=SettlementFee(locked_months=12)))
    with pytest.raises(Refusal) as refused:
        prepay(lent, 50_000_00, date(2025, 4, 20))
    assert refused.value.zh == "还满 12 期后方可提前结清"
    assert (lent.loan.owed, LoanEvent.objects.count()) == (100_000_00, 1)


def test_all_of_it_is_a_settlement_and_no_prepayment() -> None:
    lent = a_year()
    with on(LEAVES), pytest.raises(Refusal) as refused:
        loan_prepay(
            loan_id=lent.loan_id,
            amount=68_640_65,
            received_on=LEAVES,
            choice=PrepaymentChoice.SHORTER_TERM,
            actor=lent.money,
            key="pre",
        )
    assert refused.value.code == "is-a-settlement"


def test_inside_the_lock_up_no_settlement_is_quoted() -> None:
    lent = lend(replace(AGREED, fee=SettlementFee(locked_months=12)))
    day = date(2025, 4, 20)
    with on(day), pytest.raises(Refusal) as refused:
        loan_settle_early(loan_id=lent.loan_id, amount=1, received_on=day, actor=lent.money, key="off")
    assert refused.value.zh == "还满 12 期后方可提前结清"
    assert Loan.objects.get().state == "active"
