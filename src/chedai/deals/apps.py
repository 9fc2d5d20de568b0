"""The wing as a Django app under the label `deals`."""

from __future__ import annotations

from django.apps import AppConfig


class DealsConfig(AppConfig):
    """One migration chain, one label."""

    name = "chedai.deals"
    label = "deals"
    default_auto_field = "django.db.models.BigAutoField"
