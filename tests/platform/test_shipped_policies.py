"""The book that ships: known figures on known days, every fact found, no error on file."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from chedai.engine.errors import InvalidArgument
from chedai.platform.policies import (
    Band,
    Bracket,
    Confidence,
    Fault,
    Hours,
    Label,
    Limit,
    NoPolicyInForce,
    PercentRange,
    PolicyBook,
    ScopeNotStated,
    Tenor,
    Text,
    binding_rate_cap,
    business_calendar,
    lpr,
    max_term,
    shipped_book,
)

FACTS = Path(__file__).with_name("facts.txt").read_text(encoding="utf-8").split()
"""The ids of the facts the files were written from; a row names the one it states."""
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module", name="book")
def _book() -> PolicyBook:
    return shipped_book()


def test_every_fact_is_in_the_files_and_no_other(book: PolicyBook) -> None:
    held = {row.fact for row in book.rows()}
    assert len(FACTS) == len(set(FACTS)) == 201
    assert held - {""} == set(FACTS)


def test_only_the_calendar_and_what_the_house_sets_itself_are_no_fact_of_the_list(book: PolicyBook) -> None:
    own = {row.key.partition(".")[0] for row in book.rows() if not row.fact}
    assert own == {"calendar_cn", "collection_conduct", "collection_strategy", "early_warning", "paper"}


def test_every_row_has_a_source_and_a_confidence(book: PolicyBook) -> None:
    rows = book.rows()
    assert [row.id for row in rows if not row.source or row.source.startswith("同上")] == []
    assert {row.confidence for row in rows} == set(Confidence)


def test_the_book_has_no_errors_and_only_the_lpr_is_stale(book: PolicyBook) -> None:
    findings = book.check(TODAY)
    assert [(f.fault, f.key, f.rows) for f in findings] == [
        (Fault.STALE, "lpr.1y", ("lpr.1y/2025-05-20",)),
        (Fault.STALE, "lpr.5y", ("lpr.5y/2025-05-20",)),
    ]
    assert book.check(date(2026, 2, 24)) == []  # 35 days after it was last looked up
    assert len(book.check(date(2026, 2, 25))) == 2


@pytest.mark.parametrize(
    ("on", "one_year", "five_years"),
    [
        (date(2019, 8, 20), "4.25", "4.85"),
        (date(2022, 5, 19), "3.70", "4.60"),
        (date(2022, 5, 20), "3.70", "4.45"),
        (date(2024, 7, 21), "3.45", "3.95"),
        (date(2024, 10, 20), "3.35", "3.85"),
        (date(2024, 10, 21), "3.10", "3.60"),
        (date(2025, 5, 19), "3.10", "3.60"),
        (date(2025, 5, 20), "3.00", "3.50"),
    ],
)
def test_the_lpr_of_a_day(book: PolicyBook, on: date, one_year: str, five_years: str) -> None:
    fixings = [lpr(book, tenor, on) for tenor in Tenor]
    assert [f"{f.rate / 1_000_000:.2f}" for f in fixings] == [one_year, five_years]
    assert [f.warnings for f in fixings] == [(), ()]


def test_the_lpr_has_no_day_without_a_level_since_it_exists(book: PolicyBook) -> None:
    days = [date(2019, 8, 20) + timedelta(n) for n in range((TODAY - date(2019, 8, 20)).days + 1)]
    levels = {lpr(book, Tenor.ONE_YEAR, day).rate for day in days}
    assert (max(levels), min(levels), len(levels)) == (4_250_000, 3_000_000, 13)
    with pytest.raises(NoPolicyInForce):
        lpr(book, Tenor.ONE_YEAR, date(2019, 8, 19))


def test_a_stale_lpr_says_so_in_the_answer(book: PolicyBook) -> None:
    fixing = lpr(book, Tenor.ONE_YEAR, TODAY)
    assert [w.fault for w in fixing.warnings] == [Fault.STALE]
    assert "305 days before 2026-11-21" in fixing.warnings[0].text("en")


@pytest.mark.parametrize(
    ("vehicle", "on", "ratio"),
    [
        ("own_ice", date(2004, 10, 1), 80),
        ("own_nev", date(2017, 12, 31), 80),
        ("own_nev", date(2018, 1, 1), 85),
        ("own_nev", date(2024, 4, 2), 85),
        ("own_ice", date(2024, 4, 2), 80),
        ("commercial_ice", TODAY, 70),
        ("commercial_nev", date(2017, 12, 31), 70),
        ("commercial_nev", TODAY, 75),
        ("used", date(2017, 12, 31), 50),
        ("used", TODAY, 70),
    ],
)
def test_the_highest_loan_ratio(book: PolicyBook, vehicle: str, on: date, ratio: int) -> None:
    for lender in ("bank", "auto_finance"):
        row = book.in_force("loan_ratio.max", on, lender_type=lender, vehicle_kind=vehicle)
        assert row.rate == ratio * 1_000_000


@pytest.mark.parametrize("vehicle", ["own_ice", "own_nev"])
def test_own_use_cars_have_no_ratio_since_april_2024_and_the_file_says_so(book: PolicyBook, vehicle: str) -> None:
    row = book.in_force("loan_ratio.max", date(2024, 4, 3), lender_type="bank", vehicle_kind=vehicle)
    assert (row.limit, row.value) == (Limit.LENDER_DECIDES, None)


def test_a_lender_the_rules_do_not_address_gets_no_guess(book: PolicyBook) -> None:
    with pytest.raises(NoPolicyInForce):
        book.in_force("loan_ratio.max", TODAY, lender_type="leasing", vehicle_kind="used")
    with pytest.raises(ScopeNotStated, match="vehicle_kind"):
        book.in_force("loan_ratio.max", TODAY, lender_type="bank")


def test_the_price_of_a_used_car_is_capped_by_the_valuation(book: PolicyBook) -> None:
    row = book.in_force("loan_ratio.price_base", TODAY, lender_type="bank", vehicle_kind="used")
    assert "贷款人评估价" in row.typed(Text).zh


@pytest.mark.parametrize(
    ("lender", "vehicle", "on", "need", "months"),
    [
        ("bank", "own_nev", date(2025, 3, 13), True, 60),
        ("bank", "own_nev", date(2025, 3, 14), True, 84),
        ("bank", "own_nev", TODAY, False, 60),
        ("bank", "commercial_ice", TODAY, True, 60),
        ("bank", "used", TODAY, True, 36),
        ("auto_finance", "own_nev", TODAY, True, 60),
        ("auto_finance", "used", TODAY, False, 36),
    ],
)
def test_the_longest_term(book: PolicyBook, lender: str, vehicle: str, on: date, need: bool, months: int) -> None:
    row = max_term(book, on, lender_type=lender, vehicle_kind=vehicle, long_term_need=need)
    assert (row.number, row.unit) == (months, "months")


@pytest.mark.parametrize(
    ("lender", "region", "channel", "on", "cap", "binding"),
    [
        ("unlicensed", "beijing", "direct", date(2020, 8, 19), "24", ("private_lending/2015",)),
        (
            "unlicensed",
            "beijing",
            "direct",
            date(2020, 8, 20),
            "15.4",
            ("private_lending/2020", "private_lending_total/2020"),
        ),
        (
            "unlicensed",
            "beijing",
            "direct",
            date(2024, 10, 20),
            "13.4",
            ("private_lending/2020", "private_lending_total/2020"),
        ),
        (
            "unlicensed",
            "beijing",
            "direct",
            date(2024, 10, 21),
            "12.4",
            ("private_lending/2020", "private_lending_total/2020"),
        ),
        ("bank", "beijing", "dealer", TODAY, "24", ("financial_court/2017",)),
        ("bank", "beijing", "internet_assisted", TODAY, "24", ("financial_court/2017", "internet_assisted/2025")),
        ("bank", "henan", "dealer", date(2025, 6, 15), "24", ("financial_court/2017",)),
        ("bank", "henan", "dealer", date(2025, 6, 16), "6", ("regional_self_discipline/henan-2025",)),
        ("auto_finance", "henan", "dealer", date(2025, 6, 16), "24", ("financial_court/2017",)),
        ("consumer_finance", "beijing", "direct", TODAY, "24", ("financial_court/2017",)),
        ("micro_loan", "beijing", "direct", date(2027, 12, 30), "24", ("micro_loan/2025",)),
        ("micro_loan", "beijing", "direct", date(2027, 12, 31), "12", ("micro_loan_target/2027",)),
    ],
)
def test_the_cap_that_binds(
    book: PolicyBook, lender: str, region: str, channel: str, on: date, cap: str, binding: tuple[str, ...]
) -> None:
    found = binding_rate_cap(book, on, lender_type=lender, region=region, channel=channel)
    assert found.rate == round(float(cap) * 1_000_000)
    assert found.binding == tuple(f"rate_caps.loan.{name}" for name in binding)
    assert [line.rate for line in found.lines] == sorted(line.rate for line in found.lines)


def test_a_cap_names_every_row_it_used_and_carries_the_warning_of_the_lpr(book: PolicyBook) -> None:
    found = binding_rate_cap(book, TODAY, lender_type="bank", region="henan", channel="dealer")
    assert [row.id for row in found.rows] == [
        "rate_caps.loan.regional_self_discipline/henan-2025",
        "rate_caps.loan.financial_court/2017",
        "lpr.1y/2025-05-20",
    ]
    assert [w.key for w in found.warnings] == ["lpr.1y"]
    elsewhere = binding_rate_cap(book, TODAY, lender_type="bank", region="hubei", channel="dealer")
    assert ([row.id for row in elsewhere.rows], elsewhere.warnings) == (["rate_caps.loan.financial_court/2017"], ())


def test_no_cap_on_file_is_not_no_cap(book: PolicyBook) -> None:
    with pytest.raises(NoPolicyInForce, match="no cap on file") as refused:
        binding_rate_cap(book, TODAY, lender_type="leasing", region="beijing", channel="direct")
    assert "没有收录任何利率上限" in refused.value.text()


def test_average_and_total_fee_are_no_caps_on_the_rate_of_a_loan(book: PolicyBook) -> None:
    average = book.in_force("rate_caps.average.consumer_finance", TODAY, lender_type="consumer_finance")
    fee = {"lender_type": "bank", "region": "henan", "channel": "card_instalment"}
    total = book.in_force("rate_caps.total_fee.card_instalment_60", TODAY, **fee)
    assert (average.rate, total.rate) == (20_000_000, 16_000_000)


@pytest.mark.parametrize(
    ("lender", "on", "row"),
    [
        ("bank", date(2026, 1, 29), "gbt-2025"),
        ("bank", date(2026, 1, 30), "cba-2026"),
        ("auto_finance", TODAY, "gbt-2025"),
    ],
)
def test_quiet_hours_come_from_the_guideline_where_it_holds(book: PolicyBook, lender: str, on: date, row: str) -> None:
    found = book.in_force("collection_conduct.quiet_hours", on, lender_type=lender)
    assert found.id == f"collection_conduct.quiet_hours/{row}"
    assert [found.typed(Hours).hold(time(h, m)) for h, m in ((21, 59), (22, 0), (7, 59), (8, 0))] == [
        False,
        True,
        True,
        False,
    ]


def test_identity_papers_are_kept_ten_years_since_2025(book: PolicyBook) -> None:
    key = "retention.identity_and_transactions"
    days = (date(2024, 12, 31), date(2025, 1, 1))
    assert [book.in_force(key, day, lender_type="bank").number for day in days] == [5, 10]


def test_classes_by_days_past_due(book: PolicyBook) -> None:
    over = [
        book.in_force(f"classification.{name}_over", TODAY, lender_type="auto_finance").number
        for name in ("special_mention", "substandard", "doubtful", "loss")
    ]
    assert over == [0, 90, 270, 360]


def test_buckets_and_orders(book: PolicyBook) -> None:
    buckets = book.in_force("aging.buckets", TODAY).listed(Band)
    assert (buckets[0], buckets[-1]) == (Band("M1", 1, 30), Band("M7+", 181, None))
    assert book.in_force("allocation.statutory", TODAY).listed(str) == ("fee", "interest", "principal")
    late = book.in_force("allocation.convention.beyond_90_days", TODAY).listed(str)
    assert late == ("fee", "principal", "interest", "penalty")


def test_penalty_ranges_and_the_rate_after_judgment(book: PolicyBook) -> None:
    overdue = book.in_force("penalty.overdue_markup", TODAY, lender_type="bank").typed(PercentRange)
    misuse = book.in_force("penalty.misuse_markup", TODAY, lender_type="bank").typed(PercentRange)
    assert (overdue, misuse) == (PercentRange(30_000_000, 50_000_000), PercentRange(50_000_000, 100_000_000))
    assert book.in_force("penalty.judgment_extra", TODAY).rate == 17_500


@pytest.mark.parametrize(
    ("on", "relief", "cap"), [(date(2025, 12, 31), 100, 3_000_000), (date(2026, 1, 1), 50, 1_500_000)]
)
def test_purchase_tax_of_new_energy_cars(book: PolicyBook, on: date, relief: int, cap: int) -> None:
    scope = {"vehicle_kind": "own_nev"}
    assert book.in_force("tax.vehicle_purchase.nev_relief", on, **scope).rate == relief * 1_000_000
    assert book.in_force("tax.vehicle_purchase.nev_relief_cap", on, **scope).money == cap
    with pytest.raises(NoPolicyInForce):
        book.in_force("tax.vehicle_purchase.nev_relief", date(2028, 1, 1), **scope)


def test_withholding_on_labour_income_by_the_brackets(book: PolicyBook) -> None:
    """The figures of everyday payslips: 800, 3000, 4000, 5000, 25000, 30000, 62500, 70000 yuan."""
    brackets = book.in_force("tax.labour.brackets", TODAY).listed(Bracket)
    small_up_to = book.in_force("tax.labour.small_income_up_to", TODAY).money
    fixed = book.in_force("tax.labour.small_deduction", TODAY).money
    share = book.in_force("tax.labour.deduction", TODAY).rate

    def withheld(income: int) -> int:
        base = max(income - fixed, 0) if income <= small_up_to else income - income * share // 10**8
        step = next(b for b in brackets if b.up_to is None or base <= b.up_to)
        return base * step.rate // 10**8 - step.deduct

    incomes = (800, 3_000, 4_000, 5_000, 25_000, 30_000, 62_500, 70_000)
    assert [withheld(i * 100) for i in incomes] == [0, 44_000, 64_000, 80_000, 400_000, 520_000, 1_300_000, 1_540_000]


def test_subsidy_of_auto_finance_companies_begins_with_the_second_notice(book: PolicyBook) -> None:
    rate = "subsidies.government.rate"
    assert book.in_force(rate, date(2025, 9, 1), lender_type="bank").rate == 1_000_000
    assert book.find(rate, date(2026, 1, 18), lender_type="auto_finance") is None
    assert book.in_force(rate, date(2026, 1, 19), lender_type="auto_finance").rate == 1_000_000
    assert book.find(rate, date(2027, 1, 1), lender_type="bank") is None


def test_duties_bind_from_their_day(book: PolicyBook) -> None:
    statement = "disclosure.cost_statement.required"
    assert book.find(statement, date(2026, 7, 31)) is None
    assert book.in_force(statement, date(2026, 8, 1)).flag
    assert book.in_force("lending_conduct.borrower_is_buyer", TODAY, lender_type="auto_finance").flag
    shown = book.in_force("disclosure.annual_rate.display", TODAY).listed(Label)
    assert [label.code for label in shown] == ["irr_x_12", "effective"]


def test_what_was_searched_for_and_not_found_is_told_apart(book: PolicyBook) -> None:
    assert book.in_force("contract.cooling_off", TODAY).limit is Limit.NONE_FOUND


def test_working_days_follow_the_state_council(book: PolicyBook) -> None:
    published = business_calendar(book, 2024, 2026)
    worked = published.calendar.is_business_day
    assert [row.id for row in published.rows] == [f"calendar_cn.year/{year}" for year in (2024, 2025, 2026)]
    assert worked(date(2026, 2, 14)) and worked(date(2026, 2, 28)) and worked(date(2024, 2, 4))
    assert not worked(date(2026, 2, 16)) and not worked(date(2025, 10, 8)) and not worked(date(2026, 1, 2))
    assert not worked(date(2026, 11, 21)) and worked(date(2026, 11, 20))
    days = [date(year, 1, 1) + timedelta(n) for year in (2024, 2025, 2026) for n in range(366 if year == 2024 else 365)]
    assert [sum(worked(day) for day in days if day.year == year) for year in (2024, 2025, 2026)] == [251, 248, 248]
    with pytest.raises(InvalidArgument):
        worked(date(2027, 1, 4))


def test_a_year_that_was_not_arranged_yet_is_refused(book: PolicyBook) -> None:
    with pytest.raises(NoPolicyInForce, match="2027-01-01"):
        business_calendar(book, 2026, 2027)
