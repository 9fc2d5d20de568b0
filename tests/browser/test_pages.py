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


def _seen(watched: Watched, path: str, language: str) -> dict[str, object]:
    """What is wrong with a page, wide and on a phone; nothing is an empty answer."""
    page = watched.open(path)
    found: dict[str, object] = {}
    for name, size in (("wide", WIDE), ("phone", PHONE)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(50)
        if watched.sideways():
            found[f"{name} sideways"] = watched.sideways()
        # The languages differ by their words, the sizes by what stands where: axe reads each once, Chinese wide and
        # English on a phone. It takes nine tenths of the time of a page.
        if (name == "wide") == (language != "en") and (findings := watched.accessibility()):
            found[f"{name} axe"] = findings
        keep(watched, path, language, name)
    if broken := watched.violations():
        found["policy"] = broken
    if watched.faults:
        found["faults"] = watched.faults
    return found


def keep(watched: Watched, path: str, language: str, size: str) -> None:
    """With CHEDAI_SCREENS=<folder> every page is kept as a picture."""
    folder = os.environ.get("CHEDAI_SCREENS")
    if folder:
        name = path.strip("/").replace("/", "-").split("?")[0] or "home"
        watched.page.screenshot(path=Path(folder) / f"{name}-{size}-{language}.png", full_page=True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_the_house_is_clean(house: House, screen: Open, language: str) -> None:
    behind = furnish(house)
    boss: Staff = chief(house)
    watched = screen(boss, language)
    wrong = {}
    for path in [*(reverse(name) for name in MENU), *behind]:
        if found := _seen(watched, path, language):
            wrong[path] = found
        watched.faults.clear()
    assert wrong == {}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_before_the_door_is_clean(house: House, screen: Open, language: str) -> None:
    watched = screen(None, language)
    assert {path: found for path in GATE if (found := _seen(watched, path, language))} == {}
