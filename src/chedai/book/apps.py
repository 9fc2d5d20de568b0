"""The wing as a Django app under the label `book`."""

from __future__ import annotations

from django.apps import AppConfig


class BookConfig(AppConfig):
    """One migration chain, one label."""

    name = "chedai.book"
    label = "book"
    default_auto_field = "django.db.models.BigAutoField"
