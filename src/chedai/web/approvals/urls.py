"""Addresses of approvals."""

from __future__ import annotations

from django.urls import path

from chedai.web.approvals import views

urlpatterns = [
    path("", views.approvals, name="approvals"),
    path("next/", views.following, name="approval_next"),
    path("<int:approval_id>/", views.approval, name="approval"),
    path("<int:approval_id>/withdraw/", views.withdraw, name="approval_withdraw"),
    path("<int:approval_id>/papers/<int:paper_id>/", views.paper, name="approval_paper"),
]
