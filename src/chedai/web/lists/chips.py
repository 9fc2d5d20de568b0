"""The filter chips: set ones first and blue, each with the address that takes it away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Filter
from chedai.web.lists.state import State


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter on the page. `options` as (label, address, whether it is chosen); a filter of days has inputs."""

    key: str
    label: str
    value: str
    clear: str
    options: Sequence[tuple[str, str, bool]]
    begin: str = ""
    end: str = ""
    rest: Sequence[tuple[str, str]] = ()

    @property
    def is_set(self) -> bool:
        """Whether it narrows the list."""
        return bool(self.value)


def chips(request: Request, state: State) -> list[Chip]:
    """The chips of a list, set ones first."""
    every = [_chip(request, state, part) for part in state.spec.filters]
    return sorted(every, key=lambda chip: not chip.is_set)


def _chip(request: Request, state: State, part: Filter) -> Chip:
    if isinstance(part, Choice):
        options = [(str(value), str(label)) for value, label in part.options(request)]
        now = state.chosen.get(part.key, "")
        links = [(label, state.query(chosen={part.key: value}), value == now) for value, label in options]
        said = dict(options).get(now, now)
        return Chip(part.key, str(part.label), said, state.query(chosen={part.key: ""}), links)
    keys = (f"{part.key}_from", f"{part.key}_to")
    begin, end = (state.chosen.get(key, "") for key in keys)
    said = f"{begin} ~ {end}" if begin or end else ""
    clear = state.query(chosen=dict.fromkeys(keys, ""))
    return Chip(part.key, str(part.label), said, clear, (), begin, end, _rest(state, keys))


def _rest(state: State, keys: Sequence[str]) -> list[tuple[str, str]]:
    """What of the state the small form of a filter of days must carry along."""
    kept: Mapping[str, Any] = {k: v for k, v in state.chosen.items() if k not in keys}
    pairs = [*kept.items(), ("q", state.search), ("group", state.group)]
    if state.sort != state.spec.sort:
        pairs.append(("sort", state.sort))
    return [(key, value) for key, value in pairs if value]
