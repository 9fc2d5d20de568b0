"""`chedai backup FOLDER`: everything but the keys, in one archive, while people work."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from chedai.platform.operations.backup import backup


class Command(BaseCommand):
    """Take everything along."""

    help = "写出一份备份（不含密钥） · write an archive of everything but the keys"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Write it and say where it is."""
        self.stdout.write(str(backup(folder)))
