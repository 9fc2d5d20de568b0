"""`chedai audit verify [EXPORT]`, `chedai audit export FILE`, `chedai audit seal`: proof of what was done.

Verifying an export needs no database; `--key` names the fingerprint its checkpoints must be signed with, `--anchor` a
file with checkpoints kept outside the house.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chedai.platform.audit import export, selectors, services
from chedai.platform.audit.signing import read
from chedai.platform.audit.verify import Report
from chedai.platform.privacy.keys import keys


class Command(BaseCommand):
    """The audit log."""

    help = "校验、导出、签署审计日志 · verify, export or sign the audit log"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, and with which file."""
        parser.add_argument("act", choices=["verify", "export", "seal"])
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--key", help="the fingerprint that signs, as printed by `chedai keys show`")
        parser.add_argument("--anchor", type=Path, help="checkpoints kept outside, one a line")

    def handle(self, *args: Any, act: str, file: Path | None, **options: Any) -> None:
        """Do it; exit status 1 where anything is found."""
        if act == "seal":
            checkpoint = services.log_seal(keys().audit_seed)
            self.stdout.write(checkpoint.line() if checkpoint else "nothing new / 没有新记录")
        elif act == "export":
            self._export(file)
        else:
            self._verify(file, options["key"], options["anchor"])

    def _export(self, file: Path | None) -> None:
        if file is None:
            raise CommandError("export to which file? / 请给出文件名")
        size, head = selectors.head()
        with file.open("xb") as out:
            export.write(out, selectors.lines(), size, head, selectors.checkpoints())
        self.stdout.write(f"{size} entries / 条")

    def _verify(self, file: Path | None, key: str | None, anchor: Path | None) -> None:
        anchors = [read(line) for line in anchor.read_text("ascii").splitlines() if line] if anchor else []
        try:
            if file is None:
                self._say(services.log_verify(anchors))
            else:
                self._say(export.verify_file(file, key=key, anchors=anchors))
        except export.NotAnExport as fault:
            raise CommandError(f"{fault}: not an export of the log / 不是日志导出文件") from fault

    def _say(self, report: Report) -> None:
        for finding in report.findings:
            self.stdout.write(f"{finding.text('zh')} / {finding.text('en')}")
        if not report.sound:
            raise CommandError(f"{len(report.findings)} findings in {report.size} entries / 发现问题")
        self.stdout.write(f"{report.size} entries: sound / 完好")
