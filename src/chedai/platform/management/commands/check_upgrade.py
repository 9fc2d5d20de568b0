"""`chedai check-upgrade`: what stands in the way of an upgrade, without changing anything."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chedai.platform.operations.preflight import BEFORE_UPGRADE, last_backup


class Command(BaseCommand):
    """Ask before."""

    help = "升级前检查 · check before an upgrade"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each question; exit status 1 where one does not hold."""
        findings = [ask() for ask in (*BEFORE_UPGRADE, last_backup)]
        for finding in findings:
            self.stdout.write(finding.line())
        if not all(finding.holds for finding in findings):
            raise CommandError("not ready / 尚不能升级")
