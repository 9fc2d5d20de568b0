"""The wing as a Django app under the label `web`."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """One migration chain, one label."""

    name = "chedai.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
