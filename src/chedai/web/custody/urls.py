"""Addresses of custody, and behind those of a deal."""

from __future__ import annotations

from django.urls import path

from chedai.web.custody import counting, views

urlpatterns = [
    path("", views.things, name="custody"),
    path("counts/", counting.counts, name="custody_counts"),
    path("counts/open/", counting.begin, name="custody_count_open"),
    path("counts/<int:count_id>/", counting.count, name="custody_count"),
    path("counts/<int:count_id>/tick/", counting.tick, name="custody_tick"),
    path("counts/<int:count_id>/untick/", counting.untick, name="custody_untick"),
    path("counts/<int:count_id>/close/", counting.close, name="custody_count_close"),
    path("findings/<int:finding_id>/", counting.settle, name="custody_finding"),
    path("<str:label>/", views.thing, name="custody_item"),
    path("<str:label>/send/", views.send, name="custody_send"),
    path("<str:label>/receive/", views.receive, name="custody_receive"),
    path("<str:label>/recall/", views.recall, name="custody_recall"),
]

of_deal = [
    path("<str:number>/custody/enter/", views.enter, name="custody_enter"),
    path("<str:number>/custody/return/", views.give_back, name="custody_return"),
]
