"""What an alert, a run of a playbook and an item of the watch list can be, and the moves between."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class AlertState(StrEnum):
    """Where an alert stands. It opens by itself; only a person closes it."""

    OPEN = "open"  # 待处理
    ACTED = "acted"  # 处理中
    CLOSED = "closed"  # 已关闭


class Outcome(StrEnum):
    """What a closed alert turned out to be; the share of false alarms judges its indicator."""

    REAL = "real"  # 属实
    FALSE_ALARM = "false_alarm"  # 误报
    ACCEPTED = "accepted"  # 属实，可接受


class RunState(StrEnum):
    """Where a run of a playbook stands."""

    RUNNING = "running"  # 执行中
    DONE = "done"  # 已完成


class WatchReason(StrEnum):
    """Why a loan is on the watch list."""

    EXPOSURE = "exposure"  # 大额敞口
    GRADE = "grade"  # 等级下迁
    RESTRUCTURED = "restructured"  # 重组观察
    MANUAL = "manual"  # 人工列入


ALERT_MOVES: Final = MappingProxyType(
    {
        (AlertState.OPEN, "act"): AlertState.ACTED,
        (AlertState.ACTED, "act"): AlertState.ACTED,
        (AlertState.OPEN, "close"): AlertState.CLOSED,
        (AlertState.ACTED, "close"): AlertState.CLOSED,
    }
)
