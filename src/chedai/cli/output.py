"""Printing: a console as wide as the terminal, plain when there is none, and the few marks all tables share."""

from __future__ import annotations

import codecs
import io
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.box import Box
from rich.console import Console

WIDEST: Final = 120
NARROWEST: Final = 60
PIPE: Final = (100, 40)
"""Columns and lines where there is no terminal."""

RULED: Final = Box("    \n    \n ── \n    \n ── \n ── \n    \n    \n")
"""Hairlines only: under the head, and where a section starts."""

_PLAIN: Final = {"·": "-", "×": "x", "−": "-", "—": "-", "…": "...", "─": "-", "◆": "*", "→": "->", "≤": "<="}


@contextmanager
def page() -> Iterator[Console]:
    """A console for standard output, as wide as the terminal, 100 columns without one; colours only on a terminal.

    What was printed is written when the page is whole, without the blanks that pad tables to the right.
    """
    width = shutil.get_terminal_size(PIPE).columns
    out = Console(
        file=sys.stdout,
        width=max(NARROWEST, min(width, WIDEST)),
        highlight=False,
        markup=False,
        emoji=False,
    )
    with out.capture() as captured:
        yield out
    lines = captured.get().split("\n")
    sys.stdout.write("\n".join(line.rstrip() for line in lines))


def never_fail_on_a_character() -> None:
    """A stream whose encoding lacks a character gets the nearest plain one, or a question mark; the run goes on."""
    codecs.register_error("chedai-plain", _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="chedai-plain")


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_PLAIN.get(character, "?") for character in missing), error.end


def can_show(text: str, stream: object) -> bool:
    """Whether a stream's encoding has these characters."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
