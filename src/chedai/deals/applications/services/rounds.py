"""Writing down that a file goes to lenders: for each one round, and, where it goes by machine, the job that sends it.

All lenders of one sending are written together, a statement for each table, however many they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chedai.catalog.partners.models import Lender
from chedai.deals.applications.models import Application, Submission, SubmissionRound
from chedai.deals.applications.plans import Option
from chedai.deals.applications.states import SubmissionState
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.inserting import rows_write_numbered
from chedai.platform.jobs.services import Asked, jobs_ask
from chedai.platform.work import record

SEND: Final = "lender.send"
_NOTHING: Final = "[]"  # as JSON


@dataclass(frozen=True, slots=True)
class Going:
    """The file on its way to one lender, for one product. `standing` is the submission of rounds before, already moved
    on to its next.
    """

    lender: Lender
    option: Option
    standing: Submission | None

    @property
    def by_machine(self) -> bool:
        """Whether it goes over the lender's interface; otherwise somebody takes it there and says what came."""
        return self.lender.channel == "http"

    @property
    def state(self) -> SubmissionState:
        """Where the round begins: what a person takes is there at once."""
        return SubmissionState.SENDING if self.by_machine else SubmissionState.SENT


def rounds_open(application: Application, going: Sequence[Going], actor: Actor) -> list[int]:
    """Write the rounds, in the piece of work that is open. The numbers of the submissions, in the order of `going`."""
    now = clock.now()
    made = iter(_submissions(application, [one for one in going if one.standing is None], now))
    numbers = [one.standing.pk if one.standing is not None else next(made) for one in going]
    rounds = [one.standing.round if one.standing is not None else 1 for one in going]
    opened = _rounds(application, going, numbers, rounds, now)
    jobs = zip(going, opened, strict=True)
    jobs_ask(SEND, [Asked(f"{SEND}:{pk}", {"round": pk}) for one, pk in jobs if one.by_machine], actor)
    for one, number in zip(going, rounds, strict=True):
        facts: dict[str, Scalar] = {"lender": one.lender.code, "round": number, "amount": one.option.amount}
        record(actor=actor, action="submission.sent", subject=f"deal:{application.deal_id}", facts=facts)
    return numbers


def _submissions(application: Application, new: Sequence[Going], now: datetime) -> list[int]:
    if not new:
        return []
    return rows_write_numbered(
        Submission,
        {
            "application_id": application.pk,
            "lender_code": [one.lender.code for one in new],
            "lender_name": [one.lender.name for one in new],
            "channel": [one.lender.channel for one in new],
            "product_code": [one.option.product_code for one in new],
            "product_version": [one.option.product_version for one in new],
            "state": [one.state.value for one in new],
            "conditions": _NOTHING,
            "made_at": now,
            "changed_at": now,
        },
    )


def _rounds(
    application: Application, going: Sequence[Going], numbers: Sequence[int], rounds: Sequence[int], now: datetime
) -> list[int]:
    deal = application.deal.number
    return rows_write_numbered(
        SubmissionRound,
        {
            "submission_id": numbers,
            "number": rounds,
            "key": [f"{deal}-{number}-{count}" for number, count in zip(numbers, rounds, strict=True)],
            "asked_amount": [one.option.amount for one in going],
            "asked_rate": [one.option.annual_rate for one in going],
            "asked_periods": [one.option.periods for one in going],
            "state": [one.state.value for one in going],
            "conditions": _NOTHING,
            "opened_at": now,
            "sent_at": [None if one.by_machine else now for one in going],
        },
    )
