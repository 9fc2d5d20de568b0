"""The harness of the benchmarks: medians, goals, and a file that two runs can be compared by."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks.harness import Calibration, Ratio, Report, Timing, measure


@pytest.mark.parametrize(
    ("value", "goal", "met"),
    [
        (100.0, ">= 100", True),
        (99.9, ">= 100", False),
        (4.0, "<= 4", True),
        (4.1, "<= 4", False),
        (0.0, "== 0", True),
        (1.0, "== 0", False),
        (3e-16, "<= 1e-12", True),
    ],
)
def test_a_goal_is_met_or_missed(value: float, goal: str, met: bool) -> None:
    assert Ratio("faster", value, goal).met is met


@pytest.mark.parametrize(("value", "shown"), [(1234.5, "1,234"), (2.567, "2.57"), (3e-16, "3e-16"), (0.0, "0")])
def test_a_ratio_is_shown_with_the_digits_that_mean_something(value: float, shown: str) -> None:
    assert Ratio("faster", value, ">= 1").shown == shown


def test_a_run_that_warms_up_is_not_counted() -> None:
    runs: list[int] = []
    assert measure(lambda: runs.append(1), repeats=3).runs == 3
    assert len(runs) == 4


def test_times_are_compared_in_cpu_seconds() -> None:
    ours, peer = Timing(0.5, 9.0, 5), Timing(2.0, 2.0, 5)
    assert ours.over(peer) == 4.0
    assert peer.scaled(10) == Timing(20.0, 20.0, 5)
    assert Calibration(2e9, 0.01).memcpy(1_000_000_000).cpu == 0.5


def test_a_report_saves_what_a_reader_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.harness.calibrate", lambda: Calibration(1e10, 0.015))
    report = Report("payments", "a million payments")
    report.row("ours", Timing(0.25, 0.3, 5), per_unit="payment", n=1_000_000)
    report.ratio("faster than the peer", 61.0, ">= 60")
    report.print()
    document = json.loads(report.save(tmp_path).read_text(encoding="utf-8"))
    assert document["rows"][0]["cpu_ns_each"] == 250.0
    assert document["ratios"] == [{"label": "faster than the peer", "value": 61.0, "goal": ">= 60", "met": True}]
    assert set(document["versions"]) == {"numpy"}
    assert document["seed"] == report.seed
    assert document["machine"]["cores"] >= 1
    assert "payments: a million payments" in capsys.readouterr().out


def test_an_unknown_benchmark_is_refused_before_anything_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["nothing"]) == 2
    assert "no benchmark nothing; there are: " in capsys.readouterr().err
    assert "harness" not in bench.names()


def test_one_that_fails_does_not_stop_the_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []

    def run(command: list[str], *, check: bool) -> subprocess.CompletedProcess[bytes]:
        ran.append(command[-1])
        return subprocess.CompletedProcess(command, returncode=int(command[-1] == "benchmarks.audit"))

    monkeypatch.setattr(subprocess, "run", run)
    assert bench.main(["audit", "irr"]) == 1
    assert (ran, capsys.readouterr().err) == (["benchmarks.audit", "benchmarks.irr"], "audit failed\n")
