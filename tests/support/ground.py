"""What many tests begin with is laid once a worker; what a test changes on it is undone behind the test.

A module names its ground, `pytestmark = begins_with(shelf, papered)`: functions that build, each on those
before it. They lie in transactions inside one another that stay open from test to test. A test with another ground
finds them undone down to what both share; one without a ground, and one that commits, finds the empty house it expects.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from django.db import transaction
from django.db.models import Model

from chedai.platform import clock

T = TypeVar("T")
MOMENT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""When all of it happened: Friday 20 November 2026, ten in the morning in Shanghai."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """A step that lies, in a transaction of its own, and what it made."""

    step: Callable[[], Any]
    whole: transaction.Atomic
    made: Any


_lying: list[_Laid] = []


def begins_with(*steps: Callable[[], Any]) -> pytest.MarkDecorator:
    """The mark of tests that begin with these steps."""
    return pytest.mark.begins_with.with_args(*steps)


def lay(*steps: Callable[[], Any]) -> None:
    """Let exactly these steps lie, in this order. None: the empty house."""
    common = 0
    for lies, wanted in zip(_lying, steps, strict=False):
        if lies.step is not wanted:
            break
        common += 1
    while len(_lying) > common:
        undone = _lying.pop()
        transaction.set_rollback(True)
        undone.whole.__exit__(None, None, None)
    for step in steps[common:]:
        whole = transaction.atomic()
        whole.__enter__()
        try:
            with clock.frozen(MOMENT):
                made = step()
        except BaseException:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)
            raise
        _lying.append(_Laid(step, whole, made))


def given(step: Callable[[], T]) -> T:
    """What a step made, for this test alone: where it does not lie it is made now.

    What something was built upon is not what the step made any more: the test names a ground of its own.
    """
    laid = next((one for one in _lying if one.step is step), None)
    if laid is None:
        return step()
    assert laid.made is None or laid is _lying[-1], f"{_lying[-1].step.__name__} was built on {step.__name__}"
    made: T = _own(laid.made, {})
    return made


def lies(step: Callable[[], Any]) -> bool:
    """Whether a step was laid under this test."""
    return any(one.step is step for one in _lying)


def _own(made: Any, known: dict[int, Any]) -> Any:
    """The same rows in objects of this test alone; sealed values, which refuse to be copied, are shared."""
    if isinstance(made, tuple | list):
        return type(made)(_own(one, known) for one in made)
    if not isinstance(made, Model) and not is_dataclass(made):
        return made
    if id(made) not in known:
        known[id(made)] = own = copy.copy(made)
        if isinstance(own, Model):
            own._state.fields_cache = {name: _own(one, known) for name, one in own._state.fields_cache.items()}
        else:
            for field in fields(own):
                object.__setattr__(own, field.name, _own(getattr(own, field.name), known))
    return known[id(made)]
