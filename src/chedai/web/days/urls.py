"""Address of the business date."""

from __future__ import annotations

from django.urls import path

from chedai.web.days.views import business_date

urlpatterns = [path("", business_date, name="business_date")]
