"""What rates refuse, word for word in both languages: argument, row, rule, value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from chedai.engine.errors import EngineError
from chedai.engine.money import rate_units
from chedai.engine.rates import (
    Fee,
    Payer,
    Programme,
    Repricing,
    annual_rates,
    cash_flows,
    charge_room,
    flat_of_true,
    flat_truth,
    irr,
    irr_columns,
    parse_fee,
    periods_a_year,
    public_subsidy,
    rate_on,
    rate_path,
    share_out,
    split_subsidy,
    subsidy_upfront,
    xirr,
)
from chedai.engine.rates.roots import only_rate
from chedai.engine.terms import Unit

DAY = date(2026, 1, 15)
YEAR = timedelta(days=365)
SERIES = [(DAY, rate_units("3"))]
POINT = Programme(rate_units("1"))
FORM = "fee: must read name:amount[:when[:payee[:in|out]]] (got x)"
FORM_ZH = "fee:格式为 名称:金额[:时点[:收取方[:in|out]]](现为 x)"
WHENS = "upfront, first_instalment, periodic, contingent"
PAYEES = "lender, dealer, insurer, guarantor, government, other"

REFUSALS: list[tuple[Callable[[], object], str, str]] = [
    (lambda: irr([1]), "flows: need a payout and a repayment (got 1)", "flows:至少需要一笔放款和一笔还款(现为 1)"),
    (lambda: irr([1.5, 2]), "flows, row 1: must be a whole number (got 1.5)", "flows 第 1 行:必须是整数(现为 1.5)"),
    (lambda: irr([1, 1]), "flows: never change sign, so they have no rate", "flows:现金流无正负变化,不存在内部收益率"),
    (
        lambda: irr_columns([1, -1, 1, 1], [0, 2, 4]),
        "flows, row 2: never change sign, so they have no rate",
        "flows 第 2 行:现金流无正负变化,不存在内部收益率",
    ),
    (
        lambda: irr_columns([1, -1, 1, -2, 2], [0, 2, 5]),
        "flows, row 2: balance at no rate",
        "flows 第 2 行:任何利率下现金流均不平衡,不存在内部收益率",
    ),
    (
        lambda: irr_columns([1, -1, -100, 230, -132], [0, 2, 5]),
        "flows, row 2: balance at several rates (got ln(1+r) = 0.0953102, 0.182322)",
        "flows 第 2 行:存在多个内部收益率(现为 ln(1+r) = 0.0953102, 0.182322)",
    ),
    (
        lambda: only_rate([1, -100], [0, 1 / 365], row=4),
        "flows, row 5: have a rate beyond any figure",
        "flows 第 5 行:内部收益率超出可表示的范围",
    ),
    (
        lambda: irr_columns([1.5], [0, 1]),
        "flows, row 1: must be a whole number (got 1.5)",
        "flows 第 1 行:必须是整数(现为 1.5)",
    ),
    (
        lambda: irr_columns([1, -1], [0, 1]),
        "offsets: must run from 0 to the 2 flows",
        "offsets:必须从 0 开始并以 2 结束",
    ),
    (
        lambda: irr_columns([1, -1], [0, -1, 2]),
        "offsets, row 2: must be at least 0 (got -1)",
        "offsets 第 2 行:不得小于 0(现为 -1)",
    ),
    (
        lambda: irr_columns([1, -1, 1], [0, 2, 3]),
        "offsets, row 2: a row needs two flows (got 1)",
        "offsets 第 2 行:每行至少两笔现金流(现为 1)",
    ),
    (
        lambda: xirr([1.5, 2], [DAY, DAY]),
        "flows, row 1: must be a whole number (got 1.5)",
        "flows 第 1 行:必须是整数(现为 1.5)",
    ),
    (lambda: xirr([1, -1], [DAY]), "days: has 1 rows where 2 are needed", "days:有 1 行,应为 2 行"),
    (
        lambda: xirr([1, -1], [DAY, "soon"]),  # type: ignore[list-item]
        "days, row 2: must be dates (got soon)",
        "days 第 2 行:必须是日期(现为 soon)",
    ),
    (
        lambda: xirr([1], [DAY]),
        "flows: need a payout and a repayment (got 1)",
        "flows:至少需要一笔放款和一笔还款(现为 1)",
    ),
    (
        lambda: xirr([1, 1], [DAY, DAY + YEAR]),
        "flows: never change sign, so they have no rate",
        "flows:现金流无正负变化,不存在内部收益率",
    ),
    (lambda: periods_a_year(Unit.MONTH, 0), "every: must be at least 1 (got 0)", "every:不得小于 1(现为 0)"),
    (
        lambda: annual_rates([1, -100_000], unit=Unit.DAY),
        "flows: have a rate beyond any figure (got 99998.99999999999)",
        "flows:内部收益率超出可表示的范围(现为 99998.99999999999)",
    ),
    (lambda: Fee(" "), "fee: must have a name", "fee:费用必须有名称"),
    (lambda: Fee("费", amount=-1), "fee.amount: must not be negative (got -1)", "fee.amount:不得为负(现为 -1)"),
    (lambda: Fee("费", share=-1), "fee.share: must not be negative (got -1)", "fee.share:不得为负(现为 -1)"),
    (lambda: Fee("费", 1, 1), "fee: is an amount or a share, not both (got 费)", "fee:金额与比例只能填一项(现为 费)"),
    (
        lambda: parse_fee("费:1%price").charge(1),
        "price: is needed for a share of the price (got 费)",
        "price:按车价比例收费须给出车价(现为 费)",
    ),
    (lambda: parse_fee("x"), FORM, FORM_ZH),
    (
        lambda: parse_fee("费:1:upfront:dealer:maybe"),
        "fee.in_rate: must be in or out (got maybe)",
        "fee.in_rate:必须是 in 或 out(现为 maybe)",
    ),
    (
        lambda: parse_fee("费:1price"),
        "fee.amount: a share of the price needs % (got 费:1price)",
        "fee.amount:按车价比例收费须带百分号(现为 费:1price)",
    ),
    (
        lambda: parse_fee("费:x"),
        "fee.amount: must be an amount in yuan (got x)",
        "fee.amount:必须是以元为单位的金额(现为 x)",
    ),
    (lambda: parse_fee("费:x%"), "fee.share: must be a percentage (got x%)", "fee.share:必须是百分数(现为 x%)"),
    (
        lambda: parse_fee("费:1:later"),
        f"fee.when: must be one of {WHENS} (got later)",
        f"fee.when:必须是 {WHENS} 之一(现为 later)",
    ),
    (
        lambda: parse_fee("费:1:upfront:friend"),
        f"fee.payee: must be one of {PAYEES} (got friend)",
        f"fee.payee:必须是 {PAYEES} 之一(现为 friend)",
    ),
    (lambda: cash_flows(1, []), "instalments: must not be empty", "instalments:还款计划不能为空"),
    (lambda: cash_flows(1, [1], wait=-1), "wait: must be at least 0 (got -1)", "wait:不得小于 0(现为 -1)"),
    (
        lambda: cash_flows(100, [1], [Fee("费", 100)]),
        "fees: leave nothing of the payout (got 0)",
        "fees:前置费用不得超过本金(现为 0)",
    ),
    (lambda: flat_truth(0, 1, 1), "principal: must be at least 1 (got 0)", "principal:不得小于 1(现为 0)"),
    (lambda: flat_truth(1, 0, 1), "periods: must be at least 1 (got 0)", "periods:不得小于 1(现为 0)"),
    (lambda: flat_truth(1, 1, -1), "rate: must be at least 0 (got -1)", "rate:不得小于 0(现为 -1)"),
    (lambda: flat_of_true(0.1, 0), "periods: must be at least 1 (got 0)", "periods:不得小于 1(现为 0)"),
    (
        lambda: flat_of_true(-12.0, 36),
        "nominal: must be a rate above -100 % a period (got -12.0)",
        "nominal:利率须大于每期 -100%(现为 -12.0)",
    ),
    (
        lambda: subsidy_upfront(100, [105], 0),
        "payments: are worth more than the principal (got 5)",
        "payments:客户还款现值已超过本金,无息可贴(现为 5)",
    ),
    (
        lambda: split_subsidy([1, 2], [1], 1, []),
        "interest: has 1 rows where 2 are needed",
        "interest:有 1 行,应为 2 行",
    ),
    (
        lambda: split_subsidy([0], [1], 1, []),
        "interest, row 1: is above the standard rate (got 1)",
        "interest 第 1 行:客户利息高于标准利率(现为 1)",
    ),
    (
        lambda: share_out([1], [Payer("厂家", -1)]),
        "payers, row 1: shares must lie between 0 and 100 %",
        "payers 第 1 行:分担比例须在 0 至 100% 之间",
    ),
    (lambda: public_subsidy(-1, 1, 1, POINT), "interest: must be at least 0 (got -1)", "interest:不得小于 0(现为 -1)"),
    (lambda: charge_room(-1, [], 1), "charged: must not be negative (got -1)", "charged:不得为负(现为 -1)"),
    (
        lambda: charge_room(1, [], 1, basis=366),
        "basis: must be 360 or 365 (got 366)",
        "basis:必须是 360 或 365(现为 366)",
    ),
    (
        lambda: charge_room(1, [(1, -1)], 1),
        "stretches, row 1: days and principal must not be negative (got (1, -1))",
        "stretches 第 1 行:天数与本金不得为负(现为 (1, -1))",
    ),
    (
        lambda: rate_on(SERIES, DAY - YEAR),
        "series: has no rate published by then (got 2025-01-15)",
        "series:该日之前没有已公布的利率(现为 2025-01-15)",
    ),
    (
        lambda: rate_on(SERIES * 2, DAY),
        "series, row 2: must ascend by date (got 2026-01-15)",
        "series 第 2 行:必须按日期升序(现为 2026-01-15)",
    ),
    (
        lambda: rate_path(SERIES, 0, DAY, Repricing.FIXED, DAY),
        "until: must be after the contract date (got 2026-01-15)",
        "until:必须晚于合同日(现为 2026-01-15)",
    ),
    (
        lambda: rate_path(SERIES, -301, DAY, Repricing.FIXED, DAY + YEAR),
        "spread: takes the rate below 0 (got -301)",
        "spread:加点后利率低于 0(现为 -301)",
    ),
]


@pytest.mark.parametrize(("act", "english", "chinese"), REFUSALS, ids=[english for _, english, _ in REFUSALS])
def test_a_refusal_says_what_is_wrong(act: Callable[[], object], english: str, chinese: str) -> None:
    with pytest.raises(EngineError) as refused:
        act()
    assert refused.value.text("en") == str(refused.value) == english
    assert refused.value.text() == refused.value.text("zh") == chinese
