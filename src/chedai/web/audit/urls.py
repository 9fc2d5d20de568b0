"""Addresses of the audit log."""

from __future__ import annotations

from django.urls import path

from chedai.web.audit import views

urlpatterns = [
    path("", views.audit, name="audit"),
    path("<int:seq>/", views.entry, name="audit_entry"),
    path("verify/", views.verify, name="audit_verify"),
]
