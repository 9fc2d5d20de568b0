"""Addresses without a sign-in: the lenders' answers."""

from __future__ import annotations

from django.urls import path

from chedai.web.applications.callback import lender_callback

urlpatterns = [path("<slug:lender>/", lender_callback, name="lender_callback")]
