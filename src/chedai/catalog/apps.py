"""The wing as a Django app under the label `catalog`."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """One migration chain, one label."""

    name = "chedai.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
