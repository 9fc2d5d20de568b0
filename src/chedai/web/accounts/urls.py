"""Addresses of signing in and of one's own account."""

from __future__ import annotations

from allauth.urls import urlpatterns as allauth_patterns
from django.urls import URLPattern, URLResolver, path

from chedai.web.accounts import views
from chedai.web.accounts.locked import locked

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.own_account, name="own_account"),
    path("sessions/<int:pk>/end/", views.own_session_end, name="own_session_end"),
    path("sessions/end/", views.own_sessions_end, name="own_sessions_end"),
    path("tokens/new/", views.own_token_new, name="own_token_new"),
    path("tokens/<int:pk>/revoke/", views.own_token_revoke, name="own_token_revoke"),
    *locked(allauth_patterns),
]
