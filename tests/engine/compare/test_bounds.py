"""Every bound, at its edge to the fen, and the sentence that tells it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chedai.engine.compare import (
    Bound,
    Conflict,
    CustomerKind,
    Failure,
    LenderKind,
    Lever,
    Product,
    Promotion,
    Repayment,
    Rule,
    Scope,
    TailOf,
    TermRate,
    VehicleKind,
    WhyNot,
    Wish,
    compare,
)
from chedai.engine.compare.words import change_text, money, reason, share
from chedai.engine.rates import Fee, ShareOf
from chedai.engine.terms import Amortisation
from tests.engine.compare.shop import POINT, YUANDA, catalogue, product, wish


def _why(asked: Wish, loan: Product, *rules: Rule) -> WhyNot | None:
    found = compare(asked, catalogue(loan), rules).why_not
    return found[0] if found else None


def _told(asked: Wish, loan: Product, *rules: Rule) -> tuple[str, str]:
    """The one reason, in both languages."""
    why = _why(asked, loan, *rules)
    assert why is not None and len(why.failures) == 1
    return reason(why.failures[0], why, "zh"), reason(why.failures[0], why, "en")


def _changes(asked: Wish, loan: Product, *rules: Rule) -> list[str]:
    why = _why(asked, loan, *rules)
    assert why is not None
    return [change_text(change) for change in why.changes]


def test_a_first_payment_below_the_lenders_least() -> None:
    loan = product(min_down=15 * POINT)
    asked = wish(down=15_000_00)
    assert _told(asked, loan) == (
        "首付 12% 低于江河银行下限 15%，至少 18,750.00。",
        "A down payment of 12% is below the 15% that Jianghe Bank asks, at least 18,750.00.",
    )
    assert _changes(asked, loan) == ["首付改为 18,750.00，即 15%"]
    assert _why(wish(down=18_750_00), loan) is None
    assert _why(wish(down=18_749_99), product(min_down=15 * POINT, amount_step=1)) is not None


def test_the_least_first_payment_is_rounded_up_to_the_fen_and_the_largest_down() -> None:
    least = product(min_down=33_333_333, amount_step=1)
    assert _why(wish(100_01, 33_34), least) is None
    assert _why(wish(100_01, 33_33), least) is not None
    most = product(max_down=33_333_333, amount_step=1)
    assert _why(wish(100_01, 33_33), most) is None
    assert _why(wish(100_01, 33_34), most) is not None


def test_a_share_just_below_the_limit_is_never_printed_as_the_limit() -> None:
    zh, _ = _told(wish(down=18_749_99), product(min_down=15 * POINT, amount_step=1))
    assert zh == "首付 14.99% 低于江河银行下限 15%，至少 18,750.00。"
    zh, _ = _told(wish(down=100_000_01), product(max_down=80 * POINT, amount_step=1))
    assert zh == "首付 80.01% 高于江河银行上限 80%，至多 100,000.00。"


def test_a_first_payment_above_the_lenders_most() -> None:
    asked, loan = wish(down=110_000_00), product(max_down=80 * POINT)
    assert _told(asked, loan)[1] == (
        "A down payment of 88% is above the 80% that Jianghe Bank takes, at most 100,000.00."
    )
    assert _changes(asked, loan) == ["首付改为 100,000.00，即 80%"]


def test_the_loan_ratio_counts_the_new_car_alone_net_of_public_subsidy_and_capped_by_list_price() -> None:
    used = {"vehicle": VehicleKind.USED, "appraisal": 110_000_00}
    loan = product(max_ltv=80 * POINT)
    assert _told(wish(**used), loan) == (
        "贷款成数 90.91% 超过上限 80%，首付至少 37,000.00。",
        "A loan-to-value ratio of 90.91% exceeds 80%, down payment at least 37,000.00.",
    )
    assert _why(wish(down=37_000_00, **used), loan) is None
    assert _why(wish(list_price=124_000_00), loan) is not None
    assert _why(wish(government_subsidy=1_00), loan) is not None
    assert _why(wish(list_price=130_000_00), loan) is None


def test_a_rule_above_the_product_binds_where_it_is_tighter_and_is_named() -> None:
    rule = Rule(Bound.LTV, 70 * POINT, "loan_ratio.max/used-2018", (VehicleKind.USED,), (LenderKind.BANK,))
    asked = wish(vehicle=VehicleKind.USED)
    assert _told(asked, product(), rule)[0] == (
        "贷款成数 80% 超过上限 70%，首付至少 37,500.00（政策 loan_ratio.max/used-2018）。"
    )
    assert _why(wish(), product(), rule) is None
    assert _why(asked, product(lender=YUANDA), rule) is None
    own, _ = _told(asked, product(max_ltv=60 * POINT), rule)
    assert own == "贷款成数 80% 超过上限 60%，首付至少 50,000.00。"


def test_amounts_the_lender_does_not_lend() -> None:
    assert _told(wish(), product(max_amount=80_000_00)) == (
        "贷款 100,000.00，超过江河银行上限 80,000.00。",
        "A loan of 100,000.00 exceeds the 80,000.00 that Jianghe Bank lends at most.",
    )
    assert _changes(wish(), product(max_amount=80_000_00)) == ["首付改为 45,000.00，即 36%"]
    assert _told(wish(down=120_000_00), product(min_amount=10_000_00))[0] == (
        "贷款 5,000.00，低于江河银行下限 10,000.00。"
    )
    assert _why(wish(), product(max_amount=100_000_00, min_amount=100_000_00)) is None


def test_a_first_payment_that_would_exceed_the_price_is_no_way_out() -> None:
    asked, loan = wish(1000_00, 500_00), product(min_amount=2000_00)
    why = _why(asked, loan)
    assert why is not None and (why.failures[0].need, why.changes) == (None, ())
    zh, en = _told(wish(down=125_000_00), product())
    assert (zh, en) == (
        "贷款 0.00，低于江河银行下限 0.01。",
        "A loan of 0.00 is below the 0.01 that Jianghe Bank lends at least.",
    )


def test_a_need_no_first_payment_can_meet_is_left_out_of_the_sentence() -> None:
    why = _why(wish(), product())
    assert why is None
    bound = Failure(Bound.DOWN_LEAST, 12 * POINT, 15 * POINT)
    shown = WhyNot(product=product(), promotion=None, failures=(bound,))
    assert reason(bound, shown) == "首付 12% 低于江河银行下限 15%。"
    most = Failure(Bound.DOWN_MOST, 90 * POINT, 80 * POINT)
    assert reason(most, shown, "en") == "A down payment of 90% is above the 80% that Jianghe Bank takes."
    ratio = Failure(Bound.LTV, 90 * POINT, 80 * POINT)
    assert reason(ratio, shown) == "贷款成数 90% 超过上限 80%。"


def test_a_tail_must_stay_below_the_loan() -> None:
    lease = product(repayments=(Repayment(Amortisation.BALLOON, tail_share=20 * POINT, tail_of=TailOf.PRICE),))
    assert _told(wish(down=100_000_00), lease) == (
        "贷款 25,000.00，须高于尾款 25,000.00。",
        "A loan of 25,000.00 must exceed its tail of 25,000.00.",
    )
    assert _changes(wish(down=100_000_00), lease) == ["首付改为 99,999.00，即 79.99%"]


def test_fees_may_not_eat_the_payout_up() -> None:
    loan = product(fees=(Fee("服务费", amount=900_00), Fee("保费", share=5 * POINT, of=ShareOf.PRICE)))
    asked = wish(2000_00, 1000_00)
    assert _told(asked, loan) == (
        "贷款 1,000.00，须高于放款时费用 1,000.00。",
        "A loan of 1,000.00 must exceed the fees of 1,000.00 taken from it.",
    )
    assert _changes(asked, loan) == ["首付改为 999.00，即 49.95%"]
    hopeless = product(fees=(Fee("服务费", share=100 * POINT),))
    assert _changes(asked, hopeless) == []


def test_more_cash_than_there_is_on_the_day() -> None:
    loan = product(fees=(Fee("服务费", share=3 * POINT),))
    asked = wish(cash_most=27_000_00)
    assert _told(asked, loan) == (
        "当日需付 28,000.00，超过首付能力 27,000.00。",
        "The day of signing takes 28,000.00, above the 27,000.00 at hand.",
    )
    assert _changes(asked, loan) == ["首付改为 23,969.00，即 19.17%", "当日资金备到 28,000.00"]
    dear = product(fees=(Fee("服务费", share=100 * POINT),), min_amount=1)
    why = _why(wish(cash_most=1_00), dear)
    assert why is not None and why.changes == ()


def test_the_monthly_ceiling_is_met_by_the_largest_amount_that_stays_under_it() -> None:
    asked, loan = wish(instalment_most=3000_00), product(terms=(36, 48))
    assert _changes(asked, loan) == ["首付改为 26,211.00，即 20.96%", "改为 48 期", "月供上限放宽到 3,036.76"]
    assert _why(wish(down=26_211_00, instalment_most=3000_00), product()) is None
    assert _why(wish(down=26_210_00, instalment_most=3000_00), product()) is not None


def test_an_impossible_ceiling_is_met_by_no_amount() -> None:
    assert _changes(wish(instalment_most=1_00), product(min_amount=50_000_00)) == ["月供上限放宽到 3,036.76"]


def test_a_cost_above_the_cap_cannot_be_helped() -> None:
    rule = Rule(Bound.RATE_CAP, 24 * POINT, "rate_caps.loan.micro_loan/2025")
    dear = product(rate=23 * POINT)
    assert _told(wish(), dear, rule) == (
        "综合年化 25.59% 超过上限 24%（政策 rate_caps.loan.micro_loan/2025）。",
        "An annual cost of 25.59% exceeds the cap of 24% (policy rate_caps.loan.micro_loan/2025).",
    )
    assert _changes(wish(), dear, rule) == []
    assert _told(wish(), product(rate_cap=6 * POINT))[0] == "综合年化 6.05% 超过上限 6%。"
    assert _why(wish(), product(rate_cap=25 * POINT), rule) is None


def test_terms_that_are_not_sold_or_too_long() -> None:
    loan = product(terms=(12, 36))
    assert _told(wish(terms=(24,)), loan) == (
        "不提供 24 期，可选 12、36 期。",
        "24 months are not offered; 12, 36 are.",
    )
    rule = Rule(Bound.TERM_MOST, 12, "loan_term.auto/used-2004")
    why = _why(wish(), loan, rule)
    assert why is not None and [c.value for c in why.changes] == [12]
    assert _told(wish(), loan, rule) == (
        "36 期超过最长 12 期（政策 loan_term.auto/used-2004）。",
        "36 months exceed the longest term of 12 (policy loan_term.auto/used-2004).",
    )


def test_an_old_car_may_not_outlive_its_loan() -> None:
    loan = product(max_age_plus_term=84)
    old = {"vehicle": VehicleKind.USED, "vehicle_age": 60}
    assert _told(wish(**old), loan) == ("车龄加期限 96 个月，超过 84 个月。", "Age plus term is 96 months, above 84.")
    assert _why(wish(vehicle_age=60), loan) is None
    assert _why(wish(vehicle=VehicleKind.USED, vehicle_age=48), loan) is None


@pytest.mark.parametrize(
    ("scope", "asked", "zh", "en"),
    [
        (
            {"regions": ("henan", "hubei")},
            {},
            "地区仅限henan、hubei，现为未填写。",
            "Region only for henan, hubei; here not stated.",
        ),
        (
            {"models": ("启程 E5",)},
            {"model": "远山 X"},
            "车型仅限启程 E5，现为远山 X。",
            "Model only for 启程 E5; here 远山 X.",
        ),
        (
            {"vehicles": (VehicleKind.OWN_NEV,)},
            {},
            "车辆仅限自用新能源车，现为自用燃油车。",
            "Vehicle only for own-use new-energy car; here own-use combustion car.",
        ),
        (
            {"customers": (CustomerKind.BUSINESS,)},
            {},
            "客户仅限企业，现为个人。",
            "Customer only for a business; here a person.",
        ),
        (
            {"starts": date(2026, 12, 1)},
            {},
            "产品 2026-12-01 才开始，现为 2026-11-20。",
            "The product starts on 2026-12-01; today is 2026-11-20.",
        ),
        (
            {"ends": date(2026, 10, 31)},
            {},
            "产品已于 2026-10-31 结束，现为 2026-11-20。",
            "The product ended on 2026-10-31; today is 2026-11-20.",
        ),
    ],
)
def test_for_whom_what_where_and_when(scope: dict[str, Any], asked: dict[str, Any], zh: str, en: str) -> None:
    assert _told(wish(**asked), product(scope=Scope(**scope))) == (zh, en)


def test_a_loan_for_firms_is_offered_in_the_firms_name() -> None:
    firms = product(scope=Scope(customers=(CustomerKind.BUSINESS,)))
    why = _why(wish(), firms)
    assert why is not None and [change_text(c, "en") for c in why.changes] == ["buy in the name of a business"]
    assert _changes(wish(), firms) == ["换成企业名下购车"]
    assert _why(wish(customer=CustomerKind.BUSINESS), firms) is None
    persons = product(scope=Scope(customers=(CustomerKind.PERSON,)))
    assert _changes(wish(customer=CustomerKind.BUSINESS), persons) == ["换成个人名下购车"]


def test_a_way_out_is_told_only_where_it_leads_out() -> None:
    far = product(scope=Scope(customers=(CustomerKind.BUSINESS,), regions=("henan",)))
    assert _changes(wish(), far) == []
    dear = product(scope=Scope(customers=(CustomerKind.BUSINESS,)), max_amount=50_000_00)
    assert _changes(wish(), dear) == []


def test_promotions_speak_for_themselves() -> None:
    ended = Promotion(code="a", name="甲", name_en="A", products=("loan",), scope=Scope(ends=date(2026, 11, 1)))
    used = Promotion(code="b", name="乙", name_en="B", products=("loan",), quota=5, used=5)
    free = Promotion(code="c", name="丙", name_en="C", products=("loan",), rates=(TermRate(36, 0),))
    late = Promotion(code="d", name="丁", name_en="D", products=("loan",), rates=(TermRate(36, POINT),))
    shelf = catalogue(product(), promotions=(ended, used, free, late), conflict=Conflict.LOWEST_COST)
    told = [(reason(f, w, "zh"), reason(f, w, "en")) for w in compare(wish(), shelf).why_not for f in w.failures]
    assert told == [
        ("活动已于 2026-11-01 结束，现为 2026-11-20。", "The promotion ended on 2026-11-01; today is 2026-11-20."),
        ("活动名额 5 个，已用 5 个。", "The promotion's 5 contracts are used (5)."),
        ("活动不可叠加，按客户成本最低取丙。", "Promotions do not add up; by lowest cost C is taken."),
    ]
    dear = Promotion(code="e", name="戊", name_en="E", products=("loan",), rates=(TermRate(36, 9 * POINT),))
    (why,) = compare(wish(), catalogue(product(), promotions=(dear,))).why_not
    assert reason(why.failures[0], why) == "活动不可叠加，按客户成本最低取产品原价。"


def test_words_for_the_levers_in_english() -> None:
    why = _why(wish(instalment_most=3000_00, cash_most=25_000_00), product(terms=(36, 48)))
    assert why is not None
    assert [change_text(c, "en") for c in why.changes] == ["take 48 months", "monthly ceiling of 3,036.76"]
    why = _why(wish(cash_most=24_000_00), product())
    assert why is not None
    assert [change_text(c, "en") for c in why.changes] == [
        "down payment of 24,000.00, 19.2%",
        "cash on the day of 25,000.00",
    ]
    assert [c.lever for c in why.changes] == [Lever.DOWN_PAYMENT, Lever.CASH]


def test_a_figure_that_is_no_number_is_a_fault_of_the_program() -> None:
    broken = Failure(Bound.CASH, "much", 1)
    with pytest.raises(TypeError, match="no number"):
        reason(broken, WhyNot(product=product(), promotion=None, failures=(broken,)))


def test_figures_as_people_read_them() -> None:
    assert (money(1_234_567_89), money(-600_00), money(5)) == ("1,234,567.89", "(600.00)", "0.05")
    assert (share(15_000_000), share(59_680_000), share(0)) == ("15%", "59.68%", "0%")
