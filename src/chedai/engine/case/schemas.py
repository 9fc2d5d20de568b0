"""The published JSON schemas of the case document and of its result, generated from the types."""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from chedai.engine.case.document import Case
from chedai.engine.case.result import CaseResult

_BASE: Final = "https://json-schema.org/draft/2020-12/schema"

_SCHEMAS: Final = {
    "case": ("A loan and the events of its life", Case),
    "result": ("The schedules of a replayed loan", CaseResult),
}


def schema(of: Literal["case", "result"]) -> str:
    """The schema as the text of its file: one document, or a list of them."""
    title, kind = _SCHEMAS[of]
    (one,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    whole = {
        "$schema": _BASE,
        "title": title,
        "oneOf": [one, {"type": "array", "items": one}],
        "$defs": parts,
    }
    text = msgspec.json.format(msgspec.json.encode(whole, order="deterministic"), indent=2).decode()
    return re.sub(r"(\\n)+\s*", " ", text) + "\n"  # docstrings keep their line breaks and indents
