"""Every address of the product, as Django and the interface know them: nothing is listed by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from ninja.constants import NOT_SET

from chedai.api.urls import api
from chedai.org.doors import Lock, lock_of

API = "api/v1/"


@dataclass(frozen=True, slots=True)
class Screen:
    """An address of a screen: its name, the names of what is in it, its lock."""

    name: str
    route: str
    parameters: tuple[str, ...]
    lock: Lock | None

    def url(self, values: dict[str, Any]) -> str:
        return reverse(self.name, kwargs={name: values.get(name, "999999") for name in self.parameters})


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the interface."""

    method: str
    path: str
    lock: Lock | None
    needs_token: bool

    def url(self, values: dict[str, Any]) -> str:
        path = self.path
        for name, value in {**dict.fromkeys(self.names, 999999), **values}.items():
            path = path.replace(f"{{{name}}}", str(value))
        return f"/{API}{path.lstrip('/')}"

    @property
    def names(self) -> list[str]:
        return [part.partition("}")[0] for part in self.path.split("{")[1:]]


def _patterns(
    patterns: Iterable[URLPattern | URLResolver], before: str = "", names: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...], URLPattern]]:
    for each in patterns:
        route, inside = before + str(each.pattern), (*names, *each.pattern.regex.groupindex)
        if isinstance(each, URLResolver):
            yield from _patterns(each.url_patterns, route, inside)
        else:
            yield route, inside, each


def screens() -> list[Screen]:
    """All of them, those of allauth included."""
    found = [(r, n, p) for r, n, p in _patterns(get_resolver().url_patterns) if not r.startswith(API)]
    return [Screen(p.name or "", r, tuple(dict.fromkeys(n)), lock_of(p.callback)) for r, n, p in found]


def operations() -> list[Operation]:
    """All of them."""
    found = []
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                needs = operation.auth_callbacks or operation.auth_param is not NOT_SET or bool(api.auth)
                for method in operation.methods:
                    found.append(Operation(method.lower(), prefix + path, lock_of(operation.view_func), bool(needs)))
    return found
