"""Addresses of the style page."""

from __future__ import annotations

from django.urls import path

from chedai.web.style.views import style, undo

urlpatterns = [path("", style, name="style"), path("undo/", undo, name="style_undo")]
