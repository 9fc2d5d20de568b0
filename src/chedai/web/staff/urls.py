"""Addresses of the staff."""

from __future__ import annotations

from django.urls import path

from chedai.web.staff.views import staff

urlpatterns = [path("", staff, name="staff")]
