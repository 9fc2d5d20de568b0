"""`chedai prove-book`: work the whole own book out again and name every difference to what is stored."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from chedai.book.loans.proof.proving import book_prove
from chedai.platform import clock
from chedai.platform.days.selectors import closed_through

_SHOWN: Final = 50


class Command(BaseCommand):
    """Prove the book as its last close, and what came since, left it."""

    help = "证明：由合同与还款重算全账，逐项比对 · prove the stored state of the book"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much is shown."""
        parser.add_argument("--all", action="store_true", help="列出全部差异 · every difference, not the first fifty")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was looked at; fail where anything differs."""
        out = Console(width=100)
        proof = book_prove(closed_through() or clock.business_date())
        out.print(
            f"{proof.day}  按列 by columns {proof.by_columns:,} · 逐笔重放 replayed {proof.replayed:,} · "
            f"已隔离 set aside {len(proof.set_aside):,}"
        )
        out.print(
            f"本进程 CPU {proof.cpu:.2f} s，不含数据库服务器所用 · processor time of this process; "
            "what a database server used for it is not in it"
        )
        if proof.set_aside:
            out.print("已隔离 set aside: " + ", ".join(str(one) for one in proof.set_aside[:_SHOWN]))
        if proof.holds:
            out.print("全账一致，分毫不差 · everything stored is equal to the fen")
            return
        table = Table("对象 subject", "项目 what", "账存 stored", "重算 proved")
        for one in proof.differences if options["all"] else proof.differences[:_SHOWN]:
            table.add_row(one.subject, one.what, _told(one.stored), _told(one.proved))
        out.print(table)
        raise CommandError(f"{len(proof.differences)} 处不一致 / differences")


def _told(amount: int | None) -> str:
    return "-" if amount is None else str(amount)
