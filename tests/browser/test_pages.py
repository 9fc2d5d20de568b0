"""Every page in both languages and both sizes: the policy unbroken, no finding of axe, nothing from elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse

from chedai.org.models import Staff
from tests.browser.conftest import PHONE, WIDE, Open, Watched
from tests.browser.pages import GATE, MENU, furnish
from tests.house import House, chief

# A language after the other: whoever runs one has the other's long test not in front of them (Makefile, test-browser).
pytestmark = pytest.mark.parametrize("language", ["zh-hans", "en"], scope="module")

_MENU = "document.querySelector('#nav')?.outerHTML.replaceAll(' aria-current=\"page\"', '') || ''"
_FRAMES = "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


def _seen(watched: Watched, path: str, language: str, menus: set[str]) -> dict[str, object]:
    """What is wrong with a page, wide and on a phone; nothing is an empty answer."""
    page = watched.open(path)
    found: dict[str, object] = {}
    # The languages differ by their words, the sizes by what stands where: axe reads each once, Chinese wide and English
    # on a phone, the size that comes last.
    sizes = [("wide", WIDE), ("phone", PHONE)]
    for name, size in sizes if language == "en" else reversed(sizes):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate(_FRAMES)
        if watched.sideways():
            found[f"{name} sideways"] = watched.sideways()
        keep(watched, path, language, name)
    if findings := _read(watched, menus):
        found["axe"] = findings
    if broken := watched.violations():
        found["policy"] = broken
    if watched.faults:
        found["faults"] = watched.faults.copy()
    return found


def _read(watched: Watched, menus: set[str]) -> list[str]:
    """What axe finds. A menu that was read on another page, the same but for which entry is current, is read no more:
    it is most of nearly every page, and axe took nine tenths of the time of one.
    """
    menu = watched.page.evaluate(_MENU)
    if menu in menus:
        return watched.accessibility(("#nav > *",))
    menus.add(menu)
    return watched.accessibility()


def keep(watched: Watched, path: str, language: str, size: str) -> None:
    """With CHEDAI_SCREENS=<folder> every page is kept as a picture."""
    folder = os.environ.get("CHEDAI_SCREENS")
    if folder:
        name = path.strip("/").replace("/", "-").split("?")[0] or "home"
        watched.page.screenshot(path=Path(folder) / f"{name}-{size}-{language}.png", full_page=True)


def test_every_page_of_the_house_is_clean(house: House, screen: Open, language: str) -> None:
    behind = furnish(house)
    boss: Staff = chief(house)
    watched = screen(boss, language)
    wrong, menus = {}, set[str]()
    for path in [*(reverse(name) for name in MENU), *behind]:
        if found := _seen(watched, path, language, menus):
            wrong[path] = found
        watched.faults.clear()
    assert wrong == {}


def test_every_page_before_the_door_is_clean(house: House, screen: Open, language: str) -> None:
    watched = screen(None, language)
    assert {path: found for path in GATE if (found := _seen(watched, path, language, set()))} == {}
