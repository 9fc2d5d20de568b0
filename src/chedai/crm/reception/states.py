"""The words of reception: why people come, where from, how a visit and a lead go, in tables."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Purpose(StrEnum):
    """Why somebody came."""

    LOOK = "look"  # 看车
    TEST_DRIVE = "test_drive"  # 试驾
    FINANCE = "finance"  # 谈方案
    SIGN = "sign"  # 签约
    PICK_UP = "pick_up"  # 提车
    SERVICE = "service"  # 售后、咨询


class Source(StrEnum):
    """Where a customer comes from."""

    WALK_IN = "walk_in"  # 自然进店
    PHONE = "phone"  # 来电
    ONLINE = "online"  # 垂直网站
    SOCIAL = "social"  # 短视频、社媒
    EVENT = "event"  # 车展、外拓
    REFERRAL = "referral"  # 转介绍
    REPURCHASE = "repurchase"  # 老客复购


class VisitState(StrEnum):
    """Where somebody who came in is."""

    WAITING = "waiting"
    SERVED = "served"
    LEFT = "left"


class LeadState(StrEnum):
    """Where a lead stands."""

    OPEN = "open"  # somebody looks after it
    POOL = "pool"  # 公海: nobody does; whoever takes it first
    CONVERTED = "converted"  # a deal has been opened
    LOST = "lost"


class Channel(StrEnum):
    """How somebody was reached."""

    CALL = "call"
    VISIT = "visit"
    MESSAGE = "message"


class Outcome(StrEnum):
    """What a contact came to."""

    REACHED = "reached"  # 已联系上
    APPOINTMENT = "appointment"  # 约到店
    NO_ANSWER = "no_answer"  # 未接通
    NOT_NOW = "not_now"  # 暂不考虑
    WRONG_NUMBER = "wrong_number"  # 空号、错号


class LeadLost(StrEnum):
    """Why a lead came to nothing."""

    BOUGHT_ELSEWHERE = "bought_elsewhere"
    NO_INTEREST = "no_interest"
    WRONG_NUMBER = "wrong_number"
    NOT_ELIGIBLE = "not_eligible"


VISIT_MOVES: Final = MappingProxyType(
    {
        VisitState.WAITING: frozenset({VisitState.SERVED, VisitState.LEFT}),
        VisitState.SERVED: frozenset({VisitState.LEFT}),
        VisitState.LEFT: frozenset(),
    }
)
