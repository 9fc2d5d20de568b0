"""What a loan is expected to lose: provisions in three stages (预期信用损失, CAS 22, IFRS 9).

Stage 1 is as good as on the day it was lent and provides for the defaults of twelve months. Stage 2 has become
noticeably riskier (backstop: more than 30 days past due) and provides for its whole life. Stage 3 is impaired
(backstop: more than 90 days): default has happened, only the loss given default is left to judge.

The loss of month t is the chance to default in that month, times the share then lost, times the exposure of that month,
discounted at the effective rate. Chances, shares and discounts are ratios and may be floats; they meet money only as
whole units of 1e-12, so that every provision is an exact sum of integer fen, rounded once, half-up.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chedai.engine.columns import fen_matrix, flag_column, refuse_beyond_a_loan, row_column, row_count
from chedai.engine.errors import AmountOverflow, InvalidArgument, LengthMismatch
from chedai.engine.money import RATE_SCALE, FenColumn, fen_column

RatioColumn: TypeAlias = NDArray[np.float64]

COEFFICIENT_SCALE: Final = 10**12
"""Units of a loss coefficient in 1: the share of one month's exposure that is expected lost, discounted."""

STAGE_1, STAGE_2, STAGE_3 = 1, 2, 3

_LIMB: Final = 10**6  # a coefficient is split in two halves, so that its product with fen stays in int64
_BLOCK: Final = 4096
_TWELVE_MONTHS: Final = 12


def stage(
    days_past_due: ArrayLike,
    *,
    sicr_above: int,
    default_above: int,
    sicr: ArrayLike = False,
    impaired: ArrayLike = False,
    previous: ArrayLike = STAGE_1,
    clean_months: ArrayLike = 0,
    probation_months: int = 0,
) -> FenColumn:
    """The stage (1, 2, 3) of each loan: by days past due, by facts (`sicr`, `impaired`), and by probation.

    A loan leaves its `previous` stage for a better one only after `probation_months` clean months.
    """
    rows = row_count(days_past_due, sicr, impaired, previous, clean_months)
    days = row_column("days_past_due", days_past_due, rows)
    riskier = flag_column("sicr", sicr, rows) | (days > sicr_above)
    defaulted = flag_column("impaired", impaired, rows) | (days > default_above)
    today = np.where(defaulted, STAGE_3, np.where(riskier, STAGE_2, STAGE_1))
    before = row_column("previous", previous, rows, least=STAGE_1)
    on_probation = row_column("clean_months", clean_months, rows) < probation_months
    return np.where((today < before) & on_probation, before, today)


def survival_curve(annual_pd: float, months: int) -> RatioColumn:
    """The chance to be without default after 0, 1 ... `months` months, at a constant chance of default a year."""
    if not 0 <= annual_pd < 1:
        raise InvalidArgument("annual_pd", "must be from 0 to below 1", "须在 0 与 1 之间", value=annual_pd)
    return (1.0 - annual_pd) ** (np.arange(months + 1, dtype=np.float64) / 12)


def marginal_pd(survival: ArrayLike) -> RatioColumn:
    """The chance to default in month t: what survival loses in it, `S[t - 1] - S[t]`, over the last axis."""
    curve = np.asarray(survival, dtype=np.float64)
    falling = np.diff(curve, axis=-1) <= 0
    if not (np.all(curve[..., :1] == 1) and np.all(falling) and np.all(curve >= 0)):
        raise InvalidArgument("survival", "must start at 1 and fall, never below 0", "须从 1 开始递减且不为负")
    return -np.diff(curve, axis=-1)


def loss_given_default(exposure: int, recoveries: ArrayLike, costs: ArrayLike, months: ArrayLike, eir: int) -> float:
    """The share of `exposure` that is lost: 1 less the present value of recoveries net of costs (fen), from 0 to 1.

    `months` after default each recovery comes in (towing, auction and time to sale are costs and months); `eir` 1e-8.
    """
    if exposure <= 0:
        raise InvalidArgument("exposure", "must be above 0", "必须大于 0", value=exposure)
    net = fen_column("recoveries", recoveries, least=0) - fen_column("costs", costs, least=0)
    present = float(np.sum(net * _discount(eir, fen_column("months", months, least=0))))
    return min(1.0, max(0.0, 1.0 - present / exposure))


def exposure_at_default(balance: ArrayLike, interest: ArrayLike, *, arrears: int) -> FenColumn:
    """Exposure int64[loan, month]: the balance scheduled before month t plus the interest of its last instalments.

    `balance` and `interest` int64[loan, month] in fen, the balance before the instalment of the month and its interest;
    `arrears` is how many instalments' interest stands unpaid when a loan defaults (3 for a default at 90 days).
    """
    owed, due = fen_matrix("balance", balance), fen_matrix("interest", interest)
    if owed.shape != due.shape:
        raise LengthMismatch("interest", f"must have the shape {owed.shape}", f"形状应为 {owed.shape}", value=due.shape)
    if arrears < 0:
        raise InvalidArgument("arrears", "must be at least 0", "不得小于 0", value=arrears)
    refuse_beyond_a_loan("balance", owed)
    refuse_beyond_a_loan("interest", due)
    total = np.cumsum(due, axis=1)
    total[:, arrears:] -= total[:, : max(0, total.shape[1] - arrears)].copy()
    return np.where(owed > 0, owed + total, 0)


def expected_loss(
    exposure: ArrayLike,
    exposure_now: ArrayLike,
    stages: ArrayLike,
    eir: ArrayLike,
    *,
    survival: ArrayLike,
    lgd: ArrayLike,
    weights: ArrayLike,
    curve: ArrayLike = 0,
) -> FenColumn:
    """The provision of each loan in fen.

    `exposure` int64[loan, month] is what a default in that month would leave owed, `exposure_now` int64[loan] today's;
    `stages` 1 to 3, `eir` the effective annual rate (1e-8), `curve` the number of each loan's risk grade. `survival`
    float[scenario, grade, month + 1], `lgd` float[scenario, grade] and `weights` float[scenario], which add up to 1.

    Errors: `InvalidArgument`, `LengthMismatch`, `AmountOverflow` where an exposure times its months leaves int64.
    """
    owed = fen_matrix("exposure", exposure)
    loans, months = owed.shape
    now = row_column("exposure_now", exposure_now, loans)
    stage_of = row_column("stages", stages, loans, least=STAGE_1)
    rate = row_column("eir", eir, loans)
    monthly, at_default = _weighted(survival, lgd, weights, months)
    grade = row_column("curve", curve, loans)
    for argument, column, most in (("stages", stage_of, STAGE_3), ("curve", grade, at_default.size - 1)):
        high = np.flatnonzero(column > most)
        if high.size:
            row = int(high[0])
            raise InvalidArgument(argument, f"must be at most {most}", f"不得大于 {most}", row=row, value=column[row])
    result = np.empty(loans, dtype=np.int64)
    for start in range(0, loans, _BLOCK):
        part = slice(start, start + _BLOCK)
        loss = monthly[grade[part]] * _discount(rate[part, None], np.arange(1, months + 1)[None, :])
        loss[(stage_of[part] == STAGE_1), _TWELVE_MONTHS:] = 0.0
        by_month = _sum_product(owed[part], loss, start)
        by_default = _sum_product(now[part, None], at_default[grade[part], None], start)
        result[part] = np.where(stage_of[part] == STAGE_3, by_default, by_month)
    return result


def _weighted(survival: ArrayLike, lgd: ArrayLike, weights: ArrayLike, months: int) -> tuple[RatioColumn, RatioColumn]:
    """Over the scenarios: the expected loss share of each grade and month, and the one of each grade in default."""
    weight, lost = np.asarray(weights, dtype=np.float64), np.asarray(lgd, dtype=np.float64)
    chance = marginal_pd(survival)
    # Written so that a NaN is refused too.
    if weight.ndim != 1 or not (weight >= 0).all() or not abs(float(weight.sum()) - 1) <= 1e-12:
        raise InvalidArgument("weights", "must not be negative and add up to 1", "须非负且合计为 1")
    if not ((lost >= 0) & (lost <= 1)).all():
        raise InvalidArgument("lgd", "must be from 0 to 1", "须在 0 与 1 之间")
    if chance.ndim != 3 or lost.shape != chance.shape[:2] or weight.size != chance.shape[0]:
        rule = "must be survival[scenario, grade, month], lgd[scenario, grade], weights[scenario]"
        raise LengthMismatch("survival", rule, "情景、评级、月份的维度须一致", value=chance.shape)
    if chance.shape[2] < months:
        rule, rule_zh = f"must cover the {months} months of the exposure", f"须覆盖敞口的 {months} 个月"
        raise LengthMismatch("survival", rule, rule_zh, value=chance.shape[2])
    at_default = np.einsum("s,sg->g", weight, lost)
    return np.einsum("s,sgt,sg->gt", weight, chance[:, :, :months], lost), at_default


def _discount(eir: ArrayLike, months: ArrayLike) -> RatioColumn:
    """Present value of 1 that comes in `months` months, at an effective annual rate (1e-8)."""
    rate = np.asarray(eir, dtype=np.float64) / RATE_SCALE
    factor: RatioColumn = (1.0 + rate) ** (-np.asarray(months, dtype=np.float64) / 12)
    return factor


def _sum_product(amounts: FenColumn, coefficients: RatioColumn, first_row: int) -> FenColumn:
    """Row by row `sum(amount * coefficient)` in fen, exact in integers of 1e-12, rounded once half-up."""
    bound = 2**62 // (_LIMB * max(1, amounts.shape[1]))
    wide = np.flatnonzero((amounts > bound).any(axis=1))
    if wide.size:
        row = first_row + int(wide[0])
        raise AmountOverflow("exposure", f"must be at most {bound} fen", f"不得超过 {bound} 分", row=row)
    high, low = np.divmod(np.rint(coefficients * COEFFICIENT_SCALE).astype(np.int64), _LIMB)
    whole, rest = np.divmod((amounts * high).sum(axis=1), _LIMB)
    units, rest = np.divmod(rest * _LIMB + (amounts * low).sum(axis=1), COEFFICIENT_SCALE)
    total: FenColumn = whole + units + (2 * rest >= COEFFICIENT_SCALE)
    return total
