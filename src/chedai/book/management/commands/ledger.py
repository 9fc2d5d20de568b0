"""`chedai ledger verify` reads the journal over; `chedai ledger export FILE` writes it as beancount's text."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chedai.book.ledger import selectors
from chedai.book.ledger.exports import beancount
from chedai.book.ledger.verify import ledger_verify
from chedai.platform import clock


class Command(BaseCommand):
    """The ledger."""

    help = "校验、导出总账 · verify or export the ledger"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, with which file, over which days."""
        parser.add_argument("act", choices=["verify", "export"])
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="first day / 起始日")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="last day / 截止日")

    def handle(self, *args: Any, act: str, file: Path | None, **options: Any) -> None:
        """Do it; exit status 1 where anything is found."""
        if act == "export":
            self._export(file, options["first"], options["last"])
            return
        report = ledger_verify()
        for zh, en in report.findings:
            self.stdout.write(f"{zh} / {en}")
        if not report.sound:
            raise CommandError(f"{len(report.findings)} findings in {report.size} entries / 发现问题")
        self.stdout.write(f"{report.size} entries: sound / 完好")

    def _export(self, file: Path | None, first: date | None, last: date | None) -> None:
        if file is None:
            raise CommandError("export to which file? / 请给出文件名")
        today = clock.business_date()
        with file.open("x", encoding="utf-8") as out:
            out.writelines(beancount(first or selectors.first_day() or today, last or today))
        self.stdout.write(f"{selectors.head()[0]} entries / 凭证")
