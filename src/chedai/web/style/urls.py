"""The address of the style page."""

from __future__ import annotations

from django.urls import path

from chedai.web.style.views import style

urlpatterns = [path("", style, name="style")]
