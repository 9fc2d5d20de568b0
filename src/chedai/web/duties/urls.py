"""Addresses of the responsibility map."""

from __future__ import annotations

from django.urls import path

from chedai.web.duties import views

urlpatterns = [
    path("", views.duties, name="duties"),
    path("<int:pk>/publish/", views.duties_publish, name="duties_publish"),
]
