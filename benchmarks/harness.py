"""Measuring honestly: the same seed, the peers in the same run, medians, and a calibration beside every figure.

A figure in seconds says as much about the machine as about the code. So every report opens with what the machine did on
that day (copying memory, a fixed NumPy loop), states CPU seconds first and wall seconds second, and compares by ratio.
On a shared machine margins of 30 % are noise.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"

_COPIED_BYTES = 256 * 1024 * 1024
_LOOP_STEPS = 200
_LOOP_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians over `runs` runs, in seconds. `cpu` counts all threads of this process."""

    cpu: float
    wall: float
    runs: int

    def over(self, other: Timing) -> float:
        """How many times faster this one is than `other`, in CPU seconds."""
        return other.cpu / self.cpu

    def scaled(self, factor: float) -> Timing:
        """The time of a peer measured on a sample, carried to the full number of rows."""
        return Timing(self.cpu * factor, self.wall * factor, self.runs)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What this machine did just before the measurement."""

    memcpy_bytes_per_second: float
    numpy_loop_seconds: float

    def memcpy(self, size: int) -> Timing:
        """The time it takes to copy `size` bytes: the floor under anything that writes as much."""
        seconds = size / self.memcpy_bytes_per_second
        return Timing(seconds, seconds, 1)


def measure(fn: Callable[[], object], repeats: int = 5, *, clock: Callable[[], float] = time.process_time) -> Timing:
    """Medians of CPU and wall seconds of `fn()` over `repeats` runs, after one run that is not counted.

    `clock` tells the CPU seconds so far: of this process, unless another counts those of its database as well.
    """
    if repeats > 1:
        fn()
    cpu, wall = [], []
    for _ in range(repeats):
        cpu_start, wall_start = clock(), time.perf_counter()
        fn()
        cpu.append(clock() - cpu_start)
        wall.append(time.perf_counter() - wall_start)
    return Timing(statistics.median(cpu), statistics.median(wall), repeats)


@cache
def calibrate() -> Calibration:
    """Memory bandwidth of a warm copy, and a fixed NumPy loop that fits the cache."""
    source, target = np.ones(_COPIED_BYTES, np.uint8), np.empty(_COPIED_BYTES, np.uint8)
    copied = measure(lambda: np.copyto(target, source), repeats=7)
    rows = np.arange(_LOOP_ROWS, dtype=np.float64)

    def loop() -> None:
        column = rows.copy()
        for _ in range(_LOOP_STEPS):
            np.floor(column * 1.0049 + 0.5, out=column)
            column -= 1.0

    return Calibration(_COPIED_BYTES / copied.cpu, measure(loop, repeats=7).cpu)


def machine() -> dict[str, str | int]:
    """What a reader needs to judge the figures; nothing that names the machine."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count() or 1,
    }


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Installed versions of `packages`; a package that is not installed is an error, not an empty cell."""
    return {name: importlib.metadata.version(name) for name in packages}


@dataclass(frozen=True, slots=True)
class Row:
    """One line measured. `n` is the number of `per_unit` (loan, instalment, payment) the time was spent on."""

    label: str
    timing: Timing
    per_unit: str
    n: int

    @property
    def nanoseconds(self) -> float:
        """CPU nanoseconds for each unit."""
        return self.timing.cpu / self.n * 1e9


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure beside its goal; `goal` is written as ">= 100", "<= 4" or "== 0"."""

    label: str
    value: float
    goal: str

    @property
    def shown(self) -> str:
        """Three digits that mean something: 1,234 and 2.57 and 3e-16."""
        return f"{self.value:,.0f}" if abs(self.value) >= 100 else f"{self.value:.3g}"

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        sign, bound = self.goal.split()
        limit = float(bound)
        return {">=": self.value >= limit, "<=": self.value <= limit, "==": self.value == limit}[sign]


@dataclass(slots=True)
class Report:
    """The table of one goal: the rows as measured, the ratios beside the goal, and where it was measured."""

    name: str
    goal_text: str
    seed: int = 20260101
    packages: tuple[str, ...] = ("numpy",)
    rows: list[Row] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)

    def row(self, label: str, timing: Timing, *, per_unit: str = "loan", n: int = 1) -> None:
        """Add one measured line."""
        self.rows.append(Row(label, timing, per_unit, n))

    def ratio(self, label: str, value: float, goal: str) -> None:
        """Add one figure with its goal: `report.ratio("faster than a Decimal loop", 210.0, ">= 100")`."""
        self.ratios.append(Ratio(label, float(value), goal))

    @property
    def met(self) -> bool:
        """Whether every goal of the report is reached."""
        return all(r.met for r in self.ratios)

    def print(self) -> None:
        """The table as people read it."""
        console = Console()
        here, calibration = machine(), calibrate()
        measured = Table(title=f"{self.name}: {self.goal_text}", title_justify="left")
        for heading in ("", "CPU s", "wall s", "CPU ns each", "unit", "n"):
            measured.add_column(heading, justify="left" if heading in ("", "unit") else "right")
        for r in self.rows:
            each = f"{r.nanoseconds:,.1f}"
            measured.add_row(r.label, f"{r.timing.cpu:.4f}", f"{r.timing.wall:.4f}", each, r.per_unit, f"{r.n:,}")
        console.print(measured)
        against = Table()
        for heading in ("ratio", "measured", "goal", ""):
            against.add_column(heading, justify="right" if heading in ("measured", "goal") else "left")
        for ratio in self.ratios:
            against.add_row(ratio.label, ratio.shown, ratio.goal, "met" if ratio.met else "MISSED")
        console.print(against)
        bandwidth = calibration.memcpy_bytes_per_second / 1e9
        console.print(
            f"calibration: memcpy {bandwidth:.1f} GB/s, NumPy loop {calibration.numpy_loop_seconds * 1e3:.1f} ms; "
            f"{here['cores']} cores, Python {here['python']}, seed {self.seed}"
        )

    def save(self, folder: Path = RESULTS) -> Path:
        """Write the report as JSON under its own name, so that two runs can be compared with a plain diff."""
        document = {
            "name": self.name,
            "goal": self.goal_text,
            "seed": self.seed,
            "machine": machine(),
            "versions": versions(self.packages),
            "calibration": asdict(calibrate()),
            "rows": [asdict(r) | {"cpu_ns_each": round(r.nanoseconds, 2)} for r in self.rows],
            "ratios": [asdict(r) | {"met": r.met} for r in self.ratios],
        }
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return path
