"""Addresses of signing in and of one's own account."""

from __future__ import annotations

from allauth.urls import urlpatterns as allauth_patterns
from django.urls import URLPattern, URLResolver

from chedai.web.accounts.locked import locked

urlpatterns: list[URLPattern | URLResolver] = [
    *locked(allauth_patterns),
]
