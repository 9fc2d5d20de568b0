"""Addresses of API tokens."""

from __future__ import annotations

from django.urls import path

from chedai.web.tokens import views

urlpatterns = [
    path("", views.tokens, name="tokens"),
    path("<int:pk>/revoke/", views.revoke, name="token_revoke"),
]
