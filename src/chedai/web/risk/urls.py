"""Addresses of watching."""

from __future__ import annotations

from django.urls import path

from chedai.web.risk import portfolio, views

urlpatterns = [
    path("", views.alerts, name="alerts"),
    path("alerts/<int:alert_id>/", views.alert, name="alert"),
    path("alerts/<int:alert_id>/close/", views.close, name="alert_close"),
    path("steps/<int:step_id>/", views.step, name="playbook_step"),
    path("indicators/", views.indicators, name="indicators"),
    path("drills/", views.drill, name="drill"),
    path("watch/", views.watch, name="watch"),
    path("watch/<int:item_id>/", views.watched, name="watch_item"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
]
