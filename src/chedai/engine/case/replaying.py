"""Runs a case through the replay: which schedules it asks for, and the state of the loan after each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from chedai.engine.case import translate
from chedai.engine.case.document import Case, DisbursementCase
from chedai.engine.case.fields import in_the_document
from chedai.engine.case.reading import read
from chedai.engine.case.refusal import refused
from chedai.engine.case.result import AfterResult, CaseResult, ScheduleResult, schedule
from chedai.engine.errors import EngineError, EventRefused
from chedai.engine.life.conventions import Conventions
from chedai.engine.life.events import Event
from chedai.engine.life.replay import replay
from chedai.engine.life.state import LoanState
from chedai.engine.terms import LoanTerms


def run(raw: bytes, show: Literal["each", "last"] | None = None) -> CaseResult:
    """One case document to the schedules it asks for, in the order of its events; `show` overrides the document's.

    Errors: `CaseRefused` with the path of the field or event. Nothing is returned of a case that fails anywhere.
    """
    case = read(raw)
    _refuse_before_the_payout(case)
    loan = _Loan(case, translate.loan_terms(case), translate.conventions(case), translate.events(case))
    return CaseResult(name=case.name, schedules=tuple(loan.schedule(place + 1) for place in _places(case, show)))


def _refuse_before_the_payout(case: Case) -> None:
    """A day before the first payout has no schedule."""
    payouts = [event.date for event in case.events if isinstance(event, DisbursementCase)]
    first = min(payouts, default=case.terms.disbursement_date)
    if case.as_of is not None and case.as_of < first:
        raise refused("as_of", f"must not be before the payout on {first}", f"不得早于放款日 {first}", case.as_of)


@dataclass(frozen=True, slots=True)
class _Loan:
    """A case in the engine's words."""

    case: Case
    terms: LoanTerms
    conventions: Conventions
    events: tuple[Event, ...]

    def schedule(self, happened: int) -> ScheduleResult:
        """The schedule once the first `happened` events are in: on the day they reach, at the end on the case's day."""
        events = self.events[:happened]
        reached = max((event.recorded_on or event.on for event in events), default=self.terms.disbursed_on)
        as_of = self.case.as_of if self.case.as_of and happened == len(self.events) else reached
        after = None
        if happened:
            told = self.case.events[happened - 1]
            kind = str(told.__struct_config__.tag)
            after = AfterResult(index=happened - 1, type=kind, date=events[-1].on, id=told.id)
        return schedule(after, self._state(events, as_of))

    def _state(self, events: tuple[Event, ...], as_of: date) -> LoanState:
        try:
            return replay(self.terms, self.conventions, events, as_of, known_on=self.case.known_on)
        except EngineError as error:
            of_the_terms = error.row is None or not isinstance(error, EventRefused)
            raise in_the_document(error, self.case, None if of_the_terms else error.row) from None
        except OverflowError:  # a day before year 1 or after 9999
            raise refused("events", "must keep to days the calendar has", "日期超出日历范围") from None


def _places(case: Case, show: Literal["each", "last"] | None) -> list[int]:
    """The places of the events after which a schedule is asked for; -1 is the contract before any event."""
    last = len(case.events) - 1
    asked = show or case.show
    if asked == "each":
        return list(range(min(last, 0), last + 1))
    wanted = {last} if asked == "last" else {_place(case, name, f"show[{i}]") for i, name in enumerate(asked)}
    return sorted(wanted | {place for place, event in enumerate(case.events) if event.show})


def _place(case: Case, name: str | int, path: str) -> int:
    for place, event in enumerate(case.events):
        if name in (event.id, place):
            return place
    raise refused(path, "is neither the id nor the place (from 0) of an event", "不是事件的编号或位置(从 0 起)", name)
