"""The options of `chedai quote`, and what they ask for."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from typing import Final

from chedai.cli.options import amount_of, count_of, day_of, fee_of, months_of, payers_of, settlement_of, steps_of
from chedai.cli.parser import Parser
from chedai.cli.say import Say
from chedai.engine.compare import CustomerKind, Preference, VehicleKind
from chedai.engine.compare.methods import BY_CODE, FLAT, LEVEL, METHODS, Method, method_named
from chedai.engine.compare.quote import NO_FEE, Quote, Subsidised, quote
from chedai.engine.errors import InvalidArgument
from chedai.engine.money import RATE_SCALE, Rounding, fen, rate_units
from chedai.engine.settlement import SettlementFee
from chedai.engine.terms import Amortisation, DayCount, LoanTerms

UNDATED: Final = date(2001, 1, 1)
"""Stands in for a payout day nobody named: by months of a twelfth of a year no figure depends on it."""

RATE_MOST: Final = 10 * RATE_SCALE
"""1000 % a year: a contract rate typed above it is a slip of the hand."""

OPTION_OF: Final = {
    "principal": "--price --down",
    "down_payments": "--down",
    "down_payment": "--down",
    "price": "--price",
    "annual_rate": "--rate",
    "periods": "--term",
    "terms": "--term",
    "balloon": "--balloon",
    "instalment": "--instalment",
    "steps": "--steps",
    "first_due": "--first-due",
    "fees": "--fee",
    "fee": "--fee",
    "fee.amount": "--fee",
    "fee.share": "--fee",
    "fee.when": "--fee",
    "fee.payee": "--fee",
    "fee.in_rate": "--fee",
    "payments": "--standard-rate",
    "tiers": "--settle-fee",
    "share": "--settle-fee",
    "settle_months": "--settle-months",
    "cash_discount": "--cash-discount",
    "instalment_most": "--ceiling",
    "cash_most": "--cash",
    "government_subsidy": "--government-subsidy",
    "vehicle_age": "--age",
    "value": "--trade-in",
    "payoff": "--trade-in",
}
"""Which option an argument of the engine came from."""


def parser(say: Say) -> Parser:
    """The options of `chedai quote`."""
    made = Parser(
        say=say,
        prog="chedai quote",
        description=say(
            "测算一个方案的月供、费用、两种年化利率和提前结清成本；或比较还款方式与产品目录。",
            "What a plan costs: instalment, fees, both annual rates, leaving early; or many plans side by side.",
        ),
    )
    made.usage = say("chedai quote --price YUAN [选项]", "chedai quote --price YUAN [options]")
    _add_plan(made, say)
    _add_details(made, say)
    _add_compare(made, say)
    _add_output(made, say)
    return made


def _add_plan(made: Parser, say: Say) -> None:
    yuan, months = "YUAN", "MONTHS"
    methods = " ".join(method.code for method in METHODS)
    group = made.add_argument_group(say("方案", "the plan"))
    group.add_argument("--price", required=True, metavar=yuan, help=say("车价", "price of the car"))
    group.add_argument(
        "--down", default="0", metavar="30%", help=say("首付，比例或金额", "down payment, share or yuan")
    )
    group.add_argument("--term", metavar=months, help=say("期数，如 36", "months, 36"))
    group.add_argument("--rate", metavar="5.88", help=say("年利率 %", "annual rate, %"))
    monthly_zh = "月费率 %，按原始本金计，即 --method flat；代替 --rate"
    monthly_en = "monthly rate on the original principal, %, so --method flat (for --rate)"
    group.add_argument("--monthly-rate", metavar="0.32", help=say(monthly_zh, monthly_en))
    group.add_argument("--method", metavar="level", help=say(f"还款方式：{methods}", f"one of {methods}"))
    fee_zh = "费用 名称:金额或%:时点:收取方，可重复；时点 upfront first periodic"
    fee_en = "fee, name:yuan or %:when:payee, repeatable; when: upfront first periodic"
    group.add_argument("--fee", action="append", default=[], metavar="F", help=say(fee_zh, fee_en))


def _add_details(made: Parser, say: Say) -> None:
    yuan, months = "YUAN", "MONTHS"
    group = made.add_argument_group(say("方案细节", "its details"))
    group.add_argument(
        "--balloon", metavar="30%", help=say("尾款，贷款额的比例或金额", "tail, share of the loan or yuan")
    )
    group.add_argument(
        "--instalment", metavar=yuan, help=say("指定月供，反求尾款", "a stated instalment; solves the tail")
    )
    steps_zh, steps_en = "阶梯：12:interest-only,24:solve", "segments: 12:interest-only,24:solve"
    group.add_argument("--steps", metavar="S", help=say(steps_zh, steps_en))
    group.add_argument("--start", metavar="DATE", help=say("放款日", "day of the payout"))
    group.add_argument("--first-due", metavar="DATE", help=say("首期还款日", "first due date"))
    counts = " ".join(DayCount)
    group.add_argument("--day-count", metavar="30/360", help=say(f"计息基准：{counts}", counts))
    settle_zh, settle_en = "提前结清违约金：3% 或 12=3%,24=1%", "for leaving early: 3% or by months paid 12=3%,24=1%"
    group.add_argument("--settle-fee", metavar="3%", help=say(settle_zh, settle_en))
    group.add_argument(
        "--settle-months", default="12,24,36", metavar=months, help=say("看哪几个月结清", "months to look at")
    )
    subsidy_zh, subsidy_en = "贴息方，如 厂家:70%，可重复", "who pays the subsidy, maker:70%, repeatable"
    group.add_argument("--subsidy", action="append", default=[], metavar="P", help=say(subsidy_zh, subsidy_en))
    group.add_argument(
        "--standard-rate", metavar="6.0", help=say("贴息前的标准年利率 %", "rate without the subsidy, %")
    )


def _add_compare(made: Parser, say: Say) -> None:
    yuan = "YUAN"
    group = made.add_argument_group(say("比较", "comparing"))
    group.add_argument("--compare", action="store_true", help=say("并排比较各还款方式", "the methods side by side"))
    group.add_argument("--catalogue", metavar="FILE", help=say("产品目录 TOML，或 sample", "TOML, or sample"))
    group.add_argument("--ceiling", metavar=yuan, help=say("月供上限", "monthly ceiling"))
    group.add_argument("--cash", metavar=yuan, help=say("当日可用资金（首付能力）", "cash there is on the day"))
    prefer = " ".join(p.replace("_", "-") for p in Preference)
    group.add_argument("--prefer", metavar="total-cost", help=say(f"排序：{prefer}", f"order: {prefer}"))
    group.add_argument("--settle-at", metavar="12", help=say("flexibility 按第几月结清", "month for flexibility"))
    group.add_argument("--on", metavar="DATE", help=say("报价日（默认目录日期）", "day (default: the file's)"))
    vehicles = " ".join(VehicleKind)
    group.add_argument("--vehicle", metavar="own_ice", help=vehicles)
    group.add_argument("--age", metavar="0", help=say("二手车车龄（月）", "age of a used car, months"))
    group.add_argument("--model", default="", metavar="M", help=say("车型", "model"))
    group.add_argument(
        "--region", default="", metavar="henan", help=say("省份拼音，如 henan", "province, such as henan")
    )
    group.add_argument("--business", action="store_true", help=say("企业名下购车", "bought in a firm's name"))
    group.add_argument(
        "--long-need", action="store_true", help=say("有长期消费需求", "a long-term need is established")
    )
    group.add_argument("--list-price", metavar=yuan, help=say("厂商公布价", "the maker's list price"))
    group.add_argument("--appraisal", metavar=yuan, help=say("二手车评估价", "appraisal of a used car"))
    group.add_argument("--government-subsidy", metavar=yuan, help=say("政府购车补贴", "subsidy on the car"))
    group.add_argument("--cash-discount", metavar=yuan, help=say("全款优惠", "discount for paying in full"))
    trade_zh, trade_en = "置换 旧车价值:旧贷余额", "trade-in, value:old loan"
    group.add_argument("--trade-in", metavar="V:P", help=say(trade_zh, trade_en))


def _add_output(made: Parser, say: Say) -> None:
    group = made.add_argument_group(say("输出", "output"))
    group.add_argument("--full", action="store_true", help=say("列出全部行", "every row"))
    form = group.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=say("输出 JSON", "print JSON"))
    form.add_argument("--csv", action="store_true", help=say("输出 CSV", "print CSV"))


def quote_asked(asked: Namespace) -> Quote:
    """The one plan that the options describe."""
    price = price_of(asked)
    down = amount_of(asked.down, price, "--down")
    if down >= price:
        raise InvalidArgument("--down", "leaves nothing to finance", "首付已付清车价，没有贷款可测算", value=asked.down)
    if asked.term is None:
        raise InvalidArgument("--term", "is needed", "必须给出")
    terms = _terms(asked, price - down, count_of(asked.term, "--term"))
    return quote(
        terms,
        price=price,
        fees=tuple(fee_of(text) for text in asked.fee),
        settlement=settlement_asked(asked),
        settle_months=months_of(asked.settle_months, "--settle-months"),
        subsidy=_subsidy(asked),
    )


ONE_PLAN: Final = ("method", "instalment", "steps", "start", "first_due", "day_count", "subsidy", "standard_rate")
MANY_PLANS: Final = (
    *("ceiling", "cash", "settle_at", "on", "age", "model", "region", "business", "long_need", "list_price"),
    *("appraisal", "government_subsidy", "cash_discount", "trade_in", "prefer", "vehicle"),
)


def refuse_the_ignored(asked: Namespace, *, comparing: bool) -> None:
    """An option that would change nothing is refused, so that nobody trusts a figure it is not in."""
    for name in ONE_PLAN if comparing else MANY_PLANS:
        if getattr(asked, name):
            rule = ("is for one plan, not for comparing", "只用于单个方案，不用于比较")
            if not comparing:
                rule = ("goes with --compare or --catalogue", "须与 --compare 或 --catalogue 同用")
            raise InvalidArgument(f"--{name.replace('_', '-')}", *rule)


def price_of(asked: Namespace) -> int:
    """The price in fen."""
    price = fen(asked.price, argument="--price")
    if price < 1:
        raise InvalidArgument("--price", "must be above 0", "必须大于 0", value=asked.price)
    return price


def settlement_asked(asked: Namespace) -> SettlementFee:
    """What leaving early costs."""
    return NO_FEE if asked.settle_fee is None else settlement_of(asked.settle_fee, "--settle-fee")


def method_asked(asked: Namespace) -> Method:
    """The method as typed. A monthly rate counts on the original principal, so it is flat and nothing else."""
    if asked.monthly_rate is None:
        return method_named(asked.method or LEVEL, "--method")
    if asked.method not in (None, FLAT):
        rule = "counts on the original principal: it goes with --method flat alone"
        raise InvalidArgument("--monthly-rate", rule, "按原始本金计费，只能与 --method flat 同用", value=asked.method)
    return BY_CODE[FLAT]


def rate_asked(asked: Namespace) -> int:
    """The annual rate, 1e-8: as typed, or twelve times the monthly one."""
    if asked.monthly_rate is not None:
        if asked.rate is not None:
            raise InvalidArgument("--monthly-rate", "and --rate say the same thing", "与 --rate 只能给一个")
        return contract_rate(asked.monthly_rate, "--monthly-rate", a_year=12)
    if asked.rate is None:
        raise InvalidArgument("--rate", "is needed", "必须给出")
    return contract_rate(asked.rate, "--rate")


def contract_rate(text: str, option: str, *, a_year: int = 1) -> int:
    """A rate of a contract, `a_year` times a year, as its annual rate in 1e-8; above `RATE_MOST` it is none."""
    rate = a_year * rate_units(text, argument=option)
    if rate > RATE_MOST:
        raise InvalidArgument(option, "is beyond what a rate can be", "超出利率的合理范围", value=text)
    return rate


def customer_of(asked: Namespace) -> CustomerKind:
    """In whose name."""
    return CustomerKind.BUSINESS if asked.business else CustomerKind.PERSON


def dated(asked: Namespace) -> bool:
    """Whether the plan has real dates."""
    return asked.start is not None


def _terms(asked: Namespace, principal: int, periods: int) -> LoanTerms:
    method = method_asked(asked)
    day_count = _day_count(asked)
    start = UNDATED if asked.start is None else day_of(asked.start, "--start")
    return LoanTerms(
        principal=principal,
        annual_rate=rate_asked(asked),
        periods=periods,
        disbursed_on=start,
        first_due=None if asked.first_due is None else day_of(asked.first_due, "--first-due"),
        amortisation=method.amortisation,
        interest_method=method.interest_method,
        day_count=day_count,
        rounding=Rounding.HALF_UP,
        balloon=_balloon(asked, method, principal),
        instalment=None if asked.instalment is None else fen(asked.instalment, argument="--instalment"),
        steps=() if asked.steps is None else steps_of(asked.steps, "--steps"),
    )


def _balloon(asked: Namespace, method: Method, principal: int) -> int:
    balloon = 0 if asked.balloon is None else amount_of(asked.balloon, principal, "--balloon")
    if method.amortisation is Amortisation.BALLOON and not balloon and asked.instalment is None:
        rule = ("a balloon needs its tail, or --instalment to solve it", "气球贷须给出尾款，或用 --instalment 反求")
        raise InvalidArgument("--balloon", *rule)
    return balloon


def _day_count(asked: Namespace) -> DayCount:
    if asked.day_count is not None and asked.day_count not in list(DayCount):
        known = ", ".join(DayCount)
        raise InvalidArgument("--day-count", f"must be one of {known}", f"必须是 {known} 之一", value=asked.day_count)
    counted = DayCount(asked.day_count or DayCount.THIRTY_360)
    if asked.start is None and (asked.first_due is not None or counted is not DayCount.THIRTY_360):
        raise InvalidArgument("--start", "is needed to count days", "按实际日期计算须给出放款日")
    return counted


def _subsidy(asked: Namespace) -> Subsidised | None:
    payers = payers_of(asked.subsidy, "--subsidy")
    if bool(payers) != (asked.standard_rate is not None):
        raise InvalidArgument("--subsidy", "goes with --standard-rate", "须与 --standard-rate 一起给出")
    return Subsidised(contract_rate(asked.standard_rate, "--standard-rate"), payers) if payers else None
