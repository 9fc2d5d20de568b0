"""The log as a file that proves itself: lines of `link body`, then its head and its checkpoints.

The file holds no personal data, since the log holds none, and is verified on any machine without the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final

from chedai.platform.audit.signing import Checkpoint, read
from chedai.platform.audit.verify import Fault, Finding, Line, Report, verify

MAGIC: Final = b"chedai audit log 1\n"


class NotAnExport(ValueError):
    """The file is not an export of the log, or is broken off."""


def write(out: IO[bytes], lines: Iterable[Line], size: int, head: bytes, checkpoints: Sequence[Checkpoint]) -> None:
    """Write the log: a header with size and head, the checkpoints, then the entries in order."""
    out.write(MAGIC)
    out.write(b"%d %s %d\n" % (size, head.hex().encode(), len(checkpoints)))
    out.writelines(f"{c.line()}\n".encode() for c in checkpoints)
    out.writelines(b"%d %s %s\n" % (number, link.hex().encode(), body) for number, body, link in lines)


def verify_file(path: Path, *, key: str | None = None, anchors: Sequence[Checkpoint] = ()) -> Report:
    """Read an export over, with `anchors` kept outside. With `key`, checkpoints another key signed count as forged.

    Errors: `NotAnExport`.
    """
    with path.open("rb") as file:
        if file.readline() != MAGIC:
            raise NotAnExport(str(path))
        try:
            size, head, count = file.readline().split(b" ")
            inside = [read(file.readline().decode().rstrip("\n")) for _ in range(int(count))]
            given = {checkpoint.line(): checkpoint for checkpoint in (*inside, *anchors)}.values()
            trusted = [c for c in given if key is None or c.fingerprint == key]
            report = verify(_lines(file), size=int(size), head=bytes.fromhex(head.decode()), checkpoints=trusted)
        except (ValueError, KeyError, TypeError) as broken:
            raise NotAnExport(str(path)) from broken
    strangers = [Finding(Fault.FORGED, c.size, c.size) for c in given if c not in trusted]
    return Report(report.size, report.head, (*report.findings, *strangers))


def _lines(file: IO[bytes]) -> Iterator[Line]:
    from_hex = bytes.fromhex
    for line in file:
        number, link, body = line.split(b" ", 2)
        yield int(number), body[:-1], from_hex(link.decode())
