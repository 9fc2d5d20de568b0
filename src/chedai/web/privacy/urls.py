"""Addresses of personal data."""

from __future__ import annotations

from django.urls import path

from chedai.web.privacy import erasures
from chedai.web.privacy.reveal import reveal

urlpatterns = [
    path("", erasures.erasures, name="erasures"),
    path("reveal/<slug:kind>/<int:pk>/<slug:field>/", reveal, name="reveal"),
    path("erase/customer/<int:pk>/", erasures.erasure_new, name="erasure_new"),
    path("<int:pk>/", erasures.erasure, name="erasure"),
    path("<int:pk>/carry-out/", erasures.erasure_do, name="erasure_do"),
]
