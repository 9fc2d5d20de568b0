"""Addresses without a sign-in: the lenders' answers, and the papers they fetch."""

from __future__ import annotations

from django.urls import path

from chedai.web.applications.callback import lender_callback
from chedai.web.applications.fetching import lender_paper

urlpatterns = [
    path("<slug:lender>/", lender_callback, name="lender_callback"),
    path("<slug:lender>/papers/<str:token>/", lender_paper, name="lender_paper"),
]
