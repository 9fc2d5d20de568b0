"""What a person is told when something is refused: one sentence in each language, beside the field it concerns."""

from __future__ import annotations

from collections.abc import Iterable


class Refusal(Exception):
    """A step that is refused and has changed nothing. `code` is stable for the API, `field` where a form shows it."""

    status = 422

    def __init__(self, code: str, zh: str, en: str, *, field: str | None = None) -> None:
        self.code = code
        self.zh = zh
        self.en = en
        self.field = field
        super().__init__(f"{code}: {en}")

    def text(self, language: str) -> str:
        """The sentence in `language` ("zh-hans", "zh" or "en")."""
        return self.zh if language.startswith("zh") else self.en


class NotAllowed(Refusal):
    """The actor does not have the right."""

    status = 403


class NotFound(Refusal):
    """There is no such thing, or the actor may not know that there is."""

    status = 404


class Conflict(Refusal):
    """Somebody else was faster: the thing has changed since it was read."""

    status = 409


class Refusals(Refusal):
    """Several refusals at once, so that a form shows all of them and nobody corrects one by one."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        first = self.refusals[0]
        super().__init__(first.code, first.zh, first.en, field=first.field)
