"""Addresses of the staff."""

from __future__ import annotations

from django.urls import path

from chedai.web.staff import acts, stores
from chedai.web.staff.pages import staff_one
from chedai.web.staff.views import staff

urlpatterns = [
    path("", staff, name="staff"),
    path("new/", acts.staff_new, name="staff_new"),
    path("<int:pk>/", staff_one, name="staff_one"),
    path("<int:pk>/describe/", acts.staff_describe, name="staff_describe"),
    path("<int:pk>/grant/", acts.staff_grant, name="staff_grant"),
    path("<int:pk>/leave/", acts.staff_leave, name="staff_leave"),
    path("<int:pk>/factors/", acts.staff_factors, name="staff_factors"),
    path("<int:pk>/unlock/", acts.staff_unlock, name="staff_unlock"),
    path("<int:pk>/sign-out/", acts.staff_sign_out, name="staff_sign_out"),
    path("<int:pk>/link/", acts.staff_link, name="staff_link"),
    path("stores/", stores.stores, name="stores"),
    path("stores/new/", stores.store_new, name="store_new"),
    path("stores/<int:pk>/", stores.store_change, name="store_change"),
    path("grants/<int:pk>/withdraw/", acts.grant_withdraw, name="grant_withdraw"),
]
