"""What a customer is, and how customers are related."""

from __future__ import annotations

from enum import StrEnum


class CustomerKind(StrEnum):
    """A person or a firm."""

    PERSON = "person"
    FIRM = "firm"


class CustomerState(StrEnum):
    """Whether a record is in use."""

    ACTIVE = "active"
    MERGED = "merged"  # into another record, which has its history
    RESTRICTED = "restricted"  # to be deleted; a law still holds it
    ERASED = "erased"


class Trade(StrEnum):
    """特定行业: a trade that lenders judge by rules of its own, because its income or its car is special."""

    RIDE_HAILING = "ride_hailing"  # 网约车
    TAXI = "taxi"  # 出租车
    FREIGHT = "freight"  # 货运物流
    LEASING = "leasing"  # 车辆租赁
    BUILDING = "building"  # 建筑工程
    FARMING = "farming"  # 种植养殖
    SOLE_TRADER = "sole_trader"  # 个体经营
    MEDICAL = "medical"  # 医疗
    TEACHING = "teaching"  # 教育
    PUBLIC_SERVICE = "public_service"  # 机关事业单位


class RelationKind(StrEnum):
    """How one customer belongs to another."""

    SPOUSE = "spouse"  # 配偶
    CO_BORROWER = "co_borrower"  # 共同借款人
    GUARANTOR = "guarantor"  # 担保人
    PARENT = "parent"  # 父母
    CHILD = "child"  # 子女
    LEGAL_REPRESENTATIVE = "legal_representative"  # 法定代表人
    EMPLOYER = "employer"  # 工作单位
    OTHER = "other"


MUTUAL = frozenset({RelationKind.SPOUSE})
"""Relations that hold both ways by themselves."""

FAMILY = frozenset({RelationKind.SPOUSE, RelationKind.PARENT, RelationKind.CHILD})
"""Relations only two people can have."""
