"""A small shop to compare in: the lenders and products of the desk's own example, and random ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from chedai.engine.compare import (
    Catalogue,
    Conflict,
    CustomerKind,
    Lender,
    LenderKind,
    Product,
    Promotion,
    Repayment,
    Scope,
    TailOf,
    TermRate,
    TradeIn,
    Wish,
)
from chedai.engine.rates import Fee, ShareOf, When
from chedai.engine.settlement import FeeTier, SettlementFee
from chedai.engine.terms import Amortisation

TODAY = date(2026, 11, 20)
POINT = 1_000_000
"""One percentage point, or one percent as a share."""

JIANGHE = Lender("jianghe", "江河银行", "Jianghe Bank", LenderKind.BANK)
CHANGQIAO = Lender("changqiao", "长桥银行", "Changqiao Bank", LenderKind.BANK)
YUANDA = Lender("yuanda", "远达汽金", "Yuanda Auto Finance", LenderKind.AUTO_FINANCE)


def product(code: str = "loan", rate: int = 5_880_000, terms: tuple[int, ...] = (36,), **changes: Any) -> Product:
    """A loan of Jianghe Bank, changed as the test needs it."""
    given: dict[str, Any] = {
        "code": code,
        "name": "专项车贷",
        "name_en": "car loan",
        "lender": JIANGHE,
        "rates": tuple(TermRate(periods, rate) for periods in terms),
    }
    return Product(**(given | changes))


def catalogue(*products: Product, **changes: Any) -> Catalogue:
    """A catalogue of these products."""
    return Catalogue(**({"name": "test", "as_of": TODAY, "products": products} | changes))


def wish(price: int = 125_000_00, down: int = 25_000_00, **changes: Any) -> Wish:
    """100,000 yuan to finance on a car of 125,000."""
    return Wish(**({"price": price, "on": TODAY, "down_payments": (down,)} | changes))


def desk() -> Catalogue:
    """The plans of the quote screen: 36 months at 5.88 %, a card at 0.32 % a month, a zero rate with a 4 % fee."""
    tiers = SettlementFee(tiers=(FeeTier(12, 3 * POINT), FeeTier(24, 2 * POINT)))
    card = Fee("分期手续费", share=320_000, when=When.PERIODIC)
    return catalogue(
        product("level", settlement=tiers),
        product("principal", settlement=tiers, repayments=(Repayment(Amortisation.EQUAL_PRINCIPAL),)),
        product("card", rate=0, lender=CHANGQIAO, fees=(card,), settlement=SettlementFee(share=2 * POINT)),
        product("zero", rate=0, terms=(12, 24), lender=YUANDA, fees=(Fee("分期手续费", share=4 * POINT),)),
        product(
            "haiyue",
            fees=(Fee("金融服务费", share=3 * POINT),),
            settlement=SettlementFee(tiers=(FeeTier(12, POINT),)),
        ),
    )


shares = st.sampled_from([0, 0, 5, 15, 33, 60]).map(lambda n: n * POINT)
rates = st.integers(0, 30_000).map(lambda n: n * 1000)
large = st.sampled_from([None, None, 12_000, 30_000])

fees = st.builds(
    Fee,
    name=st.just("费"),
    amount=st.sampled_from([0, 0, 500, 1234, 6000]),
    when=st.sampled_from(list(When)),
    in_rate=st.booleans(),
) | st.builds(
    Fee,
    name=st.just("费"),
    share=st.sampled_from([10_000, 1_500_000, 7_000_000]),
    of=st.sampled_from(list(ShareOf)),
    when=st.sampled_from(list(When)),
    in_rate=st.booleans(),
)

repayments = st.sampled_from(
    [
        Repayment(),
        Repayment(Amortisation.EQUAL_PRINCIPAL),
        Repayment(Amortisation.INTEREST_FIRST),
        Repayment(Amortisation.BULLET),
        Repayment(Amortisation.BALLOON, tail_share=30 * POINT),
        Repayment(Amortisation.BALLOON, tail_share=40 * POINT, tail_of=TailOf.PRICE),
    ]
)

settlements = st.builds(
    SettlementFee,
    share=shares,
    tiers=st.sampled_from([(), (FeeTier(2, 3 * POINT),), (FeeTier(1, 5 * POINT), FeeTier(4, POINT))]),
    interest_months=st.integers(0, 2),
    locked_months=st.integers(0, 4),
)

scopes = st.builds(
    Scope,
    customers=st.sampled_from([(), (), (), (CustomerKind.PERSON,), (CustomerKind.BUSINESS,)]),
    starts=st.sampled_from([None, None, None, None, TODAY, date(2026, 12, 1)]),
    ends=st.sampled_from([None, None, None, None, TODAY, date(2026, 11, 1)]),
)

TERMS = (2, 3, 6)


@st.composite
def products(draw: st.DrawFn, code: str) -> Product:
    """A product with bounds that bite at these prices."""
    terms = draw(st.lists(st.sampled_from(TERMS), min_size=1, max_size=3, unique=True))
    return product(
        code,
        scope=draw(scopes),
        rates=tuple(TermRate(periods, draw(rates)) for periods in terms),
        repayments=tuple(draw(st.lists(repayments, min_size=1, max_size=2, unique=True))),
        fees=tuple(draw(st.lists(fees, max_size=2))),
        settlement=draw(settlements),
        fees_stop=draw(st.booleans()),
        min_down=draw(shares),
        max_down=draw(st.sampled_from([100 * POINT, 60 * POINT])),
        max_ltv=draw(st.sampled_from([100 * POINT, 100 * POINT, 70 * POINT])),
        min_amount=draw(st.sampled_from([1, 1, 8000])),
        max_amount=draw(large),
        amount_step=draw(st.sampled_from([1000, 700])),
        rate_cap=draw(st.sampled_from([None, None, 24 * POINT])),
    )


@st.composite
def promotions(draw: st.DrawFn, code: str, codes: list[str]) -> Promotion:
    """A promotion on some of the products."""
    terms = draw(st.lists(st.sampled_from(TERMS), max_size=2, unique=True))
    return Promotion(
        code=code,
        name=code,
        name_en=code,
        products=tuple(draw(st.lists(st.sampled_from(codes), min_size=1, max_size=2, unique=True))),
        scope=draw(scopes),
        priority=draw(st.integers(1, 2)),
        quota=draw(st.sampled_from([None, 2])),
        used=draw(st.integers(0, 2)),
        rates=tuple(TermRate(periods, draw(rates)) for periods in terms),
        min_down=draw(st.none() | shares),
        max_amount=draw(large),
        fees=draw(st.none() | st.just(())),
        price_discount=draw(st.sampled_from([0, 0, 2000])),
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """One to three products and up to two promotions."""
    codes = [f"p{k}" for k in range(draw(st.integers(1, 3)))]
    return catalogue(
        *(draw(products(code)) for code in codes),
        promotions=tuple(draw(promotions(f"a{k}", codes)) for k in range(draw(st.integers(0, 2)))),
        conflict=draw(st.sampled_from(list(Conflict))),
        cash_discount=draw(st.sampled_from([0, 1500])),
    )


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    """A car of 200 to 600 yuan: small enough to try every amount."""
    price = draw(st.integers(20, 60)) * 1000
    return wish(
        price,
        down_payments=tuple(draw(st.lists(st.integers(price // 5, price), min_size=1, max_size=2))),
        terms=tuple(draw(st.lists(st.sampled_from(TERMS), max_size=2, unique=True))),
        instalment_most=draw(st.none() | st.integers(2000, 20_000)),
        cash_most=draw(st.none() | st.integers(price // 5, price)),
        customer=draw(st.sampled_from(list(CustomerKind))),
        list_price=draw(st.sampled_from([None, None, 19_000, 50_000])),
        government_subsidy=draw(st.sampled_from([0, 1000])),
        trade_in=draw(st.none() | st.builds(TradeIn, st.integers(0, 9000), st.integers(0, 9000))),
        settle_months=(2, 4),
        settle_at=draw(st.sampled_from([None, 1, 2])),
    )
