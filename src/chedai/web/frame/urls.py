"""Addresses of the frame."""

from __future__ import annotations

from django.urls import path

from chedai.web.frame import views

urlpatterns = [
    path("shell/counts/", views.counts, name="shell_counts"),
    path("shell/bell/", views.bell, name="shell_bell"),
    path("shell/find/", views.find, name="shell_find"),
    path("language/", views.language, name="language"),
    path("drafts/<str:form_key>/", views.draft_keep, name="draft"),
    path("drafts/<str:form_key>/drop/", views.draft_drop, name="draft_drop"),
]
