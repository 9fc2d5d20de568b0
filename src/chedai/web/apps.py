"""The wing as a Django app under the label `web`."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    """One migration chain, one label."""

    name = "chedai.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Drafts and notes of sent forms go with the nightly tidying. Models are there only now."""
        leftovers = import_module("chedai.web.services").leftovers_forget
        import_module("chedai.journey.housekeeping").also_forget("drafts", leftovers)
