"""Addresses of decisions and of the rules they follow."""

from __future__ import annotations

from django.urls import path

from chedai.web.underwriting import precheck, reports, rule_grid, rule_sets, views

urlpatterns = [
    path("", views.cases, name="cases"),
    path("next/", views.following, name="case_next"),
    path("<int:case_id>/", views.case, name="case"),
    path("<int:case_id>/papers/<int:paper_id>/", views.paper, name="case_paper"),
    path("<int:case_id>/papers/left/", views.papers_left, name="case_papers_left"),
    path("<int:case_id>/assess/", views.assess, name="case_assess"),
    path("<int:case_id>/rate/", views.rate, name="case_rate"),
    path("<int:case_id>/memo/", views.memo, name="case_memo"),
    path("proposals/<int:decision_id>/withdraw/", views.withdraw, name="decision_withdraw"),
    path("conditions/<int:condition_id>/", views.condition, name="condition"),
    path("exceptions/", reports.exceptions, name="exceptions"),
    path("precheck/", precheck.page, name="precheck"),
    path("rules/", rule_sets.sets, name="rule_sets"),
    path("rules/drafts/<int:draft_id>/", rule_sets.draft, name="rule_draft"),
    path("rules/drafts/<int:draft_id>/write/", rule_sets.edit, name="rule_draft_edit"),
    path("rules/drafts/<int:draft_id>/grid/", rule_grid.edit, name="rule_draft_grid"),
    path("rules/drafts/<int:draft_id>/submit/", rule_sets.submit, name="rule_draft_submit"),
    path("rules/drafts/<int:draft_id>/withdraw/", rule_sets.withdraw, name="rule_draft_withdraw"),
    path("rules/<slug:name>/", rule_sets.one_set, name="rule_set"),
    path("rules/<slug:name>/write/", rule_sets.write, name="rule_write"),
    path("rules/<slug:name>/grid/", rule_grid.write, name="rule_grid"),
]
