"""The restore drill: everything is taken along while people work, and comes back sound in an empty place."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import override_settings

from chedai.config.environment import folder
from chedai.platform.actors import system
from chedai.platform.audit.models import AuditEntry
from chedai.platform.files.services import paper_hand_in
from chedai.platform.operations.backup import BackupFault, backup, check
from chedai.platform.work import record, service

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

HOUSE = system("test")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


@service
def thing_do(number: int) -> None:
    record(actor=HOUSE, action="thing.done", subject=f"thing:{number}")


@pytest.fixture
def papers(tmp_path: Path, settings: Any) -> Iterator[Path]:
    with override_settings(STORAGES={**settings.STORAGES, "papers": folder(tmp_path / "papers")}):
        yield tmp_path / "papers"


@pytest.fixture
def empty_place(tmp_path: Path, settings: Any) -> Iterator[dict[str, str]]:
    """The environment of another, empty installation with the same keys."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    environment = {**os.environ, "CHEDAI_DEBUG": "yes", "CHEDAI_VAR": str(place)}
    environment |= {"CHEDAI_KEYS_FILE": str(settings.KEYS_FILE), "DJANGO_SETTINGS_MODULE": "chedai.config.settings"}
    if connection.vendor == "sqlite":
        environment["CHEDAI_DATABASE_URL"] = f"sqlite:///{place / 'chedai.sqlite3'}"
        yield environment
        return
    name = f"{connection.settings_dict['NAME']}_elsewhere"  # of this worker alone
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    parts = urlsplit(os.environ["CHEDAI_DATABASE_URL"])
    environment["CHEDAI_DATABASE_URL"] = parts._replace(path=f"/{name}").geturl()
    yield environment
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def chedai(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "django", *command]
    return subprocess.run(call, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("papers")
def test_what_was_backed_up_while_people_work_comes_back_sound(tmp_path: Path, empty_place: dict[str, str]) -> None:
    for number in range(30):
        thing_do(number)
    paper = paper_hand_in(subject="thing:1", purpose="id", name="王小明", content=PNG, actor=HOUSE)
    stop = threading.Event()

    def people_work() -> None:
        number = 100
        while not stop.is_set():
            thing_do(number)
            number += 1
        connection.close()

    worker = threading.Thread(target=people_work)
    worker.start()
    try:
        archive = backup(tmp_path / "backups")
    finally:
        stop.set()
        worker.join()
    assert "王小明".encode() not in archive.read_bytes()
    size = check(archive)["audit"]["size"]
    restored = chedai(empty_place, "restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    assert f"audit log of {size} entries: sound" in restored.stdout
    assert re.search(r"^ledger / 总账: \d+ entries: sound / 完好$", restored.stdout, re.MULTILINE), restored.stdout
    verified = chedai(empty_place, "audit", "verify")
    assert (verified.returncode, int(verified.stdout.split()[0]) >= size >= 31) == (0, True)
    read = (
        "from chedai.platform.files.selectors import paper_content as p; import sys; sys.stdout.write(p(%d)[1].hex())"
    )
    shown = chedai(empty_place, "shell", "--no-imports", "-c", read % paper.pk)
    assert bytes.fromhex(shown.stdout) == PNG


@pytest.mark.usefixtures("papers")
def test_a_place_that_is_not_empty_is_left_alone(tmp_path: Path, empty_place: dict[str, str]) -> None:
    archive = backup(tmp_path / "backups")
    assert chedai(empty_place, "restore", str(archive)).returncode == 0
    again = chedai(empty_place, "restore", str(archive))
    assert (again.returncode, "not empty" in again.stderr) == (1, True)


def rewritten(archive: Path, name: str, content: bytes | None) -> Path:
    """The archive with one file replaced, or left out."""
    target = archive.with_suffix(".bad")
    with tarfile.open(archive) as source, tarfile.open(target, "w") as copy:
        for member in source:
            held = source.extractfile(member)
            assert held is not None
            body = held.read() if member.name != name else content
            if body is not None:
                member.size = len(body)
                copy.addfile(member, io.BytesIO(body))
    return target


@pytest.mark.usefixtures("papers")
def test_a_damaged_archive_is_found_before_anything_is_written(tmp_path: Path) -> None:
    paper_hand_in(subject="thing:1", purpose="id", name="身份证", content=PNG, actor=HOUSE)
    archive = backup(tmp_path / "backups")
    paper = next(name for name in check(archive)["files"] if name.startswith("papers/"))
    for content in (b"other", None):
        with pytest.raises(BackupFault, match="damaged"):
            check(rewritten(archive, paper, content))
    with pytest.raises(BackupFault, match="manifest"):
        check(rewritten(archive, "manifest.json", None))
    (tmp_path / "no.tar").write_bytes(b"no archive")
    with pytest.raises(BackupFault, match="cannot be read"):
        check(tmp_path / "no.tar")


@pytest.mark.usefixtures("papers")
def test_a_full_disk_leaves_no_half_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "addfile", full)
    with pytest.raises(OSError, match="No space"):
        backup(tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.usefixtures("papers")
def test_the_manifest_names_every_file_and_the_head_of_the_log(tmp_path: Path) -> None:
    thing_do(1)
    manifest = check(backup(tmp_path / "backups"))
    assert manifest["audit"] == {"size": 1, "link": bytes(AuditEntry.objects.get().link).hex()}
    assert json.dumps(manifest).count("database.") == 1
