"""Addresses of imports."""

from __future__ import annotations

from django.urls import path

from chedai.web.imports import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("new/", views.import_new, name="import_new"),
    path("templates/<slug:code>/", views.template, name="import_template"),
    path("<int:pk>/", views.batch, name="import"),
    path("<int:pk>/progress/", views.progress, name="import_progress"),
    path("<int:pk>/bad/", views.bad_rows, name="import_bad"),
    path("<int:pk>/write/", views.write, name="import_write"),
    path("<int:pk>/undo/", views.undo, name="import_undo"),
]
