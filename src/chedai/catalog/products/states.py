"""The states of a version of a product, and what an add-on is."""

from __future__ import annotations

from enum import StrEnum


class VersionState(StrEnum):
    """Where a version stands. Only a published one is ever quoted, and a published one never changes."""

    DRAFT = "draft"
    PENDING = "pending"  # waits for the second person
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class AddOnKind(StrEnum):
    """What stands beside the car on the menu (加装项目)."""

    INSURANCE = "insurance"  # 保险
    WARRANTY = "warranty"  # 延保
    ACCESSORY = "accessory"  # 精品
    SERVICE = "service"  # 服务, as a GPS unit or the plate
