"""Addresses of the close."""

from __future__ import annotations

from django.urls import path

from chedai.web.close import views

urlpatterns = [
    path("", views.closes, name="closes"),
    path("now/", views.now, name="close_now"),
    path("turn/", views.turn, name="close_turn"),
]
