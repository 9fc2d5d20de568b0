"""`chedai work`: the worker and the scheduler, until told to stop. A job under way is finished first."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from chedai.platform.jobs import worker
from chedai.platform.jobs.schedule import rounds, rounds_ask

LOOK_EVERY = 20.0

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Do what is asked for later."""

    help = "执行后台任务与定时任务 · do background jobs and what comes round"

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until SIGTERM or Ctrl-C."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        clockwork = threading.Thread(target=self._rounds, args=(stop,), daemon=True)
        clockwork.start()
        worker.work_until(stop)
        clockwork.join(5)

    def _rounds(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                rounds_ask(rounds())
            except DatabaseError:  # a database that is away for a moment does not end the scheduler
                logger.exception("rounds could not be asked for")
                connection.close()
            stop.wait(LOOK_EVERY)
