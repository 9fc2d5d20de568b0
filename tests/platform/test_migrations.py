"""A database made by the migrations is the one the product means: complete, and append-only where it must be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.installed import environment

SCRIPT = """
from django.db import connection, transaction, IntegrityError
from chedai.platform.actors import system
from chedai.platform.work import record, work
from chedai.platform.audit.models import AuditEntry
with work():
    record(actor=system("test"), action="thing.done", subject="thing:1")
for change in (AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(actor="x")):
    try:
        with transaction.atomic():
            change()
    except IntegrityError as refused:
        print("refused:", str(refused).split(":")[0])
print("left:", AuditEntry.objects.count())
"""


def test_migrations_make_append_only_tables(tmp_path: Path, installation: Callable[[Path], None]) -> None:
    """That they can be taken back is proved with a house in the database: tests/config/test_commands.py."""
    installation(tmp_path / "var")
    place = environment(tmp_path / "var") | {"PYTHONPATH": "src", "DJANGO_SETTINGS_MODULE": "chedai.config.settings"}
    call = [sys.executable, "-m", "django", "shell", "--no-imports", "-c", SCRIPT]
    shown = subprocess.run(call, env=place, capture_output=True, text=True, check=False, timeout=120)
    assert shown.stdout.split("\n")[:3] == ["refused: append-only", "refused: append-only", "left: 1"], shown.stderr
