"""How good a loan still is: the five classes (五级分类), their floor by days past due, and the share of bad loans.

The rule (商业银行金融资产风险分类办法, 令〔2023〕第1号) sets floors: overdue is at least special mention (关注), more
than 90 days at least substandard (次级), more than 270 doubtful (可疑), more than 360 loss (损失). A person may set a
worse class than the floor, never a better one. The days and shares are dated rules and arrive as a table.

A restructured loan is watched: at least special mention (substandard if it was bad before) until a year and two periods
have passed as agreed, and a breach starts the watch again. A bad loan comes back only after its arrears are cleared
and some months and periods have been clean.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from chedai.engine.columns import (
    Flags,
    Share,
    day_number,
    exact_sum,
    flag_column,
    months_later,
    part_of,
    row_column,
    row_count,
)
from chedai.engine.errors import EngineError, InvalidArgument
from chedai.engine.money import RATE_SCALE, FenColumn, fen_column, same_length


class RiskClass(IntEnum):
    """The five classes, worse being higher."""

    NORMAL = 1
    SPECIAL_MENTION = 2
    SUBSTANDARD = 3
    DOUBTFUL = 4
    LOSS = 5


CLASS_ZH: Final = {
    RiskClass.NORMAL: "正常",
    RiskClass.SPECIAL_MENTION: "关注",
    RiskClass.SUBSTANDARD: "次级",
    RiskClass.DOUBTFUL: "可疑",
    RiskClass.LOSS: "损失",
}


class BetterThanFloor(EngineError):
    """A manual class that is better than the rules allow. Approval is not the engine's to give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTable:
    """The floors in force: a loan with more days past due than the edge is at least in the class.

    `technical_days` is how long an overdue of technical cause stays normal; the two shares (1e-8) are the expected
    credit loss over the balance from which an impaired loan is doubtful or lost.
    """

    technical_days: int
    substandard_above: int
    doubtful_above: int
    loss_above: int
    doubtful_from_loss_share: int
    loss_from_loss_share: int

    def __post_init__(self) -> None:
        edges = (0, self.technical_days, self.substandard_above, self.doubtful_above, self.loss_above)
        shares = (0, self.doubtful_from_loss_share, self.loss_from_loss_share)
        if list(edges) != sorted(edges) or list(shares) != sorted(shares):
            raise InvalidArgument("table", "must rise from class to class", "各档界限须递增", value=(edges, shares))


def class_floor(
    days_past_due: ArrayLike,
    table: ClassTable,
    *,
    technical: ArrayLike = False,
    impaired: ArrayLike = False,
    expected_loss: ArrayLike = 0,
    balance: ArrayLike = 0,
    fact_floor: ArrayLike = int(RiskClass.NORMAL),
) -> FenColumn:
    """The best class each loan may have, as numbers of `RiskClass`.

    `technical` marks an overdue of technical cause, `impaired` a credit-impaired loan, for which `expected_loss` over
    `balance` (fen) counts too. `fact_floor` brings floors from facts (misused money, 借新还旧, 逃废债, bankruptcy).
    """
    rows = row_count(days_past_due, technical, impaired, expected_loss, balance, fact_floor)
    days = row_column("days_past_due", days_past_due, rows)
    excused = flag_column("technical", technical, rows) & (days <= table.technical_days)
    edges = np.array([0, table.substandard_above, table.doubtful_above, table.loss_above], dtype=np.int64)
    floor = np.searchsorted(edges, np.where(excused, 0, days), side="left") + RiskClass.NORMAL
    bad, owed = flag_column("impaired", impaired, rows), row_column("balance", balance, rows)
    loss = row_column("expected_loss", expected_loss, rows)
    by_loss = np.where(bad, int(RiskClass.SUBSTANDARD), int(RiskClass.NORMAL))
    for share, reached in (
        (table.doubtful_from_loss_share, RiskClass.DOUBTFUL),
        (table.loss_from_loss_share, RiskClass.LOSS),
    ):
        by_loss[bad & (owed > 0) & _reaches(loss, share, owed)] = reached
    return np.maximum(np.maximum(floor, by_loss), _classes("fact_floor", fact_floor, rows))


def override(floor: ArrayLike, manual: ArrayLike) -> FenColumn:
    """The class after a person's opinion (0: none), which may only be worse. Errors: `BetterThanFloor` with the row."""
    lowest, opinion = same_length(
        floor=fen_column("floor", floor, least=1), manual=fen_column("manual", manual, least=0)
    )
    _classes("manual", np.maximum(opinion, 1), opinion.size)
    better = np.flatnonzero((opinion > 0) & (opinion < lowest))
    if better.size:
        row = int(better[0])
        allowed, wanted = RiskClass(int(lowest[row])), RiskClass(int(opinion[row]))
        raise BetterThanFloor(
            "manual",
            f"must not be better than {allowed.name.lower()}",
            f"人工分类不得优于系统下限{CLASS_ZH[allowed]}",
            row=row,
            value=CLASS_ZH[wanted],
        )
    return np.maximum(lowest, opinion)


class Watch(NamedTuple):
    """Restructured loans: whether each is still watched, the class floor that follows, and since when it is watched."""

    watched: Flags
    floor: FenColumn
    since: FenColumn


def restructured(
    as_of: date | ArrayLike,
    first_due: ArrayLike,
    last_breach: ArrayLike,
    periods_kept: ArrayLike,
    was_bad: ArrayLike,
    *,
    months: int,
    periods: int,
) -> Watch:
    """The watch over restructured loans (重组资产观察期), one row a loan, dates as day numbers.

    It runs from the first new due date, or from the last breach or second restructure (`last_breach`, 0: none), until
    `months` have passed and `periods` instalments in a row were paid as agreed (`periods_kept` since then). Inside it
    the class is at least special mention; substandard where the loan `was_bad` or has breached.
    """
    due = fen_column("first_due", first_due)
    rows = due.size
    breach = row_column("last_breach", last_breach, rows)
    since = np.maximum(due, breach)
    today = row_column("as_of", day_number("as_of", as_of), rows)
    watched = (today < months_later(since, months)) | (row_column("periods_kept", periods_kept, rows) < periods)
    bad = flag_column("was_bad", was_bad, rows) | (breach > 0)
    inside = np.where(bad, int(RiskClass.SUBSTANDARD), int(RiskClass.SPECIAL_MENTION))
    return Watch(watched, np.where(watched, inside, int(RiskClass.NORMAL)), since)


def cured(
    as_of: date | ArrayLike, cleared_on: ArrayLike, periods_kept: ArrayLike, *, months: int, periods: int
) -> Flags:
    """Whether a bad loan may come back: arrears cleared (`cleared_on` a day number, 0: not), `months` since then and
    `periods` instalments in a row paid as agreed, whichever takes longer."""
    cleared = fen_column("cleared_on", cleared_on, least=0)
    today = row_column("as_of", day_number("as_of", as_of), cleared.size)
    kept = row_column("periods_kept", periods_kept, cleared.size) >= periods
    return (cleared > 0) & kept & (today >= months_later(cleared, months))


def hold_bad(floor: ArrayLike, previous: ArrayLike, is_cured: ArrayLike) -> FenColumn:
    """A loan that was bad stays at least substandard until it is cured."""
    lowest = fen_column("floor", floor, least=1)
    before = _classes("previous", previous, lowest.size)
    held = (before >= RiskClass.SUBSTANDARD) & ~flag_column("is_cured", is_cured, lowest.size)
    return np.where(held, np.maximum(lowest, int(RiskClass.SUBSTANDARD)), lowest)


class BadShare(NamedTuple):
    """The share of bad loans (不良率) three ways: loans, overdue part (小口径), whole balance (大口径)."""

    loans: Share
    small: Share
    large: Share


def bad_share(classes: ArrayLike, overdue: ArrayLike, balance: ArrayLike) -> BadShare:
    """The bad loans (substandard, doubtful, loss) of a book over all its loans; amounts in fen, one row a loan."""
    grade = _classes("classes", classes, np.size(classes))
    bad = grade >= RiskClass.SUBSTANDARD
    owed, late = row_column("balance", balance, grade.size), row_column("overdue", overdue, grade.size)
    total = exact_sum(owed)
    return BadShare(
        Share(int(bad.sum()), grade.size), Share(exact_sum(late[bad]), total), Share(exact_sum(owed[bad]), total)
    )


def provision_coverage(classes: ArrayLike, provision: ArrayLike, balance: ArrayLike) -> tuple[Share, Share]:
    """Provisions over bad loans (拨备覆盖率) and over all loans (拨贷比). A book without bad loans is refused."""
    grade = _classes("classes", classes, np.size(classes))
    owed = row_column("balance", balance, grade.size)
    held = exact_sum(row_column("provision", provision, grade.size))
    return Share(held, exact_sum(owed[grade >= RiskClass.SUBSTANDARD])), Share(held, exact_sum(owed))


def _classes(argument: str, values: ArrayLike, rows: int) -> FenColumn:
    column = row_column(argument, values, rows, least=1)
    high = np.flatnonzero(column > RiskClass.LOSS)
    if high.size:
        row = int(high[0])
        raise InvalidArgument(argument, "is no class", "不是五级分类之一", row=row, value=int(column[row]))
    return column


def _reaches(loss: FenColumn, share: int, owed: FenColumn) -> Flags:
    """Exactly `loss / owed >= share`: a whole number of fen reaches a bound when it is not below it."""
    bound = part_of("table", owed, share)
    exact: Flags = (loss > bound) | ((loss == bound) & (owed % RATE_SCALE * share % RATE_SCALE == 0))
    return exact
