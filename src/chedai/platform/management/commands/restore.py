"""`chedai restore ARCHIVE`: bring everything back into an empty installation; `--check` only reads it through."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chedai.platform.operations.backup import BackupFault, check, restore
from chedai.platform.operations.proofs import proofs_read


class Command(BaseCommand):
    """Bring everything back."""

    help = "从备份恢复到空的安装 · restore an archive into an empty installation"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which archive, and whether only to look at it."""
        parser.add_argument("archive", type=Path)
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, archive: Path, **options: Any) -> None:
        """Restore or check, and say what was found."""
        try:
            manifest = check(archive) if options["check"] else restore(archive)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        audit = manifest["audit"]
        self.stdout.write(f"{len(manifest['files'])} files, audit log of {audit['size']} entries: sound / 完好")
        for one in [] if options["check"] else proofs_read():
            self.stdout.write(one.line())
