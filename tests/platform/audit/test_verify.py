"""The tamper drill on lines: each kind of edit is detected and located, in a log and in its export."""

import io
from pathlib import Path

import pytest

from chedai.platform.audit import export
from chedai.platform.audit.chain import Chain, canonical, merkle_root
from chedai.platform.audit.entries import Entry
from chedai.platform.audit.signing import Checkpoint, fingerprint, read, sign
from chedai.platform.audit.verify import Fault, Line, Report, verify

SEED = bytes(range(32))
SIZE = 20


def log(size: int = SIZE, mark: str = "") -> list[Line]:
    chain, lines = Chain(), []
    for seq in range(1, size + 1):
        body = canonical(Entry("system:test", "thing.done", f"thing:{seq}{mark}", {}), seq, "t", "d")
        lines.append((seq, body, chain.append(body)))
    return lines


def sealed(lines: list[Line], size: int) -> Checkpoint:
    return sign(SEED, size, merkle_root([link for _, _, link in lines[:size]]), "2026-11-21T00:00:00+00:00")


def read_over(lines: list[Line], checkpoints: tuple[Checkpoint, ...] = ()) -> Report:
    return verify(lines, size=SIZE, head=log()[-1][2], checkpoints=checkpoints)


def found(report: Report) -> list[tuple[Fault, int, int]]:
    return [(f.fault, f.first, f.last) for f in report.findings]


def test_a_log_nobody_touched_is_sound() -> None:
    report = read_over(log(), (sealed(log(), 7), sealed(log(), SIZE)))
    assert (report.sound, report.size, report.head) == (True, SIZE, log()[-1][2])


def test_an_empty_log_is_sound() -> None:
    assert verify([], size=0, head=bytes(32)).sound


def test_an_edited_entry_is_found_where_it_stands() -> None:
    lines = log()
    lines[4] = (5, lines[4][1].replace(b"done", b"dine"), lines[4][2])
    assert found(read_over(lines)) == [(Fault.EDITED, 5, 5)]


def test_an_entry_edited_with_its_link_breaks_the_next() -> None:
    lines = log()
    body = lines[4][1].replace(b"done", b"dine")
    lines[4] = (5, body, Chain(lines[3][2]).append(body))
    assert found(read_over(lines)) == [(Fault.EDITED, 6, 6)]


def test_deleted_entries_are_named_from_first_to_last() -> None:
    lines = log()
    assert found(read_over(lines[:6] + lines[9:])) == [(Fault.DELETED, 7, 9)]


def test_an_inserted_entry_is_found() -> None:
    lines = log()
    assert found(read_over([*lines[:6], lines[5], *lines[6:]])) == [(Fault.INSERTED, 6, 6)]


def test_entries_that_changed_places_are_found_in_both() -> None:
    lines = log()
    lines[4], lines[9] = (5, *lines[9][1:]), (10, *lines[4][1:])
    places = found(read_over(lines))
    assert (Fault.MOVED, 5, 10) in places
    assert (Fault.MOVED, 10, 5) in places


def test_a_cut_tail_is_found_by_the_head() -> None:
    assert found(read_over(log()[:15])) == [(Fault.CUT, 15, SIZE)]


def test_a_tail_cut_together_with_the_head_is_found_by_a_checkpoint() -> None:
    short = log()[:15]
    report = verify(short, size=15, head=short[-1][2], checkpoints=(sealed(log(), 18),))
    assert found(report) == [(Fault.CUT, 15, 18)]


def test_an_entry_beyond_the_head_is_found() -> None:
    lines = log(SIZE + 1)
    assert found(verify(lines, size=SIZE, head=lines[-2][2])) == [(Fault.INSERTED, SIZE + 1, SIZE + 1)]


def test_a_head_that_is_not_the_last_link_is_found() -> None:
    assert found(verify(log(), size=SIZE, head=bytes(32))) == [(Fault.REWRITTEN, SIZE, SIZE)]


def test_a_log_rewritten_from_the_root_is_located_between_two_checkpoints() -> None:
    honest, forged = log(), log()[:9] + log(mark="x")[9:]
    chain = Chain(honest[8][2], 9)
    forged = honest[:9] + [(seq, body, chain.append(body)) for seq, body, _ in forged[9:]]
    seals = tuple(sealed(honest, size) for size in (5, 8, 14, 20))
    report = verify(forged, size=SIZE, head=chain.head, checkpoints=seals)
    assert found(report) == [(Fault.REWRITTEN, 9, 14)]


def test_a_checkpoint_changed_or_signed_by_nobody_is_forged() -> None:
    seal = sealed(log(), 7)
    other = Checkpoint(7, bytes(32), seal.at, seal.body, seal.key, seal.signature)
    unsigned = Checkpoint(7, seal.root, seal.at, seal.body, seal.key, bytes(64))
    for bad in (other, unsigned):
        assert found(read_over(log(), (bad,))) == [(Fault.FORGED, 7, 7)]


def test_bytes_that_are_no_entry_are_an_edit() -> None:
    lines = log()
    lines[2] = (3, b"not json", lines[2][2])
    assert found(read_over(lines)) == [(Fault.EDITED, 3, 3)]
    lines[2] = (3, b'{"seq":"three"}', lines[2][2])
    assert found(read_over(lines)) == [(Fault.EDITED, 3, 3)]


def test_findings_are_sentences_in_both_languages() -> None:
    lines = log()
    finding = read_over(lines[:6] + lines[9:]).findings[0]
    assert finding.text("zh-hans") == "第 7 至 9 条被删除"
    assert finding.text("en") == "entries 7 to 9 were deleted"


def test_a_checkpoint_survives_its_line_of_text() -> None:
    seal = sealed(log(), 7)
    assert read(seal.line()) == seal
    assert seal.fingerprint == fingerprint(seal.key) == "5647-5AA7-5463-474C-0285"


def exported(path: Path, lines: list[Line], checkpoints: tuple[Checkpoint, ...]) -> Path:
    out = io.BytesIO()
    export.write(out, lines, SIZE, log()[-1][2], checkpoints)
    path.write_bytes(out.getvalue())
    return path


def test_an_export_proves_itself_without_the_database(tmp_path: Path) -> None:
    seals = (sealed(log(), 7),)
    path = exported(tmp_path / "log", log(), seals)
    assert export.verify_file(path, anchors=[sealed(log(), 12)]).sound
    assert found(export.verify_file(path, anchors=[sealed(log(30), 30)])) == [(Fault.CUT, SIZE, 30)]


def test_each_edit_of_an_export_is_found(tmp_path: Path) -> None:
    path = exported(tmp_path / "log", log(), ())
    text = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(text[:7] + text[8:]))
    assert found(export.verify_file(path)) == [(Fault.DELETED, 6, 6)]
    path.write_bytes(b"".join([*text[:-1], text[-1].replace(b"done", b"gone")]))
    assert found(export.verify_file(path)) == [(Fault.EDITED, SIZE, SIZE)]


def test_checkpoints_of_another_key_count_as_forged(tmp_path: Path) -> None:
    path = exported(tmp_path / "log", log(), (sealed(log(), 7),))
    assert export.verify_file(path, key=sealed(log(), 7).fingerprint).sound
    assert found(export.verify_file(path, key="0000-0000-0000-0000-0000")) == [(Fault.FORGED, 7, 7)]


@pytest.mark.parametrize("content", [b"", b"something else\n", export.MAGIC, export.MAGIC + b"1 zz 0\n"])
def test_a_file_that_is_no_export_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log"
    path.write_bytes(content)
    with pytest.raises(export.NotAnExport):
        export.verify_file(path)
