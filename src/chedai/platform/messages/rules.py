"""Templates: text with {names}, checked when it is written, filled when it is sent."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Final

from chedai.platform.errors import Refusal

LONGEST: Final = {"sms": 500, "email": 20_000, "console": 20_000}

_formatter = string.Formatter()


def names_in(text: str) -> frozenset[str]:
    """The {names} of a template. Errors: `Refusal` for braces that are none, or anything but a plain name in them."""
    try:
        parts = list(_formatter.parse(text))
    except ValueError:
        raise Refusal("template-braces", "花括号不成对", "the braces do not match", field="body") from None
    names = set()
    for _, name, spec, conversion in parts:
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            zh, en = f"占位符 {{{name}}} 只能是名称", f"the placeholder {{{name}}} must be a plain name"
            raise Refusal("template-name", zh, en, field="body")
        names.add(name)
    return frozenset(names)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its names filled in. Errors: `Refusal` naming what is missing."""
    missing = sorted(names_in(text) - values.keys())
    if missing:
        listed = ", ".join(missing)
        raise Refusal("template-value", f"缺少内容：{listed}", f"missing: {listed}", field="body")
    return text.format_map(values)
