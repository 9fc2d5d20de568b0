"""Goal G2: the internal rate of return of a million ragged rows of cash flows, beside pyxirr and numpy-financial.

The peers take one row a call, as their users call them. They are timed on samples of the same rows, already floats (no
conversion is charged to them), and carried to the million; ours reads the integer fen and pays for the conversion.
"""

from __future__ import annotations

import numpy as np
import numpy_financial
import pyxirr
from numpy.typing import NDArray

from benchmarks.harness import Report, measure
from chedai.engine.rates import irr_columns

ROWS = 1_000_000
PYXIRR_SAMPLE = 50_000
NUMPY_FINANCIAL_SAMPLE = 1_500
Column = NDArray[np.int64]


def ragged_flows(rows: int, seed: int) -> tuple[Column, Column]:
    """36-60 months, 0.5-24 % a year, up to 5 % of fees; level, equal principal, balloon and interest first mixed."""
    rng = np.random.default_rng(seed)
    periods = rng.integers(36, 61, rows)
    principal = rng.integers(3_000_000, 50_000_001, rows)
    rate = rng.uniform(0.005, 0.24, rows) / 12
    method = rng.integers(0, 4, rows)
    offsets = np.concatenate([[0], np.cumsum(periods + 1)])
    k = np.arange(offsets[-1]) - np.repeat(offsets[:-1], periods + 1)
    annuity = rate / (1 - (1 + rate) ** -periods)
    tail = np.where(method == 2, 0.3, np.where(method == 3, 1.0, 0.0)) * principal
    level = (principal - tail * (1 + rate) ** -periods) * annuity
    first = np.where(method == 1, principal / periods + principal * rate, level)
    step = np.where(method == 1, principal * rate / periods, 0.0)

    def spread(column: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.repeat(column, periods + 1)

    paid = np.rint(spread(first) - spread(step) * (k - 1))
    paid[offsets[1:] - 1] += np.rint(tail)
    flows = -paid.astype(np.int64)
    flows[offsets[:-1]] = principal - (principal * rng.uniform(0, 0.05, rows)).astype(np.int64)
    return flows, offsets


def main() -> None:
    """Measure, print, save."""
    report = Report("irr", "1M ragged rows of 36-60 payments", packages=("numpy", "pyxirr", "numpy-financial"))
    flows, offsets = ragged_flows(ROWS, report.seed)
    rates = irr_columns(flows, offsets)
    sample = [flows[offsets[k] : offsets[k + 1]].astype(np.float64) for k in range(PYXIRR_SAMPLE)]
    few = sample[:NUMPY_FINANCIAL_SAMPLE]

    ours = measure(lambda: irr_columns(flows, offsets))
    rust = measure(lambda: [pyxirr.irr(row) for row in sample], repeats=3).scaled(ROWS / PYXIRR_SAMPLE)
    numpy = measure(lambda: [numpy_financial.irr(row) for row in few], repeats=3).scaled(ROWS / len(few))
    report.row("irr_columns", ours, per_unit="row", n=ROWS)
    report.row(f"pyxirr.irr, timed on {PYXIRR_SAMPLE:,} rows", rust, per_unit="row", n=ROWS)
    report.row(f"numpy_financial.irr, timed on {len(few):,} rows", numpy, per_unit="row", n=ROWS)
    report.ratio("faster than pyxirr", ours.over(rust), ">= 15")
    report.ratio("faster than numpy_financial", ours.over(numpy), ">= 500")
    by_rust = np.array([pyxirr.irr(row) for row in sample])
    by_numpy = np.array([numpy_financial.irr(row) for row in few])
    report.ratio("largest difference to pyxirr", np.abs(by_rust - rates[: by_rust.size]).max(), "<= 1e-12")
    report.ratio("largest difference to numpy_financial", np.abs(by_numpy - rates[: by_numpy.size]).max(), "<= 1e-12")
    report.print()
    report.save()


if __name__ == "__main__":
    main()
