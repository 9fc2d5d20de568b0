"""Addresses of collection."""

from __future__ import annotations

from django.urls import path

from chedai.web.collection import acts, outside, pages, views, visits

urlpatterns = [
    path("", views.desk, name="collection"),
    path("cases/", pages.all_cases, name="collection_cases"),
    path("cases/<int:case_id>/", views.case, name="collection_case"),
    path("cases/<int:case_id>/dial/", views.dial, name="collection_dial"),
    path("cases/<int:case_id>/skip/", views.skip, name="collection_skip"),
    path("cases/<int:case_id>/remind/", acts.remind, name="collection_remind"),
    path("cases/<int:case_id>/evidence/", pages.evidence, name="collection_evidence"),
    path("cases/<int:case_id>/do/<slug:what>/", acts.act, name="collection_act"),
    path("cases/<int:case_id>/manage/<slug:what>/", acts.manage, name="collection_manage"),
    path("promises/", pages.promises, name="collection_promises"),
    path("before/", pages.before, name="collection_before"),
    path("before/<int:entry_id>/", pages.before_call, name="collection_before_call"),
    path("visits/", visits.route, name="collection_visits"),
    path("visits/sync/", visits.sync, name="collection_visits_sync"),
    path("visits/worker.js", visits.worker, name="collection_visits_worker"),
    path("claims/", pages.claims, name="collection_claims"),
    path("cars/", pages.cars, name="collection_cars"),
    path("cars/<int:recovery_id>/book/", pages.car_booked, name="collection_car_book"),
    path("agencies/", outside.agencies, name="collection_agencies"),
    path("agencies/new/", outside.agency_new, name="collection_agency_new"),
    path("agencies/<int:agency_id>/", outside.agency, name="collection_agency"),
    path("agencies/<int:agency_id>/do/<slug:what>/", outside.agency_act, name="collection_agency_act"),
    path("effects/", pages.effects, name="collection_effects"),
]
