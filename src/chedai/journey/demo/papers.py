"""The papers of the demo: pictures that say what they stand for, each of them different from every other."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from typing import Final

from chedai.platform.documents.rendering import png

_END: Final = 12  # bytes of the last chunk of a PNG
_PPI: Final = 72.0


def paper(title: str, mark: str) -> bytes:
    """A picture of a paper. `mark` (ASCII) is written into the file, so that no two are the same."""
    sheet, note = _sheet(title), b"Comment\x00" + mark.encode("ascii")
    return sheet[:-_END] + _chunk(b"tEXt", note) + sheet[-_END:]


@cache
def _sheet(title: str) -> bytes:
    return png("sample_paper", {"title": title}, ppi=_PPI)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
