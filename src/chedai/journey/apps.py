"""The wiring is installed when the product starts."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class JourneyConfig(AppConfig):
    """No models: only the tables of wiring."""

    name = "chedai.journey"
    label = "journey"

    def ready(self) -> None:
        """Install every table. The wiring imports models, which are there only now."""
        import_module("chedai.journey.wiring").wire()
