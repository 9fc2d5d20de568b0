"""The shop that is open for business, for every journey."""

from __future__ import annotations

from tests.browser.journeys.steps import walk

__all__ = ["walk"]
