"""Addresses of payouts, behind those of their deal."""

from __future__ import annotations

from django.urls import path

from chedai.web.disbursement import views

urlpatterns = [
    path("<str:number>/payout/", views.payout, name="deal_payout"),
    path("<str:number>/payout/down-payment/", views.down_payment, name="payout_down_payment"),
    path("<str:number>/payout/evidence/", views.evidence, name="payout_evidence"),
    path("<str:number>/payout/request/", views.ask, name="payout_request"),
    path("<str:number>/payout/release/", views.release, name="payout_release"),
    path("<str:number>/payout/return/", views.send_back, name="payout_return"),
    path("<str:number>/payout/file/<slug:kind>/", views.file, name="payout_file"),
]
