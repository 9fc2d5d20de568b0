"""Taking everything along and bringing it back: one archive with the database, the papers, and what proves both.

The archive is taken while people work: SQLite by its own online copy, PostgreSQL by pg_dump's snapshot. It holds the
sealed data, not the keys; those are kept apart, so that a lost archive is not a lost secret. A manifest names every
file with its hash and the head of the audit log; restoring checks them before, and after that the whole chains of the
audit log and of the ledger.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from django.core.files.storage import FileSystemStorage, storages
from django.db import connection

from chedai import __version__
from chedai.platform import clock
from chedai.platform.audit.selectors import head
from chedai.platform.audit.services import log_verify
from chedai.platform.operations.proofs import proofs_read

MANIFEST: Final = "manifest.json"
_SQLITE, _POSTGRES = "database.sqlite3", "database.dump"


class BackupFault(Exception):
    """The archive is damaged, belongs to another kind of database, or the place to restore into is not empty."""


def backup(folder: Path) -> Path:
    """Write an archive into `folder`; its path. A disk that fills up leaves no half archive."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"chedai-{clock.now():%Y%m%dT%H%M%SZ}.tar"
    beside = target.with_suffix(".part")
    try:
        with tempfile.TemporaryDirectory(dir=folder) as scratch, tarfile.open(beside, "w") as archive:
            size, link = head()
            database = _dump(Path(scratch))
            files = {database.name: _add(archive, database, database.name)}
            files |= {f"papers/{name}": _add(archive, path, f"papers/{name}") for name, path in _papers()}
            manifest = {
                "product": __version__,
                "taken_at": clock.now().isoformat(),
                "audit": {"size": size, "link": link.hex()},
                "files": files,
            }
            _add_bytes(archive, MANIFEST, json.dumps(manifest, indent=1).encode())
        os.chmod(beside, 0o600)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return target


def check(archive: Path) -> dict[str, Any]:
    """Read an archive through; its manifest. Errors: `BackupFault` naming what is damaged."""
    found: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None:
                    raise BackupFault(f"{member.name}: not a file / 不是文件")
                if member.name == MANIFEST:
                    manifest = json.loads(content.read())
                else:
                    found[member.name] = _hash_of(content)
    except (tarfile.TarError, OSError, ValueError) as broken:
        raise BackupFault(f"the archive cannot be read / 备份文件读不出： {type(broken).__name__}") from broken
    if manifest is None:
        raise BackupFault("the archive has no manifest / 备份没有清单")
    wrong = sorted(n for n in manifest["files"].keys() | found.keys() if manifest["files"].get(n) != found.get(n))
    if wrong:
        raise BackupFault(f"damaged / 已损坏： {', '.join(wrong[:5])}")
    return manifest


def restore(archive: Path) -> dict[str, Any]:
    """Bring an archive back into an empty database and an empty folder of papers, then read audit log and ledger over.

    Errors: `BackupFault`; before anything is written where the archive is damaged or the place is not empty.
    """
    manifest = check(archive)
    name = _SQLITE if connection.vendor == "sqlite" else _POSTGRES
    if name not in manifest["files"]:
        raise BackupFault("the archive is of another kind of database / 备份来自另一种数据库")
    if connection.introspection.table_names():
        raise BackupFault("the database is not empty / 数据库不是空的")
    with tarfile.open(archive) as tar, tempfile.TemporaryDirectory() as scratch:
        tar.extractall(scratch, filter="data")
        _load(Path(scratch) / name)
        _bring_papers(Path(scratch) / "papers")
    read_over(manifest["audit"]["size"])
    return manifest


def read_over(size: int) -> None:
    """Read the audit log over, of `size` entries or more, and what else proves itself. Errors: `BackupFault`."""
    report = log_verify()
    if not report.sound or report.size < size:
        raise BackupFault("the audit log does not read over soundly / 审计日志校验未通过")
    for one in proofs_read():
        if one.findings:
            raise BackupFault(f"does not read over soundly / 校验未通过： {one.line()}")


def _dump(scratch: Path) -> Path:
    if connection.vendor == "sqlite":
        target = scratch / _SQLITE
        with sqlite3.connect(str(connection.settings_dict["NAME"])) as source, sqlite3.connect(target) as copy:
            source.backup(copy)
        return target
    target = scratch / _POSTGRES
    _postgres("pg_dump", "--format=custom", "--no-owner", f"--file={target}")
    return target


def _load(dump: Path) -> None:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        connection.close()
        with sqlite3.connect(dump) as source, sqlite3.connect(name) as target:
            source.backup(target)
        return
    _postgres("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={name}", str(dump))


def _postgres(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on our database; the password goes by the environment, not the command."""
    database = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    given = {variable: str(database[name]) for variable, name in names.items() if database.get(name)}
    subprocess.run([program, *arguments], env={**os.environ, **given}, check=True)


def _papers() -> Iterator[tuple[str, Path]]:
    """The papers of a local folder. Those on an S3 store are kept by its own versions and copies."""
    storage = storages["papers"]
    if isinstance(storage, FileSystemStorage):
        root = Path(storage.location)
        for path in sorted(root.rglob("*")):
            if path.is_file() and len(path.name) == 64:
                yield path.relative_to(root).as_posix(), path


def _bring_papers(folder: Path) -> None:
    storage = storages["papers"]
    if not folder.exists() or not isinstance(storage, FileSystemStorage):
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            target = Path(storage.path(path.relative_to(folder).as_posix()))
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)


def _add(archive: tarfile.TarFile, path: Path, name: str) -> str:
    content = path.read_bytes()
    _add_bytes(archive, name, content)
    return hashlib.sha256(content).hexdigest()


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(content), int(clock.now().timestamp()), 0o600
    archive.addfile(member, io.BytesIO(content))


def _hash_of(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()
