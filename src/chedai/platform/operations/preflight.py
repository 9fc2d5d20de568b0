"""Before an upgrade: can it be done, and could it be undone? Every question is answered, whatever the others say."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from chedai.platform import clock
from chedai.platform.operations.health import LEAST_DISK
from chedai.platform.privacy.keys import NoKeys, read

FRESH: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer: whether it may go on, and what was found in both languages."""

    name: str
    holds: bool
    zh: str
    en: str

    def line(self) -> str:
        """As the command prints it."""
        return f"[{'ok' if self.holds else '!!'}] {self.name}: {self.zh} / {self.en}"


def database() -> Finding:
    """Whether it answers, and what it is."""
    try:
        connection.ensure_connection()
    except DatabaseError as away:
        return Finding("database", False, "连接不上", f"cannot be reached ({type(away).__name__})")
    return Finding("database", True, f"{connection.vendor} 可连接", f"{connection.vendor} answers")


def migrations() -> Finding:
    """How many steps the upgrade will take."""
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as away:
        return Finding("migrations", False, "读不出", f"cannot be read ({type(away).__name__})")
    return Finding("migrations", True, f"待执行 {waiting} 步", f"{waiting} to run")


def keys_file() -> Finding:
    """Whether what is sealed can be opened."""
    try:
        active = read(Path(settings.KEYS_FILE)).ring.active
    except (NoKeys, OSError) as absent:
        return Finding("keys", False, "密钥文件读不出", f"the keys file cannot be read ({type(absent).__name__})")
    return Finding("keys", True, f"密钥 {active} 可用", f"key {active} in force")


def disk() -> Finding:
    """Room for the archive and for what the upgrade writes: the database twice over, and what work needs."""
    free, needed = shutil.disk_usage(settings.VAR).free, LEAST_DISK + 2 * _database_size()
    zh, en = f"剩余 {free >> 20} MB,需要 {needed >> 20} MB", f"{free >> 20} MB free, {needed >> 20} MB needed"
    return Finding("disk", free >= needed, zh, en)


def last_backup() -> Finding:
    """Whether the last archive is younger than a day; a database that is still empty needs none."""
    if is_empty():
        return Finding("backup", True, "数据库为空,无需备份", "the database is empty, nothing to back up")
    archives = sorted(Path(settings.BACKUPS).glob("chedai-*.tar"), key=lambda path: path.stat().st_mtime)
    if not archives:
        return Finding("backup", False, f"{settings.BACKUPS} 中没有备份", f"no archive in {settings.BACKUPS}")
    taken = datetime.fromtimestamp(archives[-1].stat().st_mtime, UTC)
    hours = int((clock.now() - taken).total_seconds() // 3600)
    zh, en = f"最近备份在 {hours} 小时前", f"the last is {hours} hours old"
    return Finding("backup", clock.now() - taken <= FRESH, zh, en)


BEFORE_UPGRADE: Final[tuple[Callable[[], Finding], ...]] = (database, migrations, keys_file, disk)
"""What `upgrade` asks; it takes the backup itself."""


def is_empty() -> bool:
    """Whether nothing has been installed yet."""
    try:
        return not connection.introspection.table_names()
    except DatabaseError:
        return False


def _database_size() -> int:
    name = Path(str(connection.settings_dict["NAME"]))
    return name.stat().st_size if connection.vendor == "sqlite" and name.exists() else 0
