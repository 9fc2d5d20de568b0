"""People at their screens: what they see, which buttons they press, and a clock that can be moved for all of them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from chedai.sandbox.signing import seconds_now
from tests.browser.conftest import Watched

MOMENT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""Friday 20 November 2026, ten in the morning in Shanghai."""


def wall() -> datetime:
    """What the clock on the wall says, as the other processes read it."""
    return datetime.fromtimestamp(seconds_now(), UTC)


@dataclass(slots=True)
class Time:
    """Stands where the product keeps its frozen moment; unlike that it is the same for every thread of the server."""

    ahead: timedelta = field(default_factory=lambda: MOMENT - wall())

    def get(self) -> datetime:
        return wall() + self.ahead

    @contextmanager
    def on_the_wall(self) -> Iterator[None]:
        """Within, it is what the clock on the wall says: another process signs its messages by that."""
        before, self.ahead = self.ahead, timedelta()
        yield
        self.ahead = before

    def passes(self, seconds: int) -> None:
        self.ahead += timedelta(seconds=seconds)


@dataclass(slots=True)
class Person:
    """One person at a screen of their own."""

    screen: Watched
    tmp: Path

    @property
    def page(self) -> Page:
        return self.screen.page

    def open(self, path: str) -> Person:
        self.screen.open(path)
        return self

    def click(self, name: str, *, role: str = "button", within: str = "main") -> Person:
        """Press what bears this name, exactly or with its key behind it, and wait for the page it leads to."""
        target = self.page.locator(within).get_by_role(role, name=re.compile(rf"^\s*{re.escape(name)}"))  # type: ignore[arg-type]
        return self.press(target.first)

    def press(self, target: Locator) -> Person:
        self.screen.press(target)
        return self

    def follow(self, name: str, *, within: str = "main") -> Person:
        return self.click(name, role="link", within=within)

    def type(self, **values: str) -> Person:
        """Fill fields by the name the form sends them under, as a person does: one after another."""
        for name, value in values.items():
            one = self.page.locator(f"main [name='{name}']:not([type=hidden])")
            kind = one.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : (e.type || '')")
            if kind == "select":
                one.select_option(value)
            elif kind == "checkbox":
                one.first.check()
            elif kind == "radio":
                self.page.locator(f"main [name='{name}'][value='{value}']").check()
            else:
                one.first.fill(value)
        return self

    def hand_in(self, name: str, text: str, *, field: str = "file") -> Person:
        """Choose a file."""
        path = self.tmp / name
        path.write_bytes(b"%PDF-1.4\n%" + text.encode() + b"\n%%EOF\n")
        self.page.locator(f"main input[type=file][name='{field}']").first.set_input_files(path)
        return self

    def sees(self, *texts: str) -> Person:
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)
        return self

    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def pdf(self, path: str) -> str:
        """The text of a PDF of the product, taken out by poppler."""
        answer = self.page.request.get(self.screen.base + path)
        assert answer.status == 200
        return text_of(answer.body(), self.tmp)


def text_of(content: bytes, tmp: Path) -> str:
    """What stands in a PDF, without the gaps between its words."""
    path = tmp / "read.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, timeout=30)
    return done.stdout.decode()
