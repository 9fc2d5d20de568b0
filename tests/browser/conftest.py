"""A real browser on the real pages: Chromium against the product on the loopback, watched at every step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from chedai.org.models import Staff
from chedai.platform.accounts.models import User
from tests.house import House, build

# Playwright's loop runs in this thread; the queries of the tests are made beside it, never in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 760}
# How long something that must come may take where the machine is busy; nothing waits longer than it has to.
expect.set_options(timeout=15_000)
# What Playwright switches off (the last such argument counts, its own is before ours) and the two drop-downs of the
# address bar, pages of their own that every window begins with: half of the time of a test was theirs.
FEATURES_OFF = [
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(FEATURES_OFF)}",
]
_REPORT = (
    "window.violations = []; addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective))"
)


def _as_long(fixture_name: str, config: pytest.Config) -> Literal["session", "module"]:
    """One browser for all where only tests of the screens run; where others do it is gone before they begin: it keeps a
    loop running, and some of them have one of their own.
    """
    return "session" if all("tests/browser" in asked for asked in config.args) else "module"


@pytest.fixture(scope=_as_long)
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path is not None, "the tests of the screens need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def house(transactional_db: None) -> House:
    return build()


class Watched:
    """A page that notes what it should not do: break the policy, fault, ask another host."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.add_init_script(_REPORT)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._asked)

    def open(self, path: str) -> Page:
        """Open a page and wait until all of it is there. A page that failed is a fault of it."""
        answer = self.page.goto(self.base + path)
        if answer is not None and answer.status >= 500:
            self.faults.append(f"{answer.status} {path}")
        return self.page

    def press(self, target: Locator) -> Page:
        """Click what leads to another page and wait until all of that is there: a click alone does not wait."""
        with self.page.expect_navigation():
            target.click()
        return self.page

    def accessibility(self, but: tuple[str, ...] = ()) -> list[str]:
        """What axe finds against WCAG A and AA, and its good practices, `but` in what these selectors choose."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        read = "async but => (await axe.run({exclude: but}, {resultTypes: ['violations']})).violations"
        found = self.page.evaluate(read, list(but))
        return [f"{v['id']}: {node['target']} {node.get('failureSummary', '')}" for v in found for node in v["nodes"]]

    def sideways(self) -> int:
        """How many pixels the page is wider than the screen."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return max(wide, 0)

    def violations(self) -> list[str]:
        """Directives of the policy that were broken."""
        found: list[str] = self.page.evaluate("window.violations")
        return found

    def _said(self, message: ConsoleMessage) -> None:
        answered = "Failed to load resource" in message.text  # a page with a status of its own says so
        if message.type in ("error", "warning") and not answered:
            self.faults.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")) and urlsplit(request.url).hostname not in (
            "127.0.0.1",
            "localhost",
        ):
            self.faults.append(f"request: {request.url}")


Open = Callable[..., Watched]


@pytest.fixture
def screen(chromium: Browser, live_server: LiveServer) -> Iterator[Open]:
    """Open a screen for a person (or nobody), in a language, in a size."""
    contexts: list[BrowserContext] = []

    def for_person(staff: Staff | None, language: str = "zh-hans", size: dict[str, int] | None = None) -> Watched:
        context = chromium.new_context(viewport=size or WIDE, locale="zh-CN", reduced_motion="reduce")  # type: ignore[arg-type]
        contexts.append(context)
        cookies = {"django_language": language}
        if staff is not None:
            User.objects.filter(pk=staff.user_id).update(language=language)
            client = Client()
            client.force_login(staff.user)
            cookies["sessionid"] = client.cookies["sessionid"].value
        context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        return Watched(context, live_server.url)

    yield for_person
    for context in contexts:
        context.close()
