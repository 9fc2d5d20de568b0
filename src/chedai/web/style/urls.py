"""Addresses of the style page."""

from __future__ import annotations

from django.urls import path

from chedai.web.style.views import customer, style, undo, upload

urlpatterns = [
    path("", style, name="style"),
    path("customer/", customer, name="style_customer"),
    path("undo/", undo, name="style_undo"),
    path("upload/", upload, name="style_upload"),
]
