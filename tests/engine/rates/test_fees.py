"""Fees: as typed, as charged, as they enter the flows."""

from __future__ import annotations

import pytest

from chedai.engine.errors import EngineError, InvalidArgument
from chedai.engine.money import rate_units
from chedai.engine.rates import PAYEE_ZH, WHEN_ZH, Fee, Payee, ShareOf, When, cash_flows, parse_fee


@pytest.mark.parametrize(
    ("text", "fee"),
    [
        ("服务费:3000:upfront", Fee("服务费", amount=300_000)),
        ("手续费:3%:upfront", Fee("手续费", share=rate_units("3"))),
        ("手续费:3%", Fee("手续费", share=rate_units("3"))),
        ("手续费\uff1a3\uff05", Fee("手续费", share=rate_units("3"))),
        ("服务费\uff1a3\uff0c000", Fee("服务费", amount=300_000)),
        ("GPS 费 : 1,580.50 : first_instalment", Fee("GPS 费", amount=158_050, when=When.FIRST_INSTALMENT)),
        ("月费率:0.32%:periodic:lender", Fee("月费率", share=rate_units("0.32"), when=When.PERIODIC)),
        ("服务费:3000:upfront:dealer:in", Fee("服务费", amount=300_000, payee=Payee.DEALER)),
        ("交强险:950:upfront:insurer:out", Fee("交强险", amount=95_000, payee=Payee.INSURER, in_rate=False)),
        ("违约金:3%:contingent", Fee("违约金", share=rate_units("3"), when=When.CONTINGENT)),
        (
            "出库费:1%price:upfront:dealer",
            Fee("出库费", share=rate_units("1"), of=ShareOf.PRICE, payee=Payee.DEALER),
        ),
    ],
)
def test_fees_are_read_as_typed(text: str, fee: Fee) -> None:
    assert parse_fee(text) == fee


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("服务费", "fee"),
        ("a:1:upfront:dealer:in:more", "fee"),
        (":3000", "fee"),
        ("服务费:much", "fee.amount"),
        ("服务费:much%", "fee.share"),
        ("服务费:3000price", "fee.amount"),
        ("服务费:-1", "fee.amount"),
        ("服务费:-1%", "fee.share"),
        ("服务费:3000:later", "fee.when"),
        ("服务费:3000:upfront:friend", "fee.payee"),
        ("服务费:3000:upfront:dealer:maybe", "fee.in_rate"),
    ],
)
def test_a_fee_that_cannot_be_read_names_the_part(text: str, argument: str) -> None:
    with pytest.raises(EngineError) as refused:
        parse_fee(text)
    assert refused.value.argument == argument


def test_a_fee_is_an_amount_or_a_share() -> None:
    with pytest.raises(InvalidArgument, match="not both"):
        Fee("服务费", amount=1, share=1)


def test_a_share_is_rounded_half_up_and_taken_of_what_it_names() -> None:
    assert Fee("手续费", share=rate_units("0.5")).charge(300) == 2
    assert parse_fee("出库费:1%price").charge(10_000_000, 18_500_000) == 185_000
    with pytest.raises(InvalidArgument, match="price: is needed"):
        parse_fee("出库费:1%price").charge(10_000_000)


def test_what_a_fee_comes_to_over_the_whole_plan() -> None:
    assert parse_fee("月费率:0.32%:periodic").total(10_000_000, 36) == 1_152_000
    assert parse_fee("服务费:3000").total(10_000_000, 36) == 300_000
    assert parse_fee("违约金:3%:contingent").total(10_000_000, 36) == 0


def test_every_choice_has_its_chinese_name() -> None:
    assert set(PAYEE_ZH) == set(Payee)
    assert set(WHEN_ZH) == set(When)


def test_fees_fall_into_the_flows_where_they_are_taken() -> None:
    fees = [
        parse_fee("服务费:3000:upfront:dealer"),
        parse_fee("账户费:100:first_instalment"),
        parse_fee("担保费:0.1%:periodic:guarantor"),
        parse_fee("交强险:950:upfront:insurer:out"),
        parse_fee("违约金:3%:contingent"),
    ]
    flows = cash_flows(10_000_000, [5_000_000, 5_100_000], fees, wait=2)
    assert flows == (9_700_000, 0, 0, -5_020_000, -5_110_000)


def test_a_plan_without_fees() -> None:
    assert cash_flows(100, [60, 60]) == (100, -60, -60)


def test_fees_must_leave_something_to_lend() -> None:
    with pytest.raises(InvalidArgument, match="fees: leave nothing of the payout"):
        cash_flows(300_000, [310_000], [parse_fee("服务费:3000")])
    with pytest.raises(InvalidArgument, match="instalments: must not be empty"):
        cash_flows(300_000, [])
    with pytest.raises(InvalidArgument, match="wait: must be at least 0"):
        cash_flows(300_000, [310_000], wait=-1)
