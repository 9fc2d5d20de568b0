"""Addresses of the limits of authority."""

from __future__ import annotations

from django.urls import path

from chedai.web.authority import views

urlpatterns = [
    path("", views.authority, name="authority"),
    path("new/", views.authority_new, name="authority_new"),
]
