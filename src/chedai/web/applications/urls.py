"""Addresses of an application, behind those of its deal."""

from __future__ import annotations

from django.urls import path

from chedai.web.applications import acts, entering, views

urlpatterns = [
    path("<str:number>/application/", views.application, name="deal_application"),
    path("<str:number>/application/answers/", entering.answers, name="application_answers"),
    path("<str:number>/application/party/", entering.party, name="application_party"),
    path("<str:number>/application/statement/", entering.statement, name="application_statement"),
    path("<str:number>/application/bureau/", entering.bureau, name="application_bureau"),
    path("<str:number>/application/submit/", acts.submit, name="application_submit"),
    path("<str:number>/application/return/", acts.send_back, name="application_return"),
    path("<str:number>/application/new-plan/", acts.new_plan, name="application_new_plan"),
    path("<str:number>/application/aims/", acts.aims, name="application_aims"),
    path("<str:number>/application/change/", acts.change, name="application_change"),
    path("<str:number>/application/remove/", acts.remove, name="application_remove"),
    path("<str:number>/application/link/", acts.link, name="application_link"),
    path("<str:number>/application/unlink/", acts.unlink, name="application_unlink"),
    path("<str:number>/application/statement/drop/", acts.drop_statement, name="application_statement_drop"),
    path("<str:number>/application/look/", acts.look, name="application_look"),
    path("<str:number>/application/resolve/", acts.resolve, name="application_resolve"),
    path("<str:number>/application/acknowledge/", acts.acknowledge, name="application_acknowledge"),
    path("<str:number>/papers/", views.papers, name="deal_papers"),
    path("<str:number>/papers/file/", views.paper_file, name="application_file"),
    path("<str:number>/papers/hand-in/", acts.hand_in, name="check_hand_in"),
    path("<str:number>/papers/accept/", acts.accept, name="check_accept"),
    path("<str:number>/papers/return/", acts.give_back, name="check_return"),
    path("<str:number>/lenders/", views.lenders, name="deal_lenders"),
    path("<str:number>/lenders/send/", acts.send, name="lender_send"),
    path("<str:number>/lenders/answer/", entering.answer, name="lender_answer"),
    path("<str:number>/lenders/withdraw/", acts.withdraw, name="lender_withdraw"),
    path("<str:number>/lenders/win/", acts.win, name="lender_win"),
    path("<str:number>/lenders/funded/", acts.funded, name="lender_funded"),
]
