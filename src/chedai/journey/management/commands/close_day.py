"""`chedai close-day`: bring the books to a day, the missed days before it first."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from chedai.journey.close_of_day import STEPS, close_day, close_rehearse
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.errors import Refusal

_ACTOR: Final = system("close")
_HEADS: Final = ("步骤 step", "查看 looked at", "变更 changed", "未处理 left out", "毫秒 ms")


class Command(BaseCommand):
    """Close a day and print what each step did."""

    help = "日终：把账务推进到某一天 · bring the books to a day"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which day, and whether only to look."""
        parser.add_argument("--day", type=date.fromisoformat, help="营业日期 · the business date by default")
        parser.add_argument("--dry-run", action="store_true", help="只演算，不保存 · look, keep nothing")

    def handle(self, *args: Any, day: date | None, dry_run: bool, **options: Any) -> None:
        """Close, or rehearse. Run again after it died: it goes on where it stopped."""
        out = Console(width=100)
        try:
            wanted = day or clock.business_date()
            rehearsed = close_rehearse(day=wanted, actor=_ACTOR) if dry_run else []
            closes = [] if dry_run else close_day(day=wanted, actor=_ACTOR)
        except Refusal as refused:
            raise CommandError(f"{refused.zh} / {refused.en}") from None
        if not closes and not rehearsed:
            out.print(f"{wanted} 已完成 · closed already")
        for one, steps in rehearsed:
            rows = [[f"{s.zh} {s.en}", s.looked, s.changed, s.left_out, "-"] for s in steps]
            out.print(_table(f"{one} 演算 rehearsed", rows))
        words = {step.code: f"{step.zh} {step.en}" for step in STEPS}
        for close in closes:
            rows = [[words[r.code], r.looked, r.changed, r.left_out, r.milliseconds] for r in close.steps.all()]
            out.print(_table(str(close.day), rows))


def _table(title: str, rows: list[list[Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    for place, head in enumerate(_HEADS):
        table.add_column(head, justify="right" if place else "left")
    for row in rows:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else cell for cell in row))
    return table
