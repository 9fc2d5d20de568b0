"""Addresses of the loans."""

from __future__ import annotations

from django.urls import path

from chedai.web.loans import changing, closing, closures, counter, debits, glance, mandates, opinions, refunds, views

urlpatterns = [
    path("", views.loans, name="loans"),
    path("closures/", closures.closures, name="closures"),
    path("debits/", debits.debits, name="debits"),
    path("debits/new/", debits.debit_new, name="debit_new"),
    path("debits/<str:number>/", debits.debit, name="debit"),
    path("debits/<str:number>/send/", debits.debit_send, name="debit_send"),
    path("debits/<str:number>/drop/", debits.debit_drop, name="debit_drop"),
    path("debits/<str:number>/file/", debits.debit_take, name="debit_take"),
    path("<str:number>/", views.loan, name="loan"),
    path("<str:number>/debit/", mandates.loan_debit, name="loan_debit"),
    path("<str:number>/debit/mandate/", mandates.loan_mandate, name="loan_mandate"),
    path("<str:number>/debit/<int:mandate_id>/end/", mandates.loan_mandate_end, name="loan_mandate_end"),
    path("<str:number>/debit/<int:mandate_id>/paper/", mandates.loan_mandate_paper, name="loan_mandate_paper"),
    path("<str:number>/plan/", views.plan, name="loan_plan"),
    path("<str:number>/account/", views.account, name="loan_account"),
    path("<str:number>/payoff/", views.payoff, name="loan_payoff"),
    path("<str:number>/closure/", closing.closure, name="loan_closure"),
    path("<str:number>/closure/link/", closing.link, name="loan_link"),
    path("<str:number>/closure/unlink/", closing.unlink, name="loan_unlink"),
    path("<str:number>/closure/certify/", closing.certify, name="loan_certify"),
    path("<str:number>/closure/certificate/", closing.certificate, name="loan_certificate"),
    path("<str:number>/closure/close/", closing.close, name="loan_close"),
    path("<str:number>/closure/refund/", refunds.refund, name="loan_refund"),
    path("<str:number>/closure/items/<slug:kind>/", closing.item, name="loan_closing_item"),
    path("<str:number>/changes/", opinions.loan_changes, name="loan_changes"),
    path("<str:number>/changes/<slug:kind>/", changing.change, name="loan_change"),
    path("<str:number>/heal/", changing.heal, name="loan_heal"),
    path("<str:number>/watch/", opinions.watch_this, name="loan_watch"),
    path("<str:number>/class/", opinions.class_this, name="loan_class"),
    path("<str:number>/repay/", counter.repay, name="loan_repay"),
    path("<str:number>/prepay/", counter.prepay, name="loan_prepay"),
    path("<str:number>/settle/", counter.settle, name="loan_settle"),
    path("<str:number>/reverse/<int:event_id>/", counter.reverse_event, name="loan_reverse"),
]

of_deal = [path("<str:number>/loan/", glance.deal_loan, name="deal_loan")]
