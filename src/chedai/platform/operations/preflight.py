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
PRINTED: Final = "django.core.mail.backends.console.EmailBackend"


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer: whether it may go on, and what was found in both languages. A warning holds nothing up."""

    name: str
    holds: bool
    zh: str
    en: str
    warns: bool = False

    def line(self) -> str:
        """As the command prints it."""
        mark = "!!" if not self.holds else "warn" if self.warns else "ok"
        return f"[{mark}] {self.name}: {self.zh} / {self.en}"


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
    places = (Path(settings.VAR), _standing(Path(settings.BACKUPS)))
    free, needed = min(shutil.disk_usage(place).free for place in places), LEAST_DISK + 2 * _database_size()
    zh, en = f"剩余 {free >> 20} MB，需要 {needed >> 20} MB", f"{free >> 20} MB free, {needed >> 20} MB needed"
    return Finding("disk", free >= needed, zh, en)


def mail() -> Finding:
    """Whether letters go out. Without CHEDAI_MAIL they are printed: who reads the log could set a new password."""
    if settings.EMAIL_BACKEND == PRINTED:
        zh, en = "未设置 CHEDAI_MAIL，重置密码的链接会写入日志", "no CHEDAI_MAIL: new passwords' links go to the log"
        return Finding("mail", True, zh, en, warns=True)
    return Finding("mail", True, f"经 {settings.EMAIL_HOST} 发送", f"by {settings.EMAIL_HOST}")


def last_backup() -> Finding:
    """Whether the last archive is younger than a day; a database that is still empty needs none."""
    if is_empty():
        return Finding("backup", True, "数据库为空，无需备份", "the database is empty, nothing to back up")
    archives = sorted(Path(settings.BACKUPS).glob("chedai-*.tar"), key=lambda path: path.stat().st_mtime)
    if not archives:
        return Finding("backup", False, f"{settings.BACKUPS} 中没有备份", f"no archive in {settings.BACKUPS}")
    taken = datetime.fromtimestamp(archives[-1].stat().st_mtime, UTC)
    hours = int((clock.now() - taken).total_seconds() // 3600)
    zh, en = f"最近备份在 {hours} 小时前", f"the last is {hours} hours old"
    return Finding("backup", clock.now() - taken <= FRESH, zh, en)


BEFORE_UPGRADE: Final[tuple[Callable[[], Finding], ...]] = (database, migrations, keys_file, disk, mail)
"""What `upgrade` asks; it takes the backup itself."""


def is_empty() -> bool:
    """Whether nothing has been installed yet."""
    try:
        return not connection.introspection.table_names()
    except DatabaseError:
        return False


def _standing(folder: Path) -> Path:
    """The folder, or what it will be made in."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _database_size() -> int:
    """Bytes; 0 where it cannot be asked, which `database` says."""
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        return name.stat().st_size if name.exists() else 0
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    except DatabaseError:
        return 0
