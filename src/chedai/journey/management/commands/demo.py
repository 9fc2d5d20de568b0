"""`chedai demo`: a sample dealer group in a folder of its own, and the house opened for a look around."""

from __future__ import annotations

import gc
import os
import secrets
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chedai.journey.demo.building import demo_build, demo_logins, lenders_answer_at
from chedai.journey.demo.house import PASSWORD
from chedai.platform.errors import Conflict
from chedai.platform.operations.processes import run_together
from chedai.platform.privacy.keys import write_new

_WHAT: Final = {
    "house": "门店与人员 · people",
    "customers": "客户 · customers",
    "deals": "案卷 · deals",
    "book": "账务逐日 · days of the book",
}


_PLENTY: Final = 100_000
"""Objects made before the collector looks: what is built here is written and forgotten, in no circles."""


@contextmanager
def _writing_much() -> Iterator[None]:
    """Without the log of statements a developer's machine keeps of each page: here it is of a hundred thousand."""
    debug, often = settings.DEBUG, gc.get_threshold()
    settings.DEBUG = False
    gc.freeze()
    gc.set_threshold(_PLENTY, *often[1:])
    try:
        yield
    finally:
        settings.DEBUG = debug
        gc.set_threshold(*often)
        gc.unfreeze()


def _secret() -> str:
    """What the house and the lenders sign with, for this run. In a command line a dash begins an option."""
    return secrets.token_hex(24)


class Command(BaseCommand):
    """Build the group on first use, print who may sign in, serve."""

    help = "建立样例集团并打开 · build a sample dealer group and open it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen; whether to stop after building."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--lender-port", type=int, default=8901, help="where the lender sandbox listens")
        parser.add_argument("--build-only", action="store_true", help="build, and do not serve")

    def handle(self, *args: Any, port: int, lender_port: int, **options: Any) -> None:
        """Migrate the embedded database, build where nobody is yet, then open the house."""
        out = Console()
        keys = Path(settings.KEYS_FILE)
        if not keys.exists():
            write_new(keys)
        with _writing_much():
            call_command("migrate", verbosity=0)
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=out
        ) as bars:
            tasks: dict[str, Any] = {}

            def tell(what: str, done: int, total: int) -> None:
                if what not in tasks:
                    tasks[what] = bars.add_task(_WHAT[what], total=total)
                bars.update(tasks[what], completed=done)

            try:
                with _writing_much():
                    demo_build(tell)
            except Conflict:
                out.print("样例集团已在 · the sample group is there already")
        if options["build_only"]:
            return
        secret = _secret()
        lenders_answer_at(f"http://127.0.0.1:{lender_port}", secret)
        self._show(out, port)
        if run_together(self._commands(port, lender_port, secret), dict(os.environ)):
            raise CommandError("a process has ended by itself / 有进程自行退出")

    @staticmethod
    def _show(out: Console, port: int) -> None:
        table = Table("用户名 user name", "姓名 name", "角色 role", title=f"密码 password: {PASSWORD}")
        for row in demo_logins():
            table.add_row(*row)
        out.print(table)
        out.print(f"http://127.0.0.1:{port}/  ·  Ctrl C 结束 to stop", style="bold")

    @staticmethod
    def _commands(port: int, lender_port: int, secret: str) -> list[list[str]]:
        django = [sys.executable, "-m", "django"]
        callback = f"http://127.0.0.1:{port}/lender-callback/{{lender}}/"
        lender = ["--port", str(lender_port), "--secret", secret, "--callback", callback]
        return [
            [*django, "serve", "--port", str(port)],
            [sys.executable, "-m", "chedai", "sandbox", *lender],
        ]
