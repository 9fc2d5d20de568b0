"""The twenty loans of docs/algorithms/portfolio.md: the tables of the page as values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from chedai.engine.portfolio import NOT_YET, SETTLED

PAGE: Final = Path(__file__).parents[3] / "docs" / "algorithms" / "portfolio.md"
MONTH_ENDS: Final = (
    date(2026, 1, 31),
    date(2026, 2, 28),
    date(2026, 3, 31),
    date(2026, 4, 30),
    date(2026, 5, 31),
    date(2026, 6, 30),
)
NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")
PRINCIPAL, INSTALMENT = 1_200_000, 100_000


@dataclass(frozen=True, slots=True)
class PageLoan:
    """One loan: `paid` instalments by each month end."""

    number: str
    officer: str
    dealer: str
    paid_out: date
    paid: tuple[int, ...]

    @property
    def born(self) -> int:
        """The number of its month."""
        return self.paid_out.month - 1

    def due_on(self, n: int) -> date:
        """The due date of instalment n (from 1)."""
        month = self.paid_out.month + n
        return date(self.paid_out.year + (month - 1) // 12, (month - 1) % 12 + 1, 10)

    def paid_on(self, n: int) -> date | None:
        """When instalment n was paid: in time on the tenth, late or ahead of time on the 25th or the tenth."""
        for end, count in zip(MONTH_ENDS, self.paid, strict=True):
            if count >= n:
                due = self.due_on(n)
                in_time = (due.year, due.month) >= (end.year, end.month)
                return end.replace(day=10) if in_time else end.replace(day=25)
        return None

    def balance(self, month: int) -> int:
        return PRINCIPAL - INSTALMENT * self.paid[month]


def rows(head: str) -> list[list[str]]:
    """The cells of the table whose head starts with `head`."""
    found = re.search(rf"(?m)^\| {re.escape(head)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"))
    assert found is not None, head
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].splitlines()]


def loans() -> list[PageLoan]:
    """The book."""
    return [
        PageLoan(number, officer, dealer, date.fromisoformat(paid_out), tuple(int(count) for count in paid))
        for number, officer, dealer, paid_out, *paid in rows("loan | officer")
    ]


def code(word: str) -> int:
    """M3, settled, – as the engine codes them."""
    return {"settled": SETTLED, "–": NOT_YET}.get(word) if word[0] != "M" else int(word[1:])  # type: ignore[return-value]


def fen(text: str) -> int:
    """12,000.00 in fen; – is -1."""
    return -1 if text == "–" else int(text.replace(",", "").replace(".", ""))
