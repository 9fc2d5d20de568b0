"""The platform as one Django app: one migration chain under the label `platform`."""

from __future__ import annotations

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """The wing below all business wings."""

    name = "chedai.platform"
    label = "platform"
    default_auto_field = "django.db.models.BigAutoField"
