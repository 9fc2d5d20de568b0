"""The wing as a Django app under the label `org`."""

from __future__ import annotations

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """One migration chain, one label."""

    name = "chedai.org"
    label = "org"
    default_auto_field = "django.db.models.BigAutoField"
