"""贴息: nobody's fen is lost, nobody's ceiling is passed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.money import RATE_SCALE, Rounding, rate_units
from chedai.engine.rates import (
    Payer,
    Programme,
    PublicSubsidy,
    annual_rates,
    public_subsidy,
    share_out,
    split_subsidy,
    subsidy_upfront,
)
from chedai.engine.terms import Unit
from tests.engine.rates.plans import dues, rows

STANDARD = rate_units("6")
MAKER, DEALER = Payer("厂家", rate_units("60")), Payer("经销商", rate_units("40"))


def subsidised(rate: str) -> tuple[list[int], list[int]]:
    """Opening balances and interest of a subsidised plan over 100,000 in 36 months."""
    plan = rows("100000", rate, 36)
    return [row.balance + row.principal for row in plan], [row.interest for row in plan]


def test_the_maker_pays_the_present_value() -> None:
    assert subsidy_upfront(10_000_000, [277_778] * 36, STANDARD) == 869_155
    assert subsidy_upfront(10_000_000, [290_768] * 36, STANDARD) == 442_160


def test_with_the_subsidy_the_lender_earns_the_standard_rate() -> None:
    payments = dues("100000", "2.99", 36)
    subsidy = subsidy_upfront(10_000_000, payments, STANDARD)
    lender = annual_rates([-(10_000_000 - subsidy), *payments])
    assert lender.nominal == pytest.approx(0.06, abs=1e-7)


def test_at_the_standard_rate_nothing_is_subsidised() -> None:
    assert subsidy_upfront(10_000, [10_600], rate_units("6"), every=12) == 0
    assert subsidy_upfront(10_000, [10_000], rate_units("36.5"), unit=Unit.DAY) == 10


def test_half_a_fen_goes_where_it_is_told() -> None:
    assert subsidy_upfront(10, [15], rate_units("1200")) == 2  # worth 7.5
    assert subsidy_upfront(10, [17], rate_units("1200")) == 1  # worth 8.5
    assert subsidy_upfront(10, [17], rate_units("1200"), rounding=Rounding.HALF_EVEN) == 2
    assert split_subsidy([100], [0], STANDARD, []).standard == (1,)
    assert split_subsidy([100], [0], STANDARD, [], rounding=Rounding.HALF_EVEN).standard == (0,)


def test_rows_of_a_quarter_bear_a_quarter_of_the_rate() -> None:
    assert split_subsidy([10_000], [0], STANDARD, [], every=3).standard == (150,)
    assert split_subsidy([36_500], [0], STANDARD, [], unit=Unit.DAY).standard == (6,)


def test_a_customer_who_pays_more_is_not_subsidised() -> None:
    with pytest.raises(InvalidArgument, match="payments: are worth more than the principal"):
        subsidy_upfront(10_000_000, dues("100000", "7", 36), STANDARD)


def test_row_by_row_customer_and_payers_make_the_standard_interest() -> None:
    balances, interest = subsidised("2.99")
    split = split_subsidy(balances, interest, STANDARD, [MAKER, DEALER])
    assert split.standard[0] == 50_000
    assert split.customer == tuple(interest)
    for k in range(36):
        assert split.customer[k] + sum(part[k] for _, part in split.parts) == split.standard[k]
    gap = sum(split.standard) - sum(interest)
    assert [name for name, _ in split.totals()] == ["厂家", "经销商"]
    for (_, amount), payer in zip(split.totals(), (MAKER, DEALER), strict=True):
        assert abs(amount * RATE_SCALE - gap * payer.share) < RATE_SCALE


def test_row_by_row_is_worth_the_present_value() -> None:
    balances, interest = subsidised("0")
    split = split_subsidy(balances, interest, STANDARD, [Payer("厂家", RATE_SCALE)])
    worth = sum(part / 1.005 ** (k + 1) for k, part in enumerate(split.parts[0][1]))
    upfront = subsidy_upfront(10_000_000, dues("100000", "0", 36), STANDARD)
    assert worth == pytest.approx(upfront, abs=20)


def test_what_a_ceiling_leaves_over_stays_with_the_customer() -> None:
    balances, interest = subsidised("0")
    capped = Payer("经销商", rate_units("40"), cap=100_000)
    split = split_subsidy(balances, interest, STANDARD, [MAKER, capped])
    assert dict(split.totals())["经销商"] == 100_000
    assert sum(split.customer) == sum(split.standard) - sum(amount for _, amount in split.totals())
    assert sum(split.customer) > 0


@given(
    st.lists(st.integers(0, 500), max_size=30),
    st.lists(st.tuples(st.integers(0, 33_333_333), st.none() | st.integers(0, 300)), max_size=3),
)
@settings(max_examples=100)
def test_parts_are_never_negative_and_never_stray(amounts: list[int], terms: list[tuple[int, int | None]]) -> None:
    payers = [Payer(f"payer {k}", share, cap) for k, (share, cap) in enumerate(terms)]
    split = share_out(amounts, payers)
    assert all(part >= 0 for row in split for part in row)
    assert all(sum(row) <= amount for row, amount in zip(split, amounts, strict=True))
    for k, payer in enumerate(payers):
        paid = sum(row[k] for row in split)
        assert payer.cap is None or paid <= payer.cap
        fair = sum(amounts) * payer.share / RATE_SCALE
        assert paid == payer.cap or abs(paid - fair) < len(payers) + 1


@given(st.lists(st.integers(0, 500), max_size=30), st.integers(0, RATE_SCALE))
@settings(max_examples=60)
def test_full_shares_pay_everything(amounts: list[int], share: int) -> None:
    split = share_out(amounts, [Payer("厂家", share), Payer("经销商", RATE_SCALE - share)])
    assert [sum(row) for row in split] == amounts


def test_single_fen_go_to_whoever_is_behind() -> None:
    assert share_out([1] * 5, [MAKER, DEALER]) == [[1, 0], [0, 1], [1, 0], [0, 1], [1, 0]]


def test_shares_that_are_none() -> None:
    with pytest.raises(InvalidArgument, match="payers, row 2"):
        share_out([100], [MAKER, Payer("经销商", -1)])
    with pytest.raises(InvalidArgument, match="payers, row 3"):
        share_out([100], [MAKER, Payer("经销商", rate_units("41"))])


def test_a_split_needs_matching_rows_below_the_standard_rate() -> None:
    with pytest.raises(LengthMismatch, match="has 1 rows where 2 are needed"):
        split_subsidy([100, 50], [1], STANDARD, [MAKER])
    with pytest.raises(InvalidArgument, match="interest, row 2: is above the standard rate"):
        split_subsidy([10_000, 10_000], [50, 51], STANDARD, [MAKER])


POINT = Programme(rate_units("1"), most_of_rate=rate_units("50"), cap=300_000)


def test_one_point_of_three_is_a_third_of_the_interest() -> None:
    assert public_subsidy(255_772, 10_000_000, rate_units("3"), POINT) == PublicSubsidy(
        85_257, 170_515, rate_units("1"), ()
    )


def test_half_of_a_low_contract_rate_is_the_limit() -> None:
    given = public_subsidy(100_000, 10_000_000, rate_units("1.5"), POINT)
    assert (given.amount, given.rate, given.limits) == (50_000, rate_units("0.75"), ("most_of_rate",))


def test_the_ceiling_of_a_borrower_counts_what_was_paid_before() -> None:
    first = public_subsidy(1_200_000, 50_000_000, rate_units("3"), POINT)
    assert (first.amount, first.customer, first.limits) == (300_000, 900_000, ("cap",))
    rest = public_subsidy(255_772, 10_000_000, rate_units("3"), POINT, already=250_000)
    assert (rest.amount, rest.limits) == (50_000, ("cap",))
    none = public_subsidy(255_772, 10_000_000, rate_units("3"), POINT, already=310_000)
    assert none.amount == 0


def test_a_limit_that_is_just_met_is_not_reached() -> None:
    assert public_subsidy(200_000, 10_000_000, rate_units("2"), POINT).limits == ()
    assert public_subsidy(900_000, 50_000_000, rate_units("3"), POINT).limits == ()
    spent = public_subsidy(3, 10_000_000, rate_units("3"), POINT, already=300_000)
    assert (spent.amount, spent.customer, spent.limits) == (0, 3, ("cap",))


def test_a_base_limits_the_principal_that_counts() -> None:
    base = Programme(rate_units("1"), rate_units("50"), cap=300_000, base=5_000_000)
    given = public_subsidy(255_772, 10_000_000, rate_units("3"), base)
    assert (given.amount, given.limits) == (42_629, ("base",))
    small = public_subsidy(100_000, 5_000_000, rate_units("3"), base)
    assert small.limits == ()


@pytest.mark.parametrize(
    ("values", "argument"),
    [((-1, 1, 1), "interest"), ((0, 0, 1), "principal"), ((0, 1, 0), "contract_rate")],
)
def test_bad_input_is_named(values: tuple[int, int, int], argument: str) -> None:
    with pytest.raises(InvalidArgument, match=f"{argument}: must be at least"):
        public_subsidy(*values, POINT)


def test_what_was_paid_before_is_no_debt() -> None:
    with pytest.raises(InvalidArgument, match="already: must be at least 0"):
        public_subsidy(1, 1, 1, POINT, already=-1)
