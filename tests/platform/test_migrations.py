"""A database made by the migrations is the one the product means: complete, and append-only where it must be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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


def chedai(folder: Path, *command: str) -> str:
    environment = {**os.environ, "CHEDAI_DEBUG": "yes", "CHEDAI_VAR": str(folder), "PYTHONPATH": "src"}
    environment |= {"DJANGO_SETTINGS_MODULE": "chedai.config.settings", "CHEDAI_DATABASE_URL": ""}
    call = [sys.executable, "-m", "django", *command]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_migrations_make_append_only_tables_and_can_be_taken_back(tmp_path: Path) -> None:
    chedai(tmp_path, "keys", "new")
    chedai(tmp_path, "migrate", "--verbosity", "0")
    shown = chedai(tmp_path, "shell", "--no-imports", "-c", SCRIPT)
    assert shown.split("\n")[:3] == ["refused: append-only", "refused: append-only", "left: 1"]
    chedai(tmp_path, "migrate", "platform", "0001", "--verbosity", "0")
    chedai(tmp_path, "migrate", "--verbosity", "0")
