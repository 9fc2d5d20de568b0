"""Whatever is put on record has a word: nobody reads a code on a timeline or in the audit log."""

from __future__ import annotations

import re
from pathlib import Path

import chedai
from chedai.org.permissions import table
from chedai.web.acts import ACTIONS

_RECORDED = re.compile(r'record\w*\(\s*(?:[^"()]*?,)?\s*(?:action=)?"([a-z_]+\.[a-z_]+)"|\baction="([a-z_]+\.[a-z_]+)"')


def test_every_action_that_is_recorded_has_its_word() -> None:
    sources = Path(chedai.__file__).parent.rglob("*.py")
    recorded = {one or other for path in sources for one, other in _RECORDED.findall(path.read_text(encoding="utf-8"))}
    assert len(recorded) > 200
    assert recorded - set(table().permissions) - set(ACTIONS) == set()
