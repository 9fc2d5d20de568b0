"""How long a stage may take, and how much of that is used: working time, counted while the shops are open."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from chedai.deals.pipeline.states import Stage, Turn
from chedai.platform.clock import SHANGHAI

_FILE: Final = "time_limits.toml"
_MOST: Final = "most"


class LimitsFault(Exception):
    """The table of limits names a stage or a turn that there is not, or leaves no working day."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The table as one value. `most` is how many cases a lane holds; a stage that is not named has no bound."""

    version: str
    opens: time
    closes: time
    hours: MappingProxyType[tuple[Stage, Turn], timedelta]
    most: MappingProxyType[Stage, int]

    def limit_of(self, stage: Stage, turn: Turn) -> timedelta:
        """What the stage may take while it is this one's turn; a working day where the table says nothing."""
        return self.hours.get((stage, turn), self.day)

    @property
    def day(self) -> timedelta:
        """One working day."""
        return _on_clock(self.closes) - _on_clock(self.opens)

    def worked(self, since: datetime, until: datetime) -> timedelta:
        """The working time between two moments; nothing where `until` is not later."""
        return max(self._from_epoch(until) - self._from_epoch(since), timedelta(0))

    def due(self, since: datetime, limit: timedelta) -> datetime:
        """When `limit` of working time after `since` has passed."""
        return self._moment(self._from_epoch(since) + limit)

    def _moment(self, worked: timedelta) -> datetime:
        """Where on the calendar that much working time has been worked; between two days, the end of the first."""
        whole, rest = divmod(worked, self.day)
        if not rest:
            whole, rest = whole - 1, self.day
        midnight = datetime.fromordinal(whole + 1).replace(tzinfo=SHANGHAI)
        return midnight + _on_clock(self.opens) + rest

    def begun(self, until: datetime, limit: timedelta) -> datetime:
        """The moment from which on `limit` has not yet passed at `until`: what began before it is late."""
        return self._moment(self._from_epoch(until) - limit)

    def _from_epoch(self, at: datetime) -> timedelta:
        local = at.astimezone(SHANGHAI)
        today = min(max(_on_clock(local.timetz().replace(tzinfo=None)) - _on_clock(self.opens), timedelta(0)), self.day)
        return (local.date().toordinal() - 1) * self.day + today


@cache
def limits() -> Limits:
    """The table shipped with the product."""
    return read(tomllib.loads(files("chedai.deals.pipeline").joinpath(_FILE).read_text("utf-8")))


def read(document: dict[str, Any]) -> Limits:
    """A table from its document. Errors: `LimitsFault`."""
    hours: dict[tuple[Stage, Turn], timedelta] = {}
    most: dict[Stage, int] = {}
    for name, row in document["stages"].items():
        for turn, figure in row.items():
            try:
                stage = Stage(name)
                if turn == _MOST:
                    most[stage] = figure
                else:
                    hours[stage, Turn(turn)] = timedelta(hours=figure)
            except ValueError as unknown:
                raise LimitsFault(f"{name}.{turn}") from unknown
    if document["closes"] <= document["opens"]:
        raise LimitsFault("opens, closes")
    made = MappingProxyType(hours), MappingProxyType(most)
    return Limits(document["version"], document["opens"], document["closes"], *made)


def _on_clock(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
