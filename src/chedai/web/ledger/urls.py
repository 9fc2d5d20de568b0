"""Addresses of the ledger."""

from __future__ import annotations

from django.urls import path

from chedai.web.ledger import periods, taking, views

urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("accounts/<slug:code>/", views.account, name="ledger_account"),
    path("entries/", views.journal, name="journal"),
    path("entries/<int:seq>/", views.entry, name="journal_entry"),
    path("periods/", periods.periods, name="periods"),
    path("periods/ask/", periods.ask, name="period_ask"),
    path("take/", taking.take, name="ledger_take"),
]
