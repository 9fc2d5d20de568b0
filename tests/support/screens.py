"""The pictures of docs/screens, taken from the demo in Chromium: `make screens`, or `python -m tests.support.screens`.

The pages are found as people find them: somebody signs in, opens a list and follows its first row. `--var FOLDER` keeps
the demo that is built there for the next time; `--only quote-desk,customer` takes some of the pictures again.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from chedai.config.commands import demo_settings
from tests.support.postgres import free_port
from tests.support.smtp import wait_for_port

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "screens"
PASSWORD: Final = "chedai-demo-2026"
WIDE: Final = 1440
PHONE: Final = 360
TALLEST: Final = {WIDE: 1640, PHONE: 2400}
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--lang=zh-CN",
)
LIMIT: Final = 250_000
"""Bytes a picture may have: people load them with the README."""


_PIXELS: Final = """async png => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const bytes = pen.getImageData(0, 0, image.width, image.height).data, parts = [];
  for (let at = 0; at < bytes.length; at += 32766)
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 32766))));
  return [image.width, image.height, parts.join("")];
}"""


@dataclass(slots=True)
class Desk:
    """Everybody at work: a window for each person, signed in once."""

    browser: Browser
    base: str
    windows: dict[tuple[str, int], Page] = field(default_factory=dict)
    link: str = ""
    loan_link: str = ""

    def window(self, who: str, width: int = WIDE) -> Page:
        """The window of a person; of nobody where `who` is empty."""
        if (who, width) not in self.windows:
            height = 900 if width == WIDE else 760
            size = {"width": width, "height": height}
            context = self.browser.new_context(viewport=size, locale="zh-CN", reduced_motion="reduce")  # type: ignore[arg-type]
            page = self.windows[who, width] = context.new_page()
            if who:
                page.goto(f"{self.base}/accounts/login/")
                page.fill("[name=login]", who)
                page.fill("[name=password]", PASSWORD)
                page.locator("form button.btn-main").click()
                page.wait_for_url(f"{self.base}/")
        return self.windows[who, width]

    def open(self, who: str, path: str, width: int = WIDE) -> Page:
        """A page of somebody."""
        page = self.window(who, width)
        page.goto(self.base + path)
        return page

    def first(self, who: str, listed: str, pattern: str, tab: str = "") -> Page:
        """What the first row of a list leads to; `tab` is added to its address."""
        page = self.open(who, listed)
        addresses = page.eval_on_selector_all("table a", "all => all.map(a => a.getAttribute('href'))")
        return self.open(who, next(a for a in addresses if re.fullmatch(pattern, a)) + tab)

    def deal(self, stage: str, tab: str = "", who: str = "officer3") -> Page:
        """The newest open deal of an officer that stands at a stage."""
        return self.first(who, f"/deals/list/?stage={stage}&state=open", r"/deals/[A-Z0-9-]+/", tab)

    def phone(self, path: str = "", stage: str = "contract") -> Page:
        """A page behind a customer's link, which the officer makes."""
        if not self.link.startswith(stage):
            page = self.deal(stage, "application/")
            with page.expect_navigation():
                page.locator("form[action$='/application/link/'] button").first.click()
            token = re.search(r"/m/([\w-]+)/", page.locator("body").inner_text())
            assert token is not None, "the page does not show the link"
            self.link = f"{stage} {token[1]}"
        return self.open("", f"/m/{self.link.split()[1]}/{path}", PHONE)

    def loan(self, path: str = "", listed: str = "how=late&state=active&book=own", who: str = "finance19") -> Page:
        """A loan of a list of finance; the most overdue one."""
        return self.first(who, f"/loans/?{listed}&sort=-overdue", r"/loans/[A-Z0-9-]+/", path)

    def loan_phone(self, path: str = "") -> Page:
        """A page behind a customer's link to a loan that is repaid on its days, which the officer makes."""
        if not self.loan_link:
            page = self.first(
                "officer3", "/loans/?state=active&sort=disbursed_on", r"/loans/A1-2026[A-Z0-9-]+/", "closure/"
            )
            with page.expect_navigation():
                page.locator("form[action$='/closure/link/'] button").click()
            token = re.search(r"/l/([\w-]+)/", page.locator("#made-link").inner_text())
            assert token is not None, "the page does not show the link"
            self.loan_link = token[1]
        return self.open("", f"/l/{self.loan_link}/{path}", PHONE)


def _customer(desk: Desk) -> Page:
    page = desk.first("officer3", "/deals/list/?stage=complete", r"/deals/[A-Z0-9-]+/")
    addresses = page.eval_on_selector_all("main a", "all => all.map(a => a.getAttribute('href'))")
    return desk.open("officer3", next(a for a in addresses if re.fullmatch(r"/customers/\d+/", a)))


def _loan_of_deal(desk: Desk) -> Page:
    """The deal of the oldest loan of an officer."""
    page = desk.first("officer3", "/loans/?state=active&book=own&sort=disbursed_on", r"/loans/[A-Z0-9-]+/")
    page.locator(".jacket-strip a[href^='/deals/']").click()
    page.wait_for_url("**/deals/**")
    page.goto(page.url + "loan/")
    return page


def _call(desk: Desk) -> Page:
    """The first case of the morning, with a call on and a promise being written down, where calling is allowed now."""
    page = desk.open("collector24", "/collection/")
    dial = page.locator("form[action$='/dial/'] button[data-key=c]")
    if dial.count():
        with page.expect_navigation():
            dial.click()
    if page.locator("input[value=promise]").count():
        page.locator("input[value=promise]").check(force=True)
    return page


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file, what stands under it in both languages, and the way to its page."""

    name: str
    zh: str
    en: str
    way: Callable[[Desk], Page]


PICTURES: Final = (
    Picture("my-day", "今日", "my day of a finance officer", lambda d: d.open("officer3", "/")),
    Picture(
        "reception", "接待排队", "reception: who waits, and how long", lambda d: d.open("reception1", "/reception/")
    ),
    Picture("leads", "线索", "leads with source, next contact and owner", lambda d: d.open("officer3", "/leads/")),
    Picture("customer", "客户与时间线", "a customer, with one timeline", _customer),
    Picture(
        "quote-desk",
        "报价台",
        "the quote desk: every plan beside paying cash",
        lambda d: d.open(
            "officer3",
            "/quotes/new/?car=极光（样例） A5 2026 款 520 公里 后驱&price=125000&down=25000&term=36&ceiling=4200",
        ),
    ),
    Picture("pipeline", "进件看板", "the pipeline as a board", lambda d: d.open("manager2", "/deals/")),
    Picture("deal-papers", "案卷的资料", "the papers of a deal", lambda d: d.deal("application", "papers/")),
    Picture("deal-lenders", "机构批复", "what the lenders said", lambda d: d.deal("contract", "lenders/")),
    Picture(
        "decision",
        "审批：左资料右核对",
        "a decision: papers left, checks right",
        lambda d: d.first("approver16", "/decisions/?state=open", r"/decisions/\d+/"),
    ),
    Picture("contract", "合同与明示表", "contract and cost statement", lambda d: d.deal("contract", "contract/")),
    Picture("payouts", "放款队列", "the queue of payouts", lambda d: d.open("finance19", "/payouts/?state=requested")),
    Picture(
        "product",
        "产品版本",
        "a product in its versions",
        lambda d: d.open("compliance21", "/catalog/products/jianghe-auto/"),
    ),
    Picture("team-day", "经理今日", "a manager's day: what is late in the team", lambda d: d.open("manager2", "/")),
    Picture("deal-loan", "案卷的贷款", "the loan a deal became", _loan_of_deal),
    Picture("loan", "一笔逾期贷款", "a loan that is late", lambda d: d.loan()),
    Picture("loan-account", "账户明细", "the account of a loan, then and now", lambda d: d.loan("account/")),
    Picture(
        "loan-payoff", "结清试算", "what settling costs, and why it is not the balance", lambda d: d.loan("payoff/")
    ),
    Picture("collection", "催收一案一屏", "collection: one case a screen", _call),
    Picture("close", "日终", "the close of the day, step by step", lambda d: d.open("finance19", "/close/")),
    Picture("ledger", "试算平衡表", "the trial balance at any date", lambda d: d.open("finance19", "/ledger/")),
    Picture(
        "portfolio",
        "资产质量与账龄",
        "the portfolio: vintages, rolls",
        lambda d: d.open("compliance21", "/risk/portfolio/"),
    ),
    Picture(
        "alert",
        "一条预警与预案",
        "an alert with its playbook",
        lambda d: d.first("compliance21", "/risk/?indicator=first_payment_default", r"/risk/alerts/\d+/"),
    ),
    Picture(
        "rules",
        "审批规则表格",
        "rules drafted in a grid",
        lambda d: d.open("approver16", "/decisions/rules/eligibility/grid/"),
    ),
    Picture("phone-home", "客户手机：进度", "the customer's phone: how far it is", lambda d: d.phone()),
    Picture("phone-statement", "客户手机：明示表", "the cost statement", lambda d: d.phone("statement/")),
    Picture("phone-papers", "客户手机：交资料", "handing in papers", lambda d: d.phone("papers/", "application")),
    Picture("phone-apply", "客户手机：申请表", "the application", lambda d: d.phone("apply/home/", "application")),
    Picture("phone-loan", "客户手机：我的贷款", "the customer's loan", lambda d: d.loan_phone()),
    Picture("phone-payoff", "客户手机：结清", "what settling costs", lambda d: d.loan_phone("payoff/")),
    Picture(
        "phone-visit",
        "外访（手机，离线可用）",
        "a field visit, with or without a line",
        lambda d: d.open("collector24", "/collection/visits/", PHONE),
    ),
)


def take(desk: Desk, picture: Picture, folder: Path) -> Path:
    """One picture of the whole page, no taller than people scroll."""
    page = picture.way(desk)
    page.wait_for_load_state("networkidle")
    width, usual = page.evaluate("[innerWidth, innerHeight]")
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST[width])
    page.set_viewport_size({"width": width, "height": height})  # what stands fixed reaches down as well
    content = page.screenshot()
    page.set_viewport_size({"width": width, "height": usual})
    path = folder / f"{picture.name}.png"
    path.write_bytes(small(desk.window("", WIDE), content))
    return path


def small(page: Page, png: bytes) -> bytes:
    """The picture in 256 colours: the most frequent ones, and one of each kind, so that a small red tag stays red."""
    width, height, raw = page.evaluate(_PIXELS, base64.b64encode(png).decode())
    pixels = np.frombuffer(base64.b64decode(raw), np.uint8).reshape(-1, 4)[:, :3].astype(np.int32)
    colours, place, count = np.unique(pixels @ (65536, 256, 1), return_inverse=True, return_counts=True)
    channels = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1)
    often = np.argsort(-count, kind="stable")
    _, first, kin = np.unique(channels[often] // 24 @ (256, 16, 1), return_index=True, return_inverse=True)
    kinds = first[np.argsort(-np.bincount(kin, count[often]), kind="stable")]
    palette = channels[often[np.union1d(np.arange(96), kinds[:160])]]
    away = np.stack([((channels - one) ** 2).sum(axis=1) for one in palette], axis=1)
    rows = away.argmin(axis=1).astype(np.uint8)[place].reshape(height, width)
    lines = np.hstack([np.zeros((height, 1), np.uint8), rows])  # each line begins with its filter: none
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", head),
        (b"PLTE", palette.astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in (*parts, (b"IEND", b"")))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@contextmanager
def demo(var: Path) -> Iterator[str]:
    """The demo in a folder, built where it is not there yet, and served; its address."""
    environment = dict(os.environ, CHEDAI_VAR=str(var))
    demo_settings(environment)
    run = [sys.executable, "-m", "chedai"]
    subprocess.run([*run, "demo", "--build-only"], env=environment, check=True)
    port = free_port()
    house = subprocess.Popen([*run, "serve", "--no-worker", "--port", str(port)], env=environment)
    try:
        wait_for_port(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        house.terminate()
        house.wait(30)


def main() -> int:
    """Take the pictures. 1 where one of them is larger than it may be."""
    parser = ArgumentParser(prog="python -m tests.support.screens", description=__doc__)
    parser.add_argument("--var", type=Path, help="folder of the demo, kept")
    parser.add_argument("--at", help="address of a demo that is already served")
    parser.add_argument("--only", default="", help="names of pictures, with commas")
    parser.add_argument("--to", type=Path, default=FOLDER, help="where the pictures go")
    asked = parser.parse_args()
    chosen = [picture for picture in PICTURES if not asked.only or picture.name in asked.only.split(",")]
    asked.to.mkdir(parents=True, exist_ok=True)
    if asked.at:
        return _all(asked.at, chosen, asked.to)
    with tempfile.TemporaryDirectory() as scratch, demo(asked.var or Path(scratch)) as base:
        return _all(base, chosen, asked.to)


def _page() -> str:
    """The page that shows them all."""
    origin = "由 `make screens` 从[样例集团](../demo.md)截取。Taken from the demo by `make screens`."
    head = f"# 界面 · The screens\n\n{origin}\n"
    shown = (f"\n## {one.zh} · {one.en}\n\n![{one.en}]({one.name}.png)\n" for one in PICTURES)
    return head + "".join(shown)


def _all(base: str, chosen: list[Picture], folder: Path) -> int:
    large = []
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        speaks = {**os.environ, "LANGUAGE": "zh_CN"}
        desk = Desk(playwright.chromium.launch(executable_path=found, args=[*ARGUMENTS], env=speaks), base)
        for picture in chosen:
            path = take(desk, picture, folder)
            sys.stdout.write(f"{path.stat().st_size:>8} {path.name}\n")
            large += [path.name] if path.stat().st_size > LIMIT else []
    if len(chosen) == len(PICTURES):
        (folder / "README.md").write_text(_page(), encoding="utf-8")
    if large:
        sys.stderr.write(f"larger than {LIMIT} bytes: {', '.join(large)}\n")
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
