"""Addresses for machines."""

from __future__ import annotations

from django.urls import path

from chedai.web.operations.views import healthz, metrics

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
]
