"""The wing as a Django app under the label `crm`."""

from __future__ import annotations

from django.apps import AppConfig


class CrmConfig(AppConfig):
    """One migration chain, one label."""

    name = "chedai.crm"
    label = "crm"
    default_auto_field = "django.db.models.BigAutoField"
