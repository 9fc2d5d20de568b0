"""A personal value in memory: it knows its kind, shows its mask, and keeps the rest to itself."""

from __future__ import annotations

from typing import Final

from chedai.platform.privacy.keys import keys
from chedai.platform.privacy.kinds import Kind, mask, normal


class Personal:
    """A value as typed, or as it came sealed from the database. `str()`, `repr()` and pages show the mask only."""

    __slots__ = ("_place", "_sealed", "_text", "kind")

    def __init__(
        self, kind: Kind, text: str | None = None, *, sealed: bytes | None = None, place: str | None = None
    ) -> None:
        self.kind: Final = kind
        self._text = None if text is None else normal(kind, text)
        self._sealed = sealed
        self._place = place

    @property
    def masked(self) -> str:
        """What may be shown."""
        return mask(self.kind, self.in_full())

    def in_full(self) -> str:
        """The whole value. For the code that must send, print or compare it; a person sees it through a reveal only."""
        if self._text is None:
            self._text = keys().ring.open(self._place or "", self._sealed or b"")
        return self._text

    def sealed_for(self, place: str) -> bytes:
        """The value encrypted for `place`; as it was stored where nothing changed."""
        if self._sealed is not None and self._place == place:
            return self._sealed
        return keys().ring.seal(place, self.in_full())

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"<{self.kind} {self.masked}>"

    def __bool__(self) -> bool:
        return bool(self.in_full())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and (self.kind, self.in_full()) == (other.kind, other.in_full())

    def __hash__(self) -> int:
        return hash((self.kind, self.in_full()))

    def __reduce__(self) -> str:
        raise TypeError("a personal value is not pickled: it would lie open in a cache or a queue")
