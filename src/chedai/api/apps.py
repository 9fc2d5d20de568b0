"""The wing as a Django app under the label `api`."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """One migration chain, one label."""

    name = "chedai.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
