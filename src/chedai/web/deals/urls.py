"""The addresses of the pipeline and of a deal. A room adds its tab `<number>/<tab>/` in its own list."""

from __future__ import annotations

from django.urls import path

from chedai.web.deals import efficiency, views

urlpatterns = [
    path("", views.board, name="deals_board"),
    path("list/", views.deals, name="deals"),
    path("calendar/", views.calendar, name="deals_calendar"),
    path("efficiency/", efficiency.efficiency, name="deals_efficiency"),
    path("<str:number>/", views.deal, name="deal"),
    path("<str:number>/record/", views.record, name="deal_record"),
    path("<str:number>/note/", views.note, name="deal_note"),
    path("<str:number>/hand-over/", views.hand_over, name="deal_hand_over"),
    path("<str:number>/lose/", views.lose, name="deal_lose"),
]
