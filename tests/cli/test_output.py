"""Characters a terminal lacks become plain ones; bytes that are no text are nobody's to repair."""

from __future__ import annotations

import codecs
import io
import sys

import pytest

from chedai.cli.output import can_show, never_fail_on_a_character, page


def test_lines_and_marks_have_plain_twins(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    never_fail_on_a_character()
    sys.stdout.write("月供 × 12 · ◆ —")
    sys.stdout.flush()
    assert raw.getvalue() == b"?? x 12 - * -"


def test_only_writing_is_repaired() -> None:
    never_fail_on_a_character()
    with pytest.raises(UnicodeDecodeError):
        codecs.decode(b"\xff", "utf-8", "chedai-plain")


def test_what_a_stream_can_show() -> None:
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert not can_show("中", ascii_only)
    assert can_show("中", io.StringIO())
    assert can_show("中", io.TextIOWrapper(io.BytesIO(), encoding="gbk"))


def test_nothing_is_printed_of_a_page_that_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError), page() as out:
        out.print("half")
        raise RuntimeError
    assert capsys.readouterr().out == ""
