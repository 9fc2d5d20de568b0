"""The states and kinds of collection, each in one table."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CLOSED = "closed"


class ClosedWhy(StrEnum):
    """Why a case was closed."""

    CURED = "cured"
    SETTLED = "settled"


class Channel(StrEnum):
    """The way somebody is reached."""

    CALL = "call"
    AI_CALL = "ai_call"  # 智能语音: counts as a call
    SMS = "sms"
    VISIT = "visit"
    LETTER = "letter"


CALLS: Final = frozenset({Channel.CALL, Channel.AI_CALL})


class Whom(StrEnum):
    """Who is reached: the debtor, who answers for the debt by contract, or somebody who only knows the debtor."""

    DEBTOR = "debtor"
    GUARANTOR = "guarantor"
    CONTACT = "contact"


class NumberSource(StrEnum):
    """Where a telephone number comes from."""

    CUSTOMER = "customer"  # the customer's own record
    APPLICATION = "application"  # given by the debtor when applying
    DEBTOR = "debtor"  # told by the debtor later
    FOUND = "found"  # from elsewhere: may not be called


GIVEN: Final = frozenset({NumberSource.CUSTOMER, NumberSource.APPLICATION, NumberSource.DEBTOR})
"""Numbers the debtor gave."""


class PromiseState(StrEnum):
    """What became of a promise: the receipts say it, nobody else."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


class Arm(StrEnum):
    """Which of two ways a case is worked."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"


class Group(StrEnum):
    """Whether somebody at risk is called before the due day, or left alone to compare with."""

    TREATED = "treated"
    HOLD_OUT = "hold_out"


class VisitState(StrEnum):
    """Where a field visit stands."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class LegalStage(StrEnum):
    """The stages of a claim before a court."""

    DEMAND = "demand"  # 律师函
    FILED = "filed"  # 立案申请
    ACCEPTED = "accepted"  # 受理
    MEDIATION = "mediation"  # 调解
    HEARING = "hearing"  # 开庭
    JUDGMENT = "judgment"  # 判决
    ENFORCEMENT = "enforcement"  # 执行
    CLOSED = "closed"


LEGAL_MOVES: Final = {
    LegalStage.DEMAND: frozenset({LegalStage.FILED, LegalStage.CLOSED}),
    LegalStage.FILED: frozenset({LegalStage.ACCEPTED, LegalStage.CLOSED}),
    LegalStage.ACCEPTED: frozenset({LegalStage.MEDIATION, LegalStage.HEARING, LegalStage.CLOSED}),
    LegalStage.MEDIATION: frozenset({LegalStage.HEARING, LegalStage.ENFORCEMENT, LegalStage.CLOSED}),
    LegalStage.HEARING: frozenset({LegalStage.JUDGMENT, LegalStage.MEDIATION, LegalStage.CLOSED}),
    LegalStage.JUDGMENT: frozenset({LegalStage.ENFORCEMENT, LegalStage.CLOSED}),
    LegalStage.ENFORCEMENT: frozenset({LegalStage.CLOSED}),
    LegalStage.CLOSED: frozenset(),
}
"""From which stage a claim may go where."""


class Interruption(StrEnum):
    """What lets the limitation begin anew (民法典 195)."""

    DEMAND = "demand"
    PAYMENT = "payment"
    ACKNOWLEDGEMENT = "acknowledgement"
    LAWSUIT = "lawsuit"


class RecoveryState(StrEnum):
    """Where the car of a debtor stands."""

    TAKEN = "taken"
    SOLD = "sold"
    BOOKED = "booked"  # the proceeds are on the loan
    RETURNED = "returned"


class PlacementState(StrEnum):
    """A case with an agency, or back."""

    PLACED = "placed"
    RECALLED = "recalled"
