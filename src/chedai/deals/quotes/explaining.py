"""怎么算的: the claim, its flaw in one sentence, the cash flows in figures, both rates, and where the cents went.

Everything is computed again from the frozen terms and fees; what comes out is what was frozen, or a test fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import msgspec

from chedai.deals.quotes.freezing import fees_of, quoted
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.spoken import Words, amount, rate
from chedai.engine.compare.quote import Quote
from chedai.engine.compare.words import share
from chedai.engine.errors import Language
from chedai.engine.money import divide, percent
from chedai.engine.rates import When
from chedai.engine.rates.annual import percent_text
from chedai.engine.terms import Amortisation, InterestMethod, LoanTerms


class PlanRow(msgspec.Struct, frozen=True):
    """One instalment as a customer pays it. Amounts in fen; `fees` are those taken with it."""

    n: int
    due: str
    principal: int
    interest: int
    fees: int
    total: int
    balance: int


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """One plan, worked out line by line. `lines` are pairs of what and how much; rates as text with their labels."""

    claim: str
    flaw: str
    lines: tuple[tuple[str, str], ...]
    nominal: str
    effective: str
    rows: tuple[PlanRow, ...]
    cents: str

    @property
    def ends(self) -> tuple[PlanRow, ...]:
        """The first two rows and the last."""
        return self.rows if len(self.rows) < 4 else (*self.rows[:2], self.rows[-1])


def explain(plan: FrozenPlan, language: Language) -> Explained:
    """How a plan's figures come about. Cash has nothing to explain: `ValueError`."""
    if plan.terms is None:
        raise ValueError("cash has no schedule")
    say = Words(language)
    made = quoted(plan.terms, fees_of(plan), plan)
    rows = _rows(made)
    return Explained(
        claim=say.advertised(plan),
        flaw=_flaw(plan, plan.terms, say),
        lines=(
            *_lines(plan, plan.terms, made, say),
            (say("现金流", "cash flows"), _flows(made.cost.flows)),
            (say("月 IRR", "monthly IRR"), percent_text(made.cost.all_in.period, 4)),
        ),
        nominal=rate(plan.nominal_rate),
        effective=rate(plan.effective_rate),
        rows=rows,
        cents=_cents(rows, say),
    )


def costs_by_month(plan: FrozenPlan, months: Sequence[int]) -> tuple[int | None, ...]:
    """What the plan has cost beyond cash when settled after each of `months`, in fen; None in a lock-up or past its
    end. Cash costs nothing."""
    if plan.terms is None:
        return tuple(0 for _ in months)
    within = [month for month in months if month <= plan.periods]
    settled = quoted(plan.terms, fees_of(plan), plan, within).settlements if within else ()
    discount = plan.list_price - plan.price
    costs = {line.month: None if line.cost is None else line.cost - discount for line in settled}
    return tuple(costs.get(month) for month in months)


def _rows(made: Quote) -> tuple[PlanRow, ...]:
    rows = []
    for row in made.schedule.rows:
        fees = made.periodic_fee + (made.first_fee if row.n == 1 else 0) if row.n else 0
        total = row.total + fees
        rows.append(PlanRow(row.n, row.due.isoformat(), row.principal, row.interest, fees, total, row.balance))
    return tuple(rows)


def _flaw(plan: FrozenPlan, terms: LoanTerms, say: Words) -> str:
    """What the advertised figure leaves out, in one sentence."""
    principal = amount(plan.principal)
    for fee in plan.fees:
        if fee.in_rate and fee.when is When.PERIODIC and fee.share:
            month, year = share(fee.share), share(fee.share * 12)
            return say(
                f"{month} 乘 12 得 {year}，但手续费一直按最初的 {principal} 收，本金却每月在还。",
                f"{month} times 12 is {year}, but the fee stays on the first {principal} while the principal is "
                "repaid month by month.",
            )
    upfront = sum(fee.total for fee in plan.fees if fee.in_rate and fee.when is not When.PERIODIC)
    if upfront:
        received = amount(plan.principal - upfront)
        return say(
            f"没有算进一次收取的 {amount(upfront)}：等于到手 {received}，却按 {principal} 还款。",
            f"leaves out {amount(upfront)} taken once: {received} is received and {principal} repaid.",
        )
    if terms.interest_method is InterestMethod.FLAT:
        return say(
            f"利息一直按最初的 {principal} 计算，本金却每月在还。",
            f"interest stays on the first {principal} while the principal is repaid month by month.",
        )
    return say("没有其他费用，宣传利率就是真实年化。", "there are no other fees: the advertised rate is the true one.")


def _lines(plan: FrozenPlan, terms: LoanTerms, made: Quote, say: Words) -> list[tuple[str, str]]:
    principal, n = amount(plan.principal), terms.periods
    first = next(row for row in made.schedule.rows if row.n)
    lines = []
    if terms.annual_rate:
        monthly = f"{percent(terms.annual_rate):f}% ÷ 12 = {percent(divide(terms.annual_rate, 12)):f}%"
        lines.append((say("月利率", "rate a month"), monthly))
    level = terms.amortisation is Amortisation.EQUAL_INSTALMENT
    if terms.amortisation is Amortisation.EQUAL_PRINCIPAL or (level and (not terms.annual_rate or _flat(terms))):
        lines.append((say("每期本金", "principal a month"), f"{principal} ÷ {n} = {amount(first.principal)}"))
    elif level:
        solved = f"{principal} × r ÷ (1 − (1 + r)^−{n}) = {amount(first.total)}"
        lines.append((say("月供", "instalment"), solved))
    if terms.amortisation is Amortisation.BALLOON:
        lines.append((say("尾款", "tail"), amount(plan.tail)))
        lines.append((say("月供", "instalment"), amount(first.total)))
    if terms.annual_rate and not (level and not _flat(terms)):
        monthly = f"{principal} × r = {amount(first.interest)}"
        lines.append((say("首期利息", "interest of month 1"), monthly))
    for fee in plan.fees:
        base = plan.price if fee.of == "price" else plan.principal
        worked = f"{amount(base)} × {share(fee.share, 4)} = {amount(fee.each)}" if fee.share else amount(fee.each)
        each = say("每期", "each month: ") if fee.when is When.PERIODIC else ""
        lines.append((f"{each}{say.own(fee.name)}", worked))
    return lines


def _flat(terms: LoanTerms) -> bool:
    return terms.interest_method is InterestMethod.FLAT


def _flows(flows: Sequence[int]) -> str:
    """+100,000.00，−3,097.78 × 35，−3,097.70."""
    parts = []
    for flow, same in groupby(flows):
        times = len(list(same))
        sign = "+" if flow >= 0 else "−"
        parts.append(f"{sign}{amount(abs(flow))}" + (f" × {times}" if times > 1 else ""))
    shown = parts if len(parts) <= 6 else [*parts[:3], "…", parts[-1]]
    return "，".join(shown)


def _cents(rows: Sequence[PlanRow], say: Words) -> str:
    """Where the rounding went: the last instalment takes what the regular ones leave over."""
    regular = [row.total for row in rows if row.n]
    if len(regular) < 3 or len(set(regular[:-1])) > 1 or abs(regular[-1] - regular[0]) > len(regular):
        return say("每期按分取整，本金之和等于贷款额。", "each month is rounded to the fen; the principal adds up.")
    left = regular[-1] - regular[0]
    if not left:
        return say("没有分位差。", "nothing was left over.")
    more = left > 0
    off = amount(abs(left))
    zh = f"最后一期{'多' if more else '少'}收 {off}，吸收分位差。"
    return say(zh, f"the last instalment is {off} {'more' if more else 'less'}: it takes the fen left over.")
