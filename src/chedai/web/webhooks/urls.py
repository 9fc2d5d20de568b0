"""Addresses of webhooks."""

from __future__ import annotations

from django.urls import path

from chedai.web.webhooks import views

urlpatterns = [
    path("", views.webhooks, name="webhooks"),
    path("new/", views.webhook_new, name="webhook_new"),
    path("<int:pk>/", views.webhook, name="webhook"),
    path("<int:pk>/events/", views.webhook_events, name="webhook_events"),
    path("<int:pk>/switch/", views.webhook_switch, name="webhook_switch"),
    path("<int:pk>/test/", views.webhook_test, name="webhook_test"),
    path("deliveries/<int:pk>/retry/", views.delivery_retry, name="delivery_retry"),
]
