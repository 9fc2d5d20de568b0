"""Settlement quotes: every line with its reason, the fee the contract asks, and why a payoff is not the balance."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.engine.errors import Infeasible, InvalidArgument
from chedai.engine.money import RATE_SCALE, Rounding, yuan
from chedai.engine.schedule import schedule
from chedai.engine.settlement import (
    ContractRow,
    FeeBase,
    FeeTier,
    LineKind,
    Position,
    SettlementFee,
    position_on,
    settle,
)
from chedai.engine.terms import LoanTerms

PAID_OUT = date(2026, 1, 10)
TERMS = LoanTerms(principal=10_000_000, annual_rate=6_000_000, periods=36, disbursed_on=PAID_OUT)
THREE_PERCENT = SettlementFee(share=3_000_000)
FREE = SettlementFee()


def _rows(fee: int = 0) -> list[ContractRow]:
    plan = schedule(TERMS).rows
    return [ContractRow(due_on=r.due, principal=r.principal, interest=r.interest, fee=fee) for r in plan]


def _position(value_on: date, **changes: object) -> Position:
    return position_on(value_on, _rows(), disbursed_on=PAID_OUT, annual_rate=6_000_000, **changes)  # type: ignore[arg-type]


def test_vector_of_settling_seven_days_after_the_twelfth_instalment() -> None:
    # tv.settle: 68,640.65 + 80.08 + 2,059.22 = 70,779.95
    quote = settle(_position(date(2027, 1, 17)), THREE_PERCENT, date(2027, 1, 17))
    assert [(x.kind, x.amount) for x in quote.lines] == [
        (LineKind.PRINCIPAL, 6_864_065),
        (LineKind.ACCRUED, 8_008),
        (LineKind.SETTLEMENT_FEE, 205_922),
    ]
    assert yuan(quote.total) == "70779.95"
    assert quote.balance == 6_864_065
    assert quote.per_day == 1_144


def test_why_the_payoff_is_not_the_balance() -> None:
    quote = settle(_position(date(2027, 1, 17)), THREE_PERCENT, date(2027, 1, 17))
    assert [x.kind for x in quote.beyond_balance] == [LineKind.ACCRUED, LineKind.SETTLEMENT_FEE]
    assert sum(x.amount for x in quote.beyond_balance) == quote.total - quote.balance
    assert [x.text_zh for x in quote.lines] == [
        "未到期本金",
        "上一还款日至结清日 7 天的利息，本金 68,640.65，年利率 6%",
        "提前结清违约金：已还 12 期，基数 68,640.65，3%",
    ]
    assert [x.text_en for x in quote.lines] == [
        "principal not yet due",
        "interest for 7 days since the last due date on 68,640.65 at 6% a year",
        "early settlement fee: 12 instalments paid, on 68,640.65, 3%",
    ]
    accrued, fee = quote.beyond_balance
    assert (accrued.base, accrued.rate, accrued.days) == (6_864_065, 6_000_000, 7)
    assert (fee.base, fee.rate, fee.days) == (6_864_065, 3_000_000, 0)


def test_every_kind_of_line_has_its_words() -> None:
    position = Position(
        principal=1, annual_rate=6_000_000, accrued_days=0, months_paid=1, due_principal=2, due_interest=3, due_fee=4,
        penalty=5, future_fee=6, credit=7,
    )  # fmt: skip
    quote = settle(position, FREE, date(2026, 3, 1))
    assert [(x.kind, x.amount, x.text_zh, x.text_en) for x in quote.lines] == [
        (LineKind.PRINCIPAL, 1, "未到期本金", "principal not yet due"),
        (LineKind.DUE_PRINCIPAL, 2, "已到期未还本金", "principal due and unpaid"),
        (LineKind.DUE_INTEREST, 3, "已到期未还利息", "interest due and unpaid"),
        (LineKind.DUE_FEE, 4, "已到期未付费用", "fees due and unpaid"),
        (LineKind.PENALTY, 5, "罚息与复利", "penalty and compound interest"),
        (LineKind.FUTURE_FEE, 6, "合同约定不减免的后续费用", "later contract fees"),
        (LineKind.CREDIT, -7, "减：客户贷方余额", "less money held for the customer"),
    ]
    assert (quote.balance, quote.total) == (3, 14)
    assert [(x.base, x.rate, x.days) for x in quote.lines] == [(0, 0, 0)] * 7


def test_a_quote_holds_through_its_day_and_no_shorter() -> None:
    day = date(2027, 1, 17)
    assert settle(_position(day), FREE, day).good_through == day
    assert settle(_position(day), FREE, day, good_through=date(2027, 1, 20)).good_through == date(2027, 1, 20)
    with pytest.raises(InvalidArgument, match="good_through: must not be before the value date") as refusal:
        settle(_position(day), FREE, day, good_through=date(2027, 1, 16))
    assert refusal.value.rule_zh == "不得早于结清日"


def test_on_a_due_date_nothing_has_accrued() -> None:
    quote = settle(_position(date(2027, 1, 10)), FREE, date(2027, 1, 10))
    assert [x.kind for x in quote.lines] == [LineKind.PRINCIPAL]
    assert quote.total == 6_864_065


def test_before_the_first_due_date_interest_runs_from_the_payout() -> None:
    position = _position(date(2026, 1, 20))
    assert (position.accrued_days, position.months_paid, position.principal) == (10, 0, 10_000_000)
    assert settle(position, FREE, date(2026, 1, 20)).total == 10_016_667
    assert settle(_position(PAID_OUT), FREE, PAID_OUT).total == 10_000_000


def test_after_the_last_instalment_nothing_is_owed() -> None:
    for basis in (360, None):
        position = _position(date(2029, 2, 10), basis=basis)
        assert (position.principal, position.accrued_days, position.months_paid) == (0, 0, 36)
        quote = settle(position, THREE_PERCENT, date(2029, 2, 10))
        assert (quote.total, quote.per_day) == (0, 0)


def test_the_running_interest_by_the_contract_or_by_365() -> None:
    assert settle(_position(date(2027, 1, 17), basis=365), FREE, date(2027, 1, 17)).total == 6_864_065 + 7_898
    # 13th instalment: 343.20 interest for the 31 days from 10 January to 10 February
    by_contract = _position(date(2027, 1, 17), basis=None)
    assert by_contract.day_interest == Fraction(34320, 31)
    assert settle(by_contract, FREE, date(2027, 1, 17)).total == 6_864_065 + 7_750
    assert settle(by_contract, FREE, date(2027, 1, 17)).per_day == 1_107


def test_unpaid_instalments_penalty_and_credit_enter_the_quote() -> None:
    rows = _rows()
    twelfth = rows[11]
    rows[11] = ContractRow(
        due_on=twelfth.due_on,
        principal=twelfth.principal,
        interest=twelfth.interest,
        open_principal=twelfth.principal,
        open_interest=1_000,
        open_fee=500,
    )
    day = date(2027, 1, 17)
    position = position_on(day, rows, disbursed_on=PAID_OUT, annual_rate=6_000_000, penalty=321, credit=50)
    assert position.months_paid == 11
    quote = settle(position, THREE_PERCENT, day)
    assert quote.balance == 6_864_065 + twelfth.principal
    fee = quote.lines[-2]
    assert (fee.kind, fee.base) == (LineKind.SETTLEMENT_FEE, quote.balance)
    assert quote.total == quote.balance + 8_008 + 1_000 + 500 + 321 - 50 + fee.amount
    assert (quote.payable, quote.over) == (quote.total, 0)
    prepaid = settle(position, SettlementFee(share=3_000_000, base=FeeBase.PREPAID), day)
    assert (prepaid.lines[-2].amount, prepaid.lines[-2].base) == (205_922, 6_864_065)


def test_where_more_is_held_than_owed_it_takes_nothing_and_the_rest_goes_back() -> None:
    position = Position(principal=100_000, annual_rate=0, accrued_days=0, months_paid=1, credit=130_000)
    quote = settle(position, SettlementFee(), date(2027, 1, 17))
    assert (quote.total, quote.payable, quote.over) == (-30_000, 0, 30_000)


def test_an_instalment_with_anything_open_is_not_paid() -> None:
    for part in ("open_principal", "open_interest", "open_fee"):
        row = ContractRow(due_on=date(2026, 2, 10), principal=100, interest=10, fee=5, **{part: 1})
        position = position_on(date(2026, 2, 10), [row], disbursed_on=PAID_OUT, annual_rate=0)
        assert position.months_paid == 0


def test_later_contract_fees_fall_away_or_stay() -> None:
    day = date(2027, 1, 17)
    for falls_away, expected in ((True, 0), (False, 24 * 1_500)):
        position = position_on(
            day, _rows(1_500), disbursed_on=PAID_OUT, annual_rate=6_000_000, fees_fall_away=falls_away
        )
        assert position.future_fee == expected
    by_default = position_on(day, _rows(1_500), disbursed_on=PAID_OUT, annual_rate=6_000_000)
    without = [ContractRow(due_on=date(2026, 2, 10), principal=1, interest=1)]
    assert by_default.future_fee == 0
    assert position_on(PAID_OUT, without, disbursed_on=PAID_OUT, annual_rate=0, fees_fall_away=False).future_fee == 0


def test_the_fee_by_tiers_of_months_paid() -> None:
    fee = SettlementFee(tiers=(FeeTier(12, 5_000_000), FeeTier(24, 3_000_000)), share=1_000_000)
    assert [fee.share_after(k) for k in (0, 12, 13, 24, 25)] == [5_000_000] * 2 + [3_000_000] * 2 + [1_000_000]
    assert fee.amount(13, 6_864_065, 6_000_000) == 205_922
    assert FREE.amount(0, 10**12, 6_000_000) == 0


def test_the_fee_in_months_of_interest() -> None:
    fee = SettlementFee(interest_months=2)
    assert fee.amount(5, 6_864_065, 6_000_000) == 68_641
    both = SettlementFee(interest_months=1, share=1_000_000)
    assert both.amount(5, 6_864_065, 6_000_000) == 68_641 + 34_320
    line = settle(_position(date(2027, 1, 10)), both, date(2027, 1, 10)).lines[-1]
    assert line.text_zh == "提前结清违约金：已还 12 期，基数 68,640.65，1% + 1 个月利息"
    assert line.text_en == "early settlement fee: 12 instalments paid, on 68,640.65, 1% + 1 months' interest"


def test_half_a_fen_of_fee_and_interest_goes_where_told() -> None:
    fee = SettlementFee(share=RATE_SCALE // 2)
    assert [fee.amount(1, base, 0, Rounding.HALF_EVEN) for base in (1, 3)] == [0, 2]
    by_interest = SettlementFee(interest_months=6)
    assert by_interest.amount(1, 1, RATE_SCALE, Rounding.HALF_EVEN) == 0
    assert by_interest.amount(1, 1, RATE_SCALE) == 1
    position = Position(principal=1, annual_rate=RATE_SCALE, accrued_days=180, months_paid=1)
    assert settle(position, fee, PAID_OUT, rounding=Rounding.HALF_EVEN).total == 1
    assert settle(position, FREE, PAID_OUT).total == 2


def test_before_the_lock_up_ends_settlement_is_refused() -> None:
    fee = SettlementFee(locked_months=24)
    with pytest.raises(Infeasible, match="settlement is possible after 24 instalments") as refusal:
        settle(_position(date(2027, 1, 17)), fee, date(2027, 1, 17))
    assert refusal.value.rule_zh == "还满 24 期后方可提前结清"
    assert (refusal.value.argument, refusal.value.value) == ("months_paid", 12)
    assert fee.amount(24, 100, 0) == 0


def test_a_fee_that_makes_no_sense_is_refused() -> None:
    for argument in ("share", "interest_months", "locked_months"):
        with pytest.raises(InvalidArgument, match=f"{argument}: must be at least 0"):
            SettlementFee(**{argument: -1})
    with pytest.raises(InvalidArgument, match="tiers, row 2: must rise by months paid") as refusal:
        SettlementFee(tiers=(FeeTier(12, 1), FeeTier(12, 2)))
    assert refusal.value.rule_zh == "须按已还期数递增"
    for tier in (FeeTier(-1, 1), FeeTier(1, -1)):
        with pytest.raises(InvalidArgument, match="tiers, row 1: must not be negative"):
            SettlementFee(tiers=(tier,))
    assert SettlementFee(tiers=(FeeTier(0, 0), FeeTier(1, 0))).share_after(0) == 0


def test_positions_that_cannot_be_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="penalty: must be at least 0"):
        Position(principal=1, annual_rate=1, accrued_days=1, months_paid=1, penalty=-1)
    with pytest.raises(InvalidArgument, match="day_interest"):
        Position(principal=1, annual_rate=1, accrued_days=1, months_paid=1, day_interest=Fraction(-1))
    with pytest.raises(InvalidArgument, match="basis: must be 360 or 365"):
        _position(date(2027, 1, 17), basis=0)
    with pytest.raises(InvalidArgument, match="value_on: must not be before the payout") as refusal:
        _position(PAID_OUT - timedelta(days=1))
    assert refusal.value.rule_zh == "不得早于放款日"
    rows = [_rows()[1], _rows()[0]]
    with pytest.raises(InvalidArgument, match="rows, row 2: must rise by due date") as unordered:
        position_on(PAID_OUT, rows, disbursed_on=PAID_OUT, annual_rate=1)
    assert unordered.value.rule_zh == "须按应还日递增"
    with pytest.raises(InvalidArgument, match="rows, row 1"):
        position_on(date(2026, 3, 1), _rows(), disbursed_on=date(2026, 2, 10), annual_rate=1)


@given(st.integers(0, 10**9), st.integers(0, 30_000_000), st.integers(0, 400), st.integers(0, 10_000_000))
def test_a_quote_adds_up_and_a_later_day_never_costs_less(principal: int, rate: int, days: int, share: int) -> None:
    def quote(d: int) -> int:
        position = Position(principal=principal, annual_rate=rate, accrued_days=d, months_paid=1)
        made = settle(position, SettlementFee(share=share), PAID_OUT)
        assert made.total == sum(x.amount for x in made.lines)
        assert made.total - made.balance == sum(x.amount for x in made.beyond_balance)
        return made.total

    assert quote(days) <= quote(days + 1)


def test_where_no_principal_is_left_nothing_is_locked() -> None:
    assert SettlementFee(share=1_000_000, locked_months=24).amount(3, 0, 6_000_000) == 0
