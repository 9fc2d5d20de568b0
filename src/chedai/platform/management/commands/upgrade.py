"""`chedai upgrade`: check, back up, bring the database and the static files up to date, read audit log and ledger over.

Run it with the service stopped. It stops at the first step that fails; the archive it names brings back what was there.
On an empty database it is the installation.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from chedai.platform.operations.backup import backup
from chedai.platform.operations.logs import blot
from chedai.platform.operations.preflight import BEFORE_UPGRADE, is_empty
from chedai.platform.operations.proofs import proofs_read

UNUSED: Final = ("ninja",)
"""Static files no page asks for: the document viewers of the API library, megabytes that take long to compress."""


class Command(BaseCommand):
    """Upgrade, or install."""

    help = "备份并升级数据库与静态文件 · back up and upgrade"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Step by step, each of them said."""
        findings = [ask() for ask in BEFORE_UPGRADE]
        for finding in findings:
            self.stdout.write(finding.line())
        if not all(finding.holds for finding in findings):
            raise CommandError("nothing was changed / 未作任何改动")
        if not is_empty():
            self.stdout.write(f"backup / 备份: {backup(Path(settings.BACKUPS))}")
        self._migrate()
        self.stdout.write("database / 数据库: up to date / 已更新")
        call_command("collectstatic", ignore_patterns=list(UNUSED), interactive=False, verbosity=0, stdout=self.stdout)
        self.stdout.write("static files / 静态文件: up to date / 已更新")
        call_command("audit", "verify", stdout=self.stdout)
        self._prove()

    def _prove(self) -> None:
        """Read over what else proves itself. Errors: `CommandError` where anything is found."""
        read = proofs_read()
        for one in read:
            self.stdout.write(one.line())
        if any(one.findings for one in read):
            raise CommandError("not sound / 校验未通过")

    def _migrate(self) -> None:
        """Errors: `CommandError` with the first line of what the database said; `--traceback` shows the rest."""
        try:
            call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        except DatabaseError as refused:
            said = blot(str(refused).partition("\n")[0])
            raise CommandError(f"the database refused a step / 数据库拒绝了一步: {said}") from refused
