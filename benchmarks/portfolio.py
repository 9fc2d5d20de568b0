"""Goal G5: the roll-rate matrix and the vintage of a million loans over 24 months, beside DuckDB and pandas.

All read the same month-end states. The peers get them as analysts keep them, a table of one row a loan a month (24
million rows, in memory, narrow types), and answer by SQL and by groupby; building those tables is not timed.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.harness import Report, measure
from chedai.engine.portfolio import CODES, NOT_YET, SETTLED, roll_counts, vintage

LOANS, MONTHS, PERIODS = 1_000_000, 24, 36
States = NDArray[np.uint8]
Column = NDArray[np.int64]

_ROLL = """
select a.month, a.state, b.state, count(*) from book a join book b on a.loan = b.loan and b.month = a.month + 1
group by all
"""
_ROLL_BY_WINDOW = """
select month, state, later, count(*) from
(select month, state, lead(state) over (partition by loan order by month) as later from book) where later is not null
group by all
"""
_VINTAGE = """
select cohort, month - cohort as mob, sum(case when state between 2 and 12 or state = 14 then balance else 0 end)
from book where month >= cohort group by all
"""


def book(loans: int, seed: int) -> tuple[States, Column, Column, Column]:
    """States, balances (both month by loan), principal, cohort; sorted by cohort, about 3 % overdue, 1 % settling."""
    rng = np.random.default_rng(seed)
    cohort = np.sort(rng.integers(0, MONTHS, loans))
    principal = rng.integers(3_000_000, 30_000_001, loans)
    states = np.full((MONTHS, loans), NOT_YET, np.uint8)
    balance = np.zeros((MONTHS, loans), np.int64)
    now = np.zeros(loans, np.uint8)
    for month in range(MONTHS):
        chance = rng.random(loans, np.float32)
        late = np.where(now == 0, chance < 0.015, chance < 0.55) & (now < SETTLED)
        now = np.where(late, np.minimum(now + 1, 7), np.where(now == SETTLED, SETTLED, 0)).astype(np.uint8)
        now[(chance > 0.99) & (now == 0) & (cohort < month)] = SETTLED
        born = cohort <= month
        now[~born | (cohort == month)] = 0
        states[month, born] = now[born]
        left = np.maximum(PERIODS - (month - cohort), 0)
        balance[month] = np.where(born & (now != SETTLED), principal * left // PERIODS, 0)
    return states, balance, principal, cohort


def _long(states: States, balance: Column, cohort: Column) -> pd.DataFrame:
    loans = states.shape[1]
    return pd.DataFrame(
        {
            "month": np.repeat(np.arange(MONTHS, dtype=np.uint8), loans),
            "loan": np.tile(np.arange(loans, dtype=np.uint32), MONTHS),
            "state": states.reshape(-1),
            "balance": balance.reshape(-1),
            "cohort": np.tile(cohort.astype(np.uint8), MONTHS),
        }
    )


def _roll_pandas(table: pd.DataFrame) -> pd.DataFrame:
    later = table.groupby("loan", sort=False)["state"].shift(-1)
    return table.assign(later=later).dropna(subset=["later"]).groupby(["month", "state", "later"]).size()


def main() -> None:
    """Measure, print, save."""
    report = Report("portfolio", f"{LOANS:,} loans over {MONTHS} months", packages=("numpy", "duckdb", "pandas"))
    states, balance, principal, cohort = book(LOANS, report.seed)
    offsets = np.searchsorted(cohort, np.arange(MONTHS + 1))
    database = duckdb.connect()
    database.execute("set threads = 2")
    long = _long(states, balance, cohort)
    database.register("given", long)
    database.execute("create table book as select * from given")

    def ours() -> Column:
        return roll_counts(states)

    def aged() -> Column:
        return vintage(states, balance, offsets=offsets, paid_out=np.arange(MONTHS), base=principal, at_least=2).amount

    rolled = measure(ours)
    joined = measure(lambda: database.execute(_ROLL).fetchall(), repeats=3)
    windowed = measure(lambda: database.execute(_ROLL_BY_WINDOW).fetchall(), repeats=3)
    by_pandas = measure(lambda: _roll_pandas(long), repeats=3)
    vintages = measure(aged)
    by_duckdb = measure(lambda: database.execute(_VINTAGE).fetchall(), repeats=3)
    items = LOANS * MONTHS
    report.row("roll_counts", rolled, per_unit="state", n=items)
    report.row("DuckDB, a month joined to the next", joined, per_unit="state", n=items)
    report.row("DuckDB, lead() over a window", windowed, per_unit="state", n=items)
    report.row("pandas, groupby and shift", by_pandas, per_unit="state", n=items)
    report.row("vintage", vintages, per_unit="state", n=items)
    report.row("DuckDB, the same vintage", by_duckdb, per_unit="state", n=items)
    report.ratio(
        "roll rates faster than DuckDB (its better way)", min(rolled.over(joined), rolled.over(windowed)), ">= 20"
    )
    report.ratio("roll rates faster than pandas", rolled.over(by_pandas), ">= 40")
    report.ratio("vintage faster than DuckDB", vintages.over(by_duckdb), ">= 10")
    report.ratio("cells that differ from DuckDB", _differing(database, ours(), aged()), "== 0")
    report.print()
    report.save()


def _differing(database: duckdb.DuckDBPyConnection, rolls: Column, vintages: Column) -> int:
    theirs = np.zeros((MONTHS - 1, CODES, CODES), np.int64)
    for month, was, now, count in database.execute(_ROLL).fetchall():
        theirs[month, was, now] = count
    aged = np.full_like(vintages, -1)
    for cohort, mob, amount in database.execute(_VINTAGE).fetchall():
        aged[cohort, mob] = amount
    return int((theirs != rolls).sum() + (aged != vintages).sum())


if __name__ == "__main__":
    main()
