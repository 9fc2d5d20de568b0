"""Addresses of the customers."""

from __future__ import annotations

from django.urls import path

from chedai.web.customers import acts, consents, known, pages, relations

urlpatterns = [
    path("", pages.customers, name="customers"),
    path("new/", acts.customer_new, name="customer_new"),
    path("known/", known.known, name="customer_known"),
    path("find/", known.find, name="customer_find"),
    path("<int:pk>/", pages.customer, name="customer"),
    path("<int:pk>/timeline/", pages.customer_timeline, name="customer_timeline"),
    path("<int:pk>/change/", acts.customer_change, name="customer_change"),
    path("<int:pk>/merge/", acts.customer_merge, name="customer_merge"),
    path("<int:pk>/relations/new/", relations.relation_new, name="relation_new"),
    path("relations/<int:pk>/end/", relations.relation_end, name="relation_end"),
    path("<int:pk>/consents/new/", consents.consent_new, name="consent_new"),
    path("<int:pk>/consents/<slug:purpose>/withdraw/", consents.consent_end, name="consent_end"),
    path("<int:pk>/messages/<slug:category>/", consents.customer_mute, name="customer_mute"),
    path("<int:pk>/papers/<int:paper_id>/", consents.customer_paper, name="customer_paper"),
]
