"""A piece of work: all of it or nothing."""

import pytest

from chedai.platform.actors import system
from chedai.platform.work import record


def test_recording_outside_a_piece_of_work_is_a_programming_error() -> None:
    with pytest.raises(RuntimeError):
        record(actor=system("test"), action="thing.done", subject="thing:1")
