"""`chedai serve`: the web server, the worker and the scheduler, as one, until told to stop."""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chedai.platform.operations.metrics import SHARED
from chedai.platform.operations.processes import run_together


class Command(BaseCommand):
    """Open the house."""

    help = "启动网站、后台任务与定时任务 · serve the site and do the background jobs"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and with how many hands."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--processes", type=int, default=1, help="more than one only on PostgreSQL")
        parser.add_argument("--threads", type=int, default=4, help="of each process")
        parser.add_argument("--no-worker", action="store_true", help="another machine runs `chedai work`")

    def handle(self, *args: Any, host: str, port: int, processes: int, threads: int, **options: Any) -> None:
        """Start them; exit status 1 where one of them ended by itself."""
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws"]
        web += ["--workers", str(processes), "--blocking-threads", str(threads), "--workers-kill-timeout", "25"]
        commands = [[*web, "chedai.config.wsgi:application"]]
        if not options["no_worker"]:
            commands.append([sys.executable, "-m", "django", "work"])
        with tempfile.TemporaryDirectory(prefix="chedai-metrics-") as shared:
            counting = {SHARED: shared} if processes > 1 else {}
            if run_together(commands, {**os.environ, **counting}):
                raise CommandError("a process has ended by itself / 有进程自行退出")
