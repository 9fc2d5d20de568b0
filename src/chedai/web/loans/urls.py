"""Addresses of the loans."""

from __future__ import annotations

from django.urls import path

from chedai.web.loans import counter, views

urlpatterns = [
    path("", views.loans, name="loans"),
    path("<str:number>/", views.loan, name="loan"),
    path("<str:number>/plan/", views.plan, name="loan_plan"),
    path("<str:number>/account/", views.account, name="loan_account"),
    path("<str:number>/payoff/", views.payoff, name="loan_payoff"),
    path("<str:number>/repay/", counter.repay, name="loan_repay"),
    path("<str:number>/prepay/", counter.prepay, name="loan_prepay"),
    path("<str:number>/settle/", counter.settle, name="loan_settle"),
    path("<str:number>/reverse/<int:event_id>/", counter.reverse_event, name="loan_reverse"),
]
