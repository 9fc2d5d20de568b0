"""The eligibility pre-check (准入初筛): a few facts ticked at the desk, go or no-go, each no-go with rule and version.

It answers before anything is typed into an application, so it asks little; what was not said is not judged. Age counts
at maturity too, not only today. Pure: the policy book and the day are arguments.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from chedai.engine.calendar import on_day
from chedai.engine.terms import MonthEnd
from chedai.platform.policies import PolicyBook, PolicyRow


class Ticked(Struct, frozen=True, kw_only=True):
    """What was said. `income` and `debts` in fen a month, `instalment` of the plan; None was not asked."""

    born: date
    months: int  # term of the loan
    job_months: int | None = None
    worst_run: int | None = None
    overdue_months: int | None = None
    queries_3_months: int | None = None
    income: int | None = None
    debts: int = 0
    instalment: int | None = None
    car_years: int | None = None  # of a used car


class Check(Struct, frozen=True):
    """One rule: what was found, what it allows, whether it holds, and the row with its version."""

    code: str
    zh: str
    en: str
    passed: bool
    rule: str


class Answer(Struct, frozen=True):
    """The pre-check as a whole."""

    checks: tuple[Check, ...]

    @property
    def go(self) -> bool:
        """Whether nothing speaks against it."""
        return all(check.passed for check in self.checks)


def precheck(ticked: Ticked, book: PolicyBook, on: date) -> Answer:
    """Every rule that the facts can answer."""
    checks = [*_age(ticked, book, on), *_record(ticked, book, on), *_burden(ticked, book, on)]
    if ticked.job_months is not None:
        least = book.in_force("eligibility.tenure_min", on)
        checks.append(_at_least("tenure", ("现单位工作月数", "months with the employer"), ticked.job_months, least))
    if ticked.car_years is not None:
        most = book.in_force("eligibility.used_age_plus_term_max", on, vehicle_kind="used")
        end = ticked.car_years + -(-ticked.months // 12)
        checks.append(_at_most("car-age", ("到期车龄", "age of the car at the end"), end, most))
    return Answer(tuple(checks))


def age_on(born: date, on: date) -> int:
    """Full years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _age(ticked: Ticked, book: PolicyBook, on: date) -> list[Check]:
    end = on_day(on.year * 12 + on.month - 1 + ticked.months, on.day, MonthEnd.CLAMP)
    least = book.in_force("eligibility.age_min", on)
    most = book.in_force("eligibility.age_plus_term_max", on)
    return [
        _at_least("age", ("年龄", "age"), age_on(ticked.born, on), least),
        _at_most("age-at-maturity", ("到期年龄", "age at maturity"), age_on(ticked.born, end), most),
    ]


def _record(ticked: Ticked, book: PolicyBook, on: date) -> list[Check]:
    """连三累六: a run or a sum that reaches the number is refused, so the most allowed is one less."""
    asked = (
        ("run", ("连续逾期期数", "months overdue in a row"), ticked.worst_run, "eligibility.bad_record.in_a_row"),
        ("sum", ("累计逾期期数", "months overdue in all"), ticked.overdue_months, "eligibility.bad_record.in_total"),
    )
    found = []
    for code, words, value, key in asked:
        if value is not None:
            row = book.in_force(key, on)
            found.append(_check(code, words, value, row.number - 1, value < row.number, row))
    if ticked.queries_3_months is not None:
        most = book.in_force("eligibility.hard_queries_3m", on)
        words = ("近 3 个月查询次数", "queries in 3 months")
        found.append(_at_most("queries", words, ticked.queries_3_months, most))
    return found


def _burden(ticked: Ticked, book: PolicyBook, on: date) -> list[Check]:
    if ticked.income is None or ticked.instalment is None:
        return []
    whole = ticked.instalment + ticked.debts
    asked = (
        ("dti", ("债务月供占收入", "all instalments of income"), whole, "eligibility.debt_to_income_max"),
        ("pti", ("车贷月供占收入", "the car's of income"), ticked.instalment, "eligibility.instalment_to_income_max"),
    )
    found = []
    for code, (zh, en), amount, key in asked:
        row = book.in_force(key, on)
        passed = amount * 100_000_000 <= row.rate * ticked.income
        share = f"{amount * 100 / ticked.income:.1f}%" if ticked.income else "—"
        most = f"{row.rate / 1_000_000:g}%"
        zh, en = f"{zh} {share}，上限 {most}", f"{en}: {share}, at most {most}"
        found.append(Check(code, zh, en, passed and ticked.income > 0, row.version))
    return found


def _at_least(code: str, words: tuple[str, str], value: int, row: PolicyRow) -> Check:
    zh, en = f"{words[0]} {value}，下限 {row.number}", f"{words[1]}: {value}, at least {row.number}"
    return Check(code, zh, en, value >= row.number, row.version)


def _at_most(code: str, words: tuple[str, str], value: int, row: PolicyRow) -> Check:
    return _check(code, words, value, row.number, value <= row.number, row)


def _check(code: str, words: tuple[str, str], value: int, most: int, passed: bool, row: PolicyRow) -> Check:
    zh, en = f"{words[0]} {value}，上限 {most}", f"{words[1]}: {value}, at most {most}"
    return Check(code, zh, en, passed, row.version)
