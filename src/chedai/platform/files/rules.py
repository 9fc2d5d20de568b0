"""What may come in: kinds of file by their content, and sizes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import filetype

from chedai.platform.errors import Refusal

MEGABYTE: Final = 1024 * 1024

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv"
"""Has no mark of its own: taken only where it is asked for, and only if it is text."""

KINDS: Final[Mapping[str, tuple[str, int]]] = MappingProxyType(
    {
        "image/jpeg": ("jpg", 20 * MEGABYTE),
        "image/png": ("png", 20 * MEGABYTE),
        "image/webp": ("webp", 20 * MEGABYTE),
        "image/heic": ("heic", 20 * MEGABYTE),
        "application/pdf": ("pdf", 50 * MEGABYTE),
        XLSX: ("xlsx", 50 * MEGABYTE),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx", 50 * MEGABYTE),
        "video/mp4": ("mp4", 200 * MEGABYTE),
        CSV: ("csv", 50 * MEGABYTE),
    }
)
"""Media type by content -> usual ending, largest size."""

LARGEST: Final = max(size for _, size in KINDS.values())


def media_type(content: bytes, allowed: frozenset[str] | None = None) -> str:
    """What the bytes are. Errors: `Refusal` for an empty, unknown, not allowed or too large file."""
    if not content:
        raise Refusal("file-empty", "文件是空的", "the file is empty", field="file")
    guess = filetype.guess(content)
    found = guess.mime if guess is not None else ""
    if not found and allowed is not None and CSV in allowed and b"\x00" not in content:
        found = CSV
    if found not in (allowed or KINDS.keys() - {CSV}):
        endings = ", ".join(ending for kind, (ending, _) in KINDS.items() if kind in (allowed or KINDS.keys() - {CSV}))
        zh, en = f"不支持这种文件，可用 {endings}", f"this kind of file is not accepted; use {endings}"
        raise Refusal("file-kind", zh, en, field="file")
    refuse_size(len(content), KINDS[found][1])
    return found


def refuse_size(size: int, largest: int = LARGEST) -> None:
    """Errors: `Refusal` where a file is larger than it may be."""
    if size > largest:
        megabytes = largest // MEGABYTE
        zh, en = f"文件超过 {megabytes} MB", f"the file is larger than {megabytes} MB"
        raise Refusal("file-size", zh, en, field="file")
