"""Addresses of the page of jobs."""

from __future__ import annotations

from django.urls import path

from chedai.web.jobs import views

urlpatterns = [
    path("", views.jobs, name="jobs"),
    path("<int:job_id>/retry/", views.retry, name="job_retry"),
    path("<int:job_id>/cancel/", views.cancel, name="job_cancel"),
]
