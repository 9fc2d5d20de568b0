"""From a template and its figures to a PDF or a picture.

Templates are typst files in `chedai/documents/`; fonts lie beside them, so that a paper looks the same on every machine
and no font of the machine is asked. Figures reach a template as JSON: what people typed is data there, never markup.
The same figures give the same bytes, which is what lets a paper be found again by its hash.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import typst

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "documents"
_NAME: Final = re.compile(r"[a-z][a-z_]*")
_EPOCH: Final = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
"""The moment inside every file: the true one is among the figures, where the paper shows it."""


class NoTemplate(Exception):
    """A paper that the house does not have."""


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The paper as PDF/A. `template` is a file of `chedai/documents` without its ending. Errors: `NoTemplate`."""
    return _render(template, data, "pdf")


def png(template: str, data: Mapping[str, Any], *, ppi: float = 144.0) -> bytes:
    """The first page as a picture, at `ppi` dots an inch. Errors: `NoTemplate`."""
    return _render(template, data, "png", ppi)


def _render(template: str, data: Mapping[str, Any], form: Literal["pdf", "png"], ppi: float | None = None) -> bytes:
    path = TEMPLATES / f"{template}.typ"
    if not _NAME.fullmatch(template) or not path.is_file():
        raise NoTemplate(template)
    made: Any = typst.compile(
        str(path),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        format=form,
        ppi=ppi,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"] if form == "pdf" else [],
        timestamp=_EPOCH,
    )
    if isinstance(made, list):  # a picture of several pages comes page by page
        made = made[0]
    return bytes(made)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(TEMPLATES / "fonts")])
