"""The statement and the contract by rule: figures to the fen, parts that add up, words that say what is charged."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest

from chedai.deals.contracts.documents import ClauseText, PayeePart, StatementDocument, encode, statement_from
from chedai.deals.contracts.rules.drafting import (
    DraftTerms,
    Wording,
    clauses_on,
    contract_of,
    refuse_unapproved,
    schedule_rows,
)
from chedai.deals.contracts.rules.reading import refuse_unread, seconds_left
from chedai.deals.contracts.rules.splitting import refuse_split
from chedai.deals.contracts.rules.stating import StatementTerms, as_printed, statement_of
from chedai.deals.contracts.rules.words import settlement_words
from chedai.deals.quotes.freezing import over_terms
from chedai.deals.quotes.frozen import FrozenAddOn, FrozenPlan
from chedai.deals.underwriting.approved import Approved
from chedai.engine.compare import VehicleKind
from chedai.engine.rates import Fee, Payee, When
from chedai.engine.settlement import FeeBase, FeeTier, SettlementFee
from chedai.engine.terms import LoanTerms
from chedai.platform.errors import Refusal, Refusals
from chedai.platform.policies import shipped_book

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)

PLAIN = FrozenPlan(
    lender_code="jianghe",
    lender_name="江河银行",
    product_name="新车贷",
    vehicle_kind=VehicleKind.OWN_NEV,
    vehicle="启程 E5",
    list_price=12_500_000,
    price=12_500_000,
    down_payment=2_500_000,
    total_paid=0,
    cash_at_signing=0,
)
FEES = (
    Fee("手续费|handling", share=3_000_000),
    Fee("GPS 费|GPS", amount=30_000, payee=Payee.DEALER),
    Fee("管理费", amount=500, when=When.PERIODIC),
    Fee("商业险", amount=480_000, payee=Payee.INSURER, in_rate=False),
    Fee("登记代办费", amount=20_000, payee=Payee.DEALER, when=When.FIRST_INSTALMENT),
    Fee("上门催收费", amount=20_000, when=When.CONTINGENT, note="每户每次"),
)


def plan(*fees: Fee, principal: int = 10_000_000, add_ons: tuple[FrozenAddOn, ...] = ()) -> FrozenPlan:
    """100,000 yuan at 5.88 % over 36 months, row B02."""
    terms = LoanTerms(principal=principal, annual_rate=5_880_000, periods=36, disbursed_on=DAY)
    return over_terms(PLAIN, terms, fees, add_ons)


def stated(of: FrozenPlan) -> StatementDocument:
    given = StatementTerms(
        deal_number="A1-202611-0001",
        version=1,
        made_on=DAY,
        overdue_markup=50_000_000,
        misuse_markup=100_000_000,
        reading_seconds=30,
        policies=("paper.overdue_markup/2020@1",),
        payees={Payee.LENDER: of.lender_name, Payee.DEALER: "城东店"},
    )
    return statement_of(of, given)


def agreed(of: FrozenPlan, **changes: Any) -> Approved:
    given: dict[str, Any] = {
        "deal_id": 1,
        "amount": of.principal,
        "annual_rate": of.annual_rate,
        "periods": of.periods,
        "lender_code": of.lender_code,
        "source": "decision",
        "source_id": 7,
        "plan_digest": of.digest,
    }
    return Approved(**given | changes)


def written(of: FrozenPlan, *payees: PayeePart, on: StatementDocument | None = None) -> Any:
    statement = on or stated(of)
    parts = payees or (PayeePart(1, "dealer", of.principal),)
    terms = DraftTerms(
        number="A1-202611-0001-H1",
        version=1,
        drafted_on=DAY,
        agreed_on=DAY,
        vehicle_id=3,
        statement_digest=encode(statement)[1],
        clauses=(),
        promises=(),
        payees=parts,
    )
    return contract_of(of, statement, agreed(of), terms)


def test_the_figures_of_row_b02_stand_on_the_statement() -> None:
    found = stated(plan())
    assert (found.principal, found.principal_words) == (10_000_000, "壹拾万元整")
    assert (found.instalment, found.interest, found.cost_total) == (303_676, 932_336, 932_336)
    assert (found.repaid_total, found.nominal_rate) == (10_932_336, 5_880_011)
    assert [(line.name, line.payee_name, line.total, line.annual) for line in found.lines] == [
        ("利息", "江河银行", 932_336, 5_880_000)
    ]


def test_every_fee_has_its_payee_its_day_and_its_part_of_the_year() -> None:
    found = stated(plan(*FEES))
    assert [(x.name, x.payee_name, x.when_words, x.each, x.total, x.in_rate, x.annual) for x in found.lines] == [
        ("利息", "江河银行", "随每期还款收取", 0, 932_336, True, 5_880_000),
        ("手续费", "江河银行", "放款前一次性收取", 300_000, 300_000, True, 2_060_000),
        ("GPS 费", "城东店", "放款前一次性收取", 30_000, 30_000, True, 210_000),
        ("管理费", "江河银行", "每期收取", 500, 18_000, True, 110_000),
        ("商业险", "保险公司", "放款前一次性收取", 480_000, 480_000, False, 0),
        ("登记代办费", "城东店", "随首期收取", 20_000, 20_000, True, 140_000),
    ]
    assert (found.fee_total, found.other_fees, found.cost_total) == (368_000, 480_000, 1_780_336)
    assert sum(line.annual for line in found.lines) == round(found.nominal_rate / 10_000) * 10_000 == 8_400_000


def test_costs_of_default_and_of_leaving_early_stand_apart() -> None:
    found = stated(plan(*FEES))
    assert [(one.name, one.measure) for one in found.contingent] == [
        ("上门催收费", "每次 200.00 元，每户每次"),
        ("逾期罚息", "在合同利率基础上加收 50%，即年利率 8.82%"),
        ("挪用罚息", "在合同利率基础上加收 100%，即年利率 11.76%"),
        ("提前还款违约金", "不收取"),
    ]
    assert "上门催收费" not in [line.name for line in found.lines]
    assert found.sentence.startswith("除本表所列项目外") and "不再向借款人收取其他任何息费" in found.sentence


def test_what_is_financed_beside_the_car_is_shown() -> None:
    found = stated(plan(principal=10_300_000, add_ons=(FrozenAddOn("ew", "延长保修", 300_000, True),)))
    assert (found.car_principal, [(x.name, x.amount) for x in found.financed]) == (10_000_000, [("延长保修", 300_000)])


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (SettlementFee(), "不收取"),
        (SettlementFee(share=1_000_000), "按剩余本金的 1%"),
        (
            SettlementFee(tiers=(FeeTier(12, 3_000_000),), locked_months=3),
            "还满 3 期前不可提前结清；已还 12 期以内：剩余本金的 3%；此后不收取",
        ),
        (
            SettlementFee(base=FeeBase.PREPAID, tiers=(FeeTier(12, 3_500_000),), share=500_000, interest_months=1),
            "已还 12 期以内：提前还款本金的 3.50%；此后提前还款本金的 0.50%；另收 1 个月利息",
        ),
    ],
)
def test_leaving_early_is_told_in_a_sentence(rule: SettlementFee, words: str) -> None:
    assert settlement_words(rule) == words


def test_printed_parts_add_up_to_the_printed_total() -> None:
    assert as_printed([5_884_000, 2_063_000, 7_000], 7_954_000) == [5_880_000, 2_060_000, 10_000]
    assert sum(as_printed([1_004_000] * 5, 5_020_000)) == 5_020_000


def test_a_statement_reads_back_from_its_bytes_and_a_change_shows() -> None:
    body, digest = encode(stated(plan(*FEES)))
    assert encode(statement_from(body)) == (body, digest)
    assert encode(stated(plan()))[1] != digest


def test_a_plan_whose_rate_is_not_of_its_figures_has_no_statement() -> None:
    of = plan(*FEES)
    wrong = FrozenPlan(**{name: getattr(of, name) for name in of.__struct_fields__} | {"nominal_rate": 7_000_000})
    with pytest.raises(Refusal) as refused:
        stated(wrong)
    assert refused.value.code == "rate-differs"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"amount": 9_000_000}, ["amount"]),
        ({"annual_rate": 6_000_000}, ["rate"]),
        ({"periods": 24}, ["term"]),
        ({"lender_code": "other", "amount": 1}, ["amount", "lender"]),
    ],
)
def test_only_what_was_approved_may_be_papered(changes: dict[str, Any], fields: list[str]) -> None:
    of = plan()
    with pytest.raises(Refusals) as refused:
        refuse_unapproved(of, agreed(of, **changes))
    assert [one.field for one in refused.value.refusals] == fields


def test_another_plan_needs_another_approval_and_none_is_refused() -> None:
    for approval, code in ((agreed(plan(), plan_digest="0" * 64), "plan-changed"), (None, "not-approved")):
        with pytest.raises(Refusal) as refused:
            refuse_unapproved(plan(), approval)
        assert refused.value.code == code


def test_statement_contract_and_annex_say_the_same_to_the_fen() -> None:
    of = plan(*FEES)
    statement, contract = stated(of), written(of)
    rows = contract.schedule
    assert contract.principal == statement.principal == sum(row.principal for row in rows) == 10_000_000
    assert contract.interest == statement.interest == sum(row.interest for row in rows) == 932_336
    assert (rows[0].total, rows[1].total, rows[-1].total) == (324_176, 304_176, 304_176 + rows[-1].total - 304_176)
    assert rows[1].total == statement.instalment == 304_176
    assert rows[-1].total == statement.last
    assert sum(row.fee for row in rows) == 38_000
    assert rows[-1].balance == 0
    assert contract.principal_words == statement.principal_words == "壹拾万元整"


def test_a_statement_of_another_plan_carries_no_contract() -> None:
    with pytest.raises(Refusal) as refused:
        written(plan(), on=stated(plan(*FEES)))
    assert refused.value.code == "statement-differs"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ((9_999_999,), "split-not-loan"),
        ((9_999_999, 2), "split-not-loan"),
        ((), "split-empty"),
        ((10_000_000, 0), "split-empty"),
    ],
)
def test_parts_that_are_not_the_loan_are_refused(parts: tuple[int, ...], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        refuse_split(parts, 10_000_000)
    assert refused.value.code == code
    refuse_split((9_999_999, 1), 10_000_000)


def test_the_clock_of_reading_runs_from_the_opening() -> None:
    assert seconds_left(AT, AT, 30) == 30
    assert seconds_left(AT, AT + timedelta(seconds=29, milliseconds=1), 30) == 1
    assert seconds_left(AT, AT + timedelta(seconds=30), 30) == 0
    for opened in (None, AT):
        with pytest.raises(Refusal) as refused:
            refuse_unread(opened, AT + timedelta(seconds=29), 30)
        assert refused.value.code == "statement-not-read"
    refuse_unread(AT, AT + timedelta(seconds=30), 30)


def wording(code: str, version: int, starts: date, ends: date | None = None, applies: str = "always") -> Wording:
    return Wording(code, version, 10, code, "内容", "民法典", applies, False, starts, ends)


def test_the_contract_states_the_order_in_which_a_loan_of_our_own_book_is_paid() -> None:
    """What 民法典 561 leaves to the contract must stand in it: the policy may not move without the clause."""
    words = {"fee": "费用", "penalty": "罚息", "interest": "利息", "principal": "本金"}
    text = files("chedai.deals.contracts").joinpath("clauses.toml").read_text(encoding="utf-8")
    clause = next(one["body"] for one in tomllib.loads(text)["clause"] if one["code"] == "default")
    order = shipped_book().in_force("allocation.convention.up_to_90_days", date(2026, 11, 22)).listed(str)
    assert f"按{'、'.join(words[name] for name in order)}的顺序清偿，不因逾期天数改变" in clause


def test_a_contract_holds_the_wording_of_its_day_and_only_clauses_the_deal_calls_for() -> None:
    all_of = [
        wording("loan", 1, date(2020, 1, 1), date(2026, 11, 20)),
        wording("loan", 2, date(2026, 11, 21)),
        wording("gps", 1, date(2020, 1, 1), applies="gps"),
    ]

    def on(day: date, *facts: str) -> list[tuple[str, int]]:
        found: tuple[ClauseText, ...] = clauses_on(all_of, day, frozenset(facts))
        return [(one.code, one.version) for one in found]

    assert on(date(2026, 11, 20)) == [("loan", 1)]
    assert on(date(2026, 11, 21), "gps") == [("gps", 1), ("loan", 2)]


def test_a_fee_with_each_instalment_stands_in_the_annex() -> None:
    rows = schedule_rows(plan(Fee("管理费", amount=500, when=When.PERIODIC)), date(2026, 11, 20))
    assert {row.fee for row in rows} == {500} and len(rows) == 36


def test_the_days_of_the_annex_count_from_the_agreed_payout_and_the_amounts_stay() -> None:
    taken = plan()
    same, later = (schedule_rows(taken, taken.terms.disbursed_on + timedelta(days=days)) for days in (0, 3))
    assert [(row.principal, row.interest, row.total) for row in later] == [
        (row.principal, row.interest, row.total) for row in same
    ]
    assert [(two.due - one.due).days for one, two in zip(same, later, strict=True)][:3] == [3, 3, 3]
    assert later[0].due == date(2026, 12, 23)
