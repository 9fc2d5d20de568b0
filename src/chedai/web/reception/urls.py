"""The addresses of reception and of leads."""

from __future__ import annotations

from django.urls import path

from chedai.web.reception import leads, views

urlpatterns = [
    path("reception/", views.reception, name="reception"),
    path("reception/next/", views.visit_next, name="visit_next"),
    path("reception/<int:pk>/serve/", views.visit_serve, name="visit_serve"),
    path("reception/<int:pk>/leave/", views.visit_leave, name="visit_leave"),
    path("leads/", leads.leads, name="leads"),
    path("leads/new/", leads.lead_new, name="lead_new"),
    path("leads/figures/", views.figures, name="lead_figures"),
    path("leads/<int:pk>/", leads.lead, name="lead"),
    path("leads/<int:pk>/take/", leads.lead_take, name="lead_take"),
    path("leads/<int:pk>/lose/", leads.lead_lose, name="lead_lose"),
    path("customers/<int:pk>/needs/", leads.needs, name="needs"),
]
