"""Addresses of advances."""

from __future__ import annotations

from django.urls import path

from chedai.web.advances import views

urlpatterns = [
    path("", views.advances, name="advances"),
    path("margin/", views.margin, name="margin"),
    path("<int:advance_id>/withdraw/", views.withdraw, name="advance_withdraw"),
    path("<str:number>/pay/", views.pay, name="advance_pay"),
    path("<str:number>/recover/", views.recover, name="advance_recover"),
]
