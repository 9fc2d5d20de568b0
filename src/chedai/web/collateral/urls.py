"""Addresses of the security, behind those of its deal."""

from __future__ import annotations

from django.urls import path

from chedai.web.collateral import views

urlpatterns = [
    path("<str:number>/after/", views.after, name="deal_after"),
    path("<str:number>/after/insurance/", views.insurance, name="after_insurance"),
    path("<str:number>/after/insurance/withdraw/", views.withdraw, name="after_insurance_withdraw"),
    path("<str:number>/after/done/<slug:kind>/", views.done, name="after_done"),
]
