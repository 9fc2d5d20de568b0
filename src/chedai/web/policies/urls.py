"""Addresses of policies."""

from __future__ import annotations

from django.urls import path

from chedai.web.policies import drafts, files, views

urlpatterns = [
    path("", views.policies, name="policies"),
    path("keys/<str:key>/", views.policy, name="policy"),
    path("files/", files.files, name="policy_files"),
    path("files/new/", drafts.file_new, name="policy_file_new"),
    path("files/<str:name>/", files.file, name="policy_file"),
    path("files/<str:name>/compare/", files.compare, name="policy_compare"),
    path("files/<str:name>/write/", drafts.file_write, name="policy_file_write"),
    path("drafts/", drafts.drafts, name="policy_drafts"),
    path("drafts/check/", drafts.check, name="policy_check"),
    path("drafts/<int:pk>/", drafts.draft, name="policy_draft"),
    path("drafts/<int:pk>/write/", drafts.draft_edit, name="policy_draft_edit"),
    path("drafts/<int:pk>/submit/", drafts.submit, name="policy_draft_submit"),
    path("drafts/<int:pk>/withdraw/", drafts.withdraw, name="policy_draft_withdraw"),
]
