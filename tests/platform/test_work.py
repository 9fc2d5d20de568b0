"""A piece of work: all of it or nothing; what gathers in it is written once, just before the commit."""

from __future__ import annotations

import pytest

from chedai.platform.actors import system
from chedai.platform.audit.models import AuditEntry
from chedai.platform.work import gathered, gathering, record, service

BY = system("test")


class Things:
    """What a piece of work did, written as one entry."""

    def __init__(self) -> None:
        self.done: list[int] = []

    def close(self) -> None:
        record(actor=BY, action="things.done", subject="thing:1", facts={"of": ",".join(map(str, self.done))})


@service
def thing_do(*numbers: int, fail: bool = False) -> list[int]:
    for number in numbers:
        gathering(Things).done.append(number)
    if len(numbers) > 1:
        thing_do(0)
    if fail:
        raise LookupError
    found = gathered(Things)
    return found.done if found else []


def test_recording_outside_a_piece_of_work_is_a_programming_error() -> None:
    with pytest.raises(RuntimeError):
        record(actor=BY, action="thing.done", subject="thing:1")
    with pytest.raises(RuntimeError):
        gathering(Things)
    assert gathered(Things) is None


@pytest.mark.django_db
def test_what_gathers_is_written_once_at_the_close_and_goes_with_a_work_that_fails() -> None:
    with pytest.raises(LookupError):
        thing_do(1, 2, fail=True)
    assert not AuditEntry.objects.exists()
    assert thing_do(3, 4) == [3, 4, 0]
    assert b'"of":"3,4,0"' in bytes(AuditEntry.objects.get().body)
    assert gathered(Things) is None
