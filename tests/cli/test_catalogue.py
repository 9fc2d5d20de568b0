"""The catalogue file: what it may say, what is refused by name, and the sample that ships."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chedai.catalog.products.limits import house_rules
from chedai.cli.catalogue import SAMPLE, read_catalogue
from chedai.engine.compare import (
    Bound,
    Conflict,
    CustomerKind,
    LenderKind,
    ProductKind,
    Repayment,
    ResidualBearer,
    Scope,
    TailOf,
    TermRate,
    VehicleKind,
    Wish,
    compare,
)
from chedai.engine.errors import InvalidArgument
from chedai.engine.money import Rounding
from chedai.engine.rates import Fee, Payee, Payer
from chedai.engine.settlement import FeeBase, FeeTier, SettlementFee
from chedai.engine.terms import Amortisation
from chedai.platform.policies import shipped_book

POINT = 1_000_000

WHOLE = """
name = "全"
as_of = 2026-11-20
conflict = "priority"
cash_discount = "1000.50"

[lenders.a]
name = "甲行"
name_en = "Bank A"
kind = "bank"

[[products]]
code = "p"
lender = "a"
kind = "finance_lease"
name = "车贷"
name_en = "loan"
version = "2026-10"
advertised = "低息"
advertised_en = "low"
vehicles = ["own_ice", "used"]
models = ["E5"]
regions = ["henan"]
customers = ["person"]
starts = 2026-01-01
ends = 2026-12-31
rates = { 12 = 4.88, 36 = "5.88" }
repayments = ["level", "equal-principal", { method = "balloon", tail = 20, tail_of = "price", grace_principal = 1 }]
fees = ["服务费:3%:upfront:dealer", "险:4500:upfront:insurer:out"]
fees_stop = false
min_down = 15
max_down = "80.5"
max_ltv = 70
min_amount = 20000
max_amount = 500000
amount_step = 100
max_age_plus_term = 96
rate_cap = 24
residual_bearer = "lessor"
rounding = "half_even"
settlement = { base = "prepaid", locked = 6, tiers = { 24 = 1, 12 = 3 }, share = 0.5, interest_months = 1 }

[[promotions]]
code = "q"
name = "活动"
name_en = "promo"
products = ["p"]
starts = 2026-11-01
ends = 2026-11-30
customers = ["business"]
priority = 3
quota = 10
used = 4
rates = { 12 = 0 }
standard_rates = { 12 = 6 }
subsidies = { "厂家" = 70, "经销商" = 30 }
min_down = 0
max_amount = 100000
fees = []
price_discount = 500
advertised = "0 利率"
advertised_en = "zero"
"""


def _file(folder: Path, text: str) -> Path:
    file = folder / "shelf.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_word_of_a_product_is_read(tmp_path: Path) -> None:
    shelf = read_catalogue(_file(tmp_path, WHOLE))
    assert (shelf.name, shelf.as_of, shelf.conflict) == ("全", date(2026, 11, 20), Conflict.PRIORITY)
    assert shelf.cash_discount == 1000_50
    (product,) = shelf.products
    assert (product.lender.name, product.lender.kind, product.kind) == (
        "甲行",
        LenderKind.BANK,
        ProductKind.FINANCE_LEASE,
    )
    assert (product.version, product.advertised, product.advertised_en) == ("2026-10", "低息", "low")
    assert product.scope == Scope(
        vehicles=(VehicleKind.OWN_ICE, VehicleKind.USED),
        models=("E5",),
        regions=("henan",),
        customers=(CustomerKind.PERSON,),
        starts=date(2026, 1, 1),
        ends=date(2026, 12, 31),
    )
    assert product.rates == (TermRate(12, 4_880_000), TermRate(36, 5_880_000))
    assert product.repayments == (
        Repayment(),
        Repayment(Amortisation.EQUAL_PRINCIPAL),
        Repayment(Amortisation.BALLOON, tail_share=20 * POINT, tail_of=TailOf.PRICE, grace_principal=1),
    )
    assert product.fees == (
        Fee("服务费", share=3 * POINT, payee=Payee.DEALER),
        Fee("险", amount=4500_00, payee=Payee.INSURER, in_rate=False),
    )
    assert (product.min_down, product.max_down, product.max_ltv) == (15 * POINT, 80_500_000, 70 * POINT)
    assert (product.min_amount, product.max_amount, product.amount_step) == (20_000_00, 500_000_00, 100_00)
    assert (product.max_age_plus_term, product.rate_cap, product.fees_stop) == (96, 24 * POINT, False)
    assert (product.residual_bearer, product.rounding) == (ResidualBearer.LESSOR, Rounding.HALF_EVEN)
    assert product.settlement == SettlementFee(
        base=FeeBase.PREPAID,
        share=500_000,
        tiers=(FeeTier(12, 3 * POINT), FeeTier(24, POINT)),
        interest_months=1,
        locked_months=6,
    )


def test_every_word_of_a_promotion_is_read(tmp_path: Path) -> None:
    (promotion,) = read_catalogue(_file(tmp_path, WHOLE)).promotions
    assert (promotion.code, promotion.name, promotion.name_en, promotion.products) == ("q", "活动", "promo", ("p",))
    assert promotion.scope == Scope(
        customers=(CustomerKind.BUSINESS,), starts=date(2026, 11, 1), ends=date(2026, 11, 30)
    )
    assert (promotion.priority, promotion.quota, promotion.used) == (3, 10, 4)
    assert (promotion.rates, promotion.standard_rates) == ((TermRate(12, 0),), (TermRate(12, 6 * POINT),))
    assert promotion.subsidies == (Payer("厂家", 70 * POINT), Payer("经销商", 30 * POINT))
    assert (promotion.min_down, promotion.max_amount, promotion.fees) == (0, 100_000_00, ())
    assert (promotion.price_discount, promotion.advertised, promotion.advertised_en) == (500_00, "0 利率", "zero")


def test_what_is_left_out_does_not_bind(tmp_path: Path) -> None:
    text = 'name = "x"\nas_of = 2026-11-20\n[lenders.a]\nname = "甲"\nname_en = "A"\nkind = "bank"\n'
    text += '[[products]]\ncode = "p"\nlender = "a"\nname = "贷"\nname_en = "loan"\nrates = { 12 = 5 }\n'
    text += '[[promotions]]\ncode = "q"\nname = "活"\nname_en = "q"\nproducts = ["p"]\n'
    shelf = read_catalogue(_file(tmp_path, text))
    product, promotion = shelf.products[0], shelf.promotions[0]
    assert (product.min_down, product.max_down, product.max_amount, product.min_amount) == (0, 100 * POINT, None, 1)
    assert (product.scope, product.settlement, product.rate_cap) == (Scope(), SettlementFee(), None)
    assert (promotion.fees, promotion.min_down, promotion.max_amount, promotion.rates) == (None, None, None, ())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("min_down = 15", "min_dwon = 15", "Object contains unknown field `min_dwon`"),
        ('name = "全"', "", "Object missing required field `name`"),
        ('kind = "bank"', 'kind = "shop"', "Invalid enum value 'shop'"),
        ("min_down = 15", "min_down = [", "shelf.toml: is no catalogue"),
        ('lender = "a"', 'lender = "b"', "lender: is not among the lenders (got b)"),
        ("min_down = 15", 'min_down = "lots"', "min_down: must be a percentage (got lots)"),
        ("min_amount = 20000", "min_amount = 0.001", "min_amount: must not have parts of a fen (got 0.001)"),
        ("rates = { 12 = 4.88,", "rates = { x = 4.88,", "rates: its keys are months (got x)"),
        ("tiers = { 24 = 1,", "tiers = { 0 = 1,", "settlement.tiers: its keys are months (got 0)"),
        ('"level"', '"magic"', "repayments: must be one of level, equal-principal"),
        ('"level"', '"stepped"', "repayments: stepped plans are quoted one by one (got stepped)"),
        ('"level"', '"balloon"', "repayments: a tail belongs to a balloon, and it needs one (got balloon)"),
        ('"level"', '{ method = "level", tail = 5 }', "repayments: a tail belongs to a balloon"),
        ("服务费:3%:upfront:dealer", "服务费", "fee: must read name:amount"),
        ('products = ["p"]', 'products = ["z"]', "promotions: names a product not listed (got z)"),
    ],
)
def test_a_mistake_in_the_file_is_refused_by_name(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in WHOLE
    with pytest.raises(InvalidArgument) as refused:
        read_catalogue(_file(tmp_path, WHOLE.replace(old, new, 1)))
    assert told in refused.value.text("en")
    assert refused.value.text("zh") != refused.value.text("en")


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match=r"nowhere\.toml: cannot be read"):
        read_catalogue(tmp_path / "nowhere.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes("name = 'é'".encode("latin-1"))
    with pytest.raises(InvalidArgument, match="is no catalogue"):
        read_catalogue(latin)


@pytest.mark.parametrize("vehicle", list(VehicleKind))
def test_the_sample_keeps_the_policies_in_force_on_its_day(vehicle: VehicleKind) -> None:
    """Nothing in it lends more, longer or dearer than the rules allow; the seven-year loan needs its need."""
    shelf = replace(read_catalogue(SAMPLE), promotions=())
    assert "虚构" in shelf.name
    assert len(shelf.products) >= 6 and len({p.lender.code for p in shelf.products}) >= 6
    wish = Wish(price=200_000_00, on=shelf.as_of, down_payments=(80_000_00,), vehicle=vehicle, region="hubei")
    kinds = frozenset(product.lender.kind for product in shelf.products)
    for long_need in (True, False):
        rules = house_rules(shipped_book(), wish, kinds, long_need=long_need).rules
        found = compare(wish, shelf, rules)
        above = {Bound.RATE_CAP, Bound.LTV, Bound.TERM_MOST}
        broken = {(w.product.code, f.bound) for w in found.why_not for f in w.failures if f.bound in above}
        allowed = set()
        if vehicle is VehicleKind.OWN_NEV and not long_need:
            allowed = {("jianghe-long", Bound.TERM_MOST)}
        if vehicle is VehicleKind.USED:
            allowed = {("haiyue-auto", Bound.TERM_MOST)}
        assert broken == allowed
