"""Addresses of the paper, behind those of its deal."""

from __future__ import annotations

from django.urls import path

from chedai.web.contracts import acts, views

urlpatterns = [
    path("<str:number>/contract/", views.contract, name="deal_contract"),
    path("<str:number>/contract/statement/", views.statement, name="deal_statement"),
    path("<str:number>/contract/make/", acts.make, name="statement_make"),
    path("<str:number>/contract/decline/", acts.decline, name="statement_decline"),
    path("<str:number>/contract/file/<slug:kind>/", views.file, name="contract_file"),
    path("<str:number>/contract/payees/", acts.payees, name="contract_payees"),
    path("<str:number>/contract/payees/check/", acts.payees_checked, name="contract_payees_check"),
    path("<str:number>/contract/promise/", acts.promise, name="contract_promise"),
    path("<str:number>/contract/promise/strike/", acts.strike, name="contract_promise_strike"),
    path("<str:number>/contract/draft/", acts.draft, name="contract_draft"),
    path("<str:number>/contract/hand-in/", acts.hand_in, name="contract_hand_in"),
    path("<str:number>/contract/check/", acts.check, name="contract_check"),
    path("<str:number>/contract/amend/", acts.amend, name="contract_amend"),
]
