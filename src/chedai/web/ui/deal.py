"""What stands at the head of a case: its stages, whose turn it is; beside it what happened and the papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise

from chedai.web.ui.board import Urgency, urgency

Text = str | Promise
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage: `state` is done, now or nothing; the note is a date under a done one, the round under the current."""

    word: Text
    note: Text = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A button: `posts` to its address, or leads there. One `main` on a page; `key` presses it and is printed on it."""

    label: Text
    url: str
    icon: str = ""
    key: str = ""
    main: bool = False
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is, what to do and why, and the working time used of the limit."""

    what: Text
    why: Text
    used: timedelta
    limit: timedelta
    ours: bool = True
    until: datetime | None = None
    acts: tuple[Act, ...] = ()

    @property
    def edge(self) -> str:
        """The class of its left edge: accent (ours), grey (theirs), amber past half of the limit, red past it."""
        tints = {Urgency.LATE: "turn-red", Urgency.SOON: "turn-amber"}
        return tints.get(urgency(self.used, self.limit), "" if self.ours else "turn-theirs")

    @property
    def bar(self) -> str:
        """The tint of its bar."""
        return {Urgency.LATE: "red", Urgency.SOON: "amber"}.get(urgency(self.used, self.limit), "")

    @property
    def minutes(self) -> tuple[int, int]:
        """Used and limit in minutes, for the bar."""
        return self.used // _MINUTE, max(self.limit // _MINUTE, 1)


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the timeline. `tint` is red only for what came back or was not kept; `pinned` stays on top."""

    icon: str
    title: Text
    detail: Text = ""
    at: datetime | None = None
    who: Text = ""
    tint: str = ""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in the viewer: its picture is shown, anything else is opened by itself."""

    name: Text
    url: str
    media_type: str
    note: Text = ""

    @property
    def is_picture(self) -> bool:
        """Whether the page can show it."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True, slots=True)
class WhyNot:
    """A plan that fell out: the rule with both figures and its version; the smallest change that passes, or none."""

    name: Text
    rule: Text
    change: Text = ""
    url: str = ""
