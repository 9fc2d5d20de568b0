"""The customer's addresses: all begin with the token of a link."""

from __future__ import annotations

from django.urls import path

from chedai.web.phone import signing, uploads, views

urlpatterns = [
    path("<str:token>/", views.home, name="phone"),
    path("<str:token>/consents/", views.consents, name="phone_consents"),
    path("<str:token>/apply/<slug:group>/", views.apply, name="phone_apply"),
    path("<str:token>/papers/", views.papers, name="phone_papers"),
    path("<str:token>/papers/<int:item_id>/", views.paper, name="phone_paper"),
    path("<str:token>/papers/<int:item_id>/uploads/", uploads.begin, name="phone_upload"),
    path("<str:token>/papers/<int:item_id>/uploads/<str:upload>/", uploads.received, name="phone_upload_received"),
    path(
        "<str:token>/papers/<int:item_id>/uploads/<str:upload>/<int:offset>/", uploads.piece, name="phone_upload_piece"
    ),
    path("<str:token>/papers/<int:item_id>/uploads/<str:upload>/finish/", uploads.finish, name="phone_upload_finish"),
    path("<str:token>/changes/", views.changes, name="phone_changes"),
    path("<str:token>/statement/", signing.statement, name="phone_statement"),
    path("<str:token>/statement/decline/", signing.decline, name="phone_statement_decline"),
    path("<str:token>/contract/", signing.sign, name="phone_sign"),
    path("<str:token>/copies/<slug:kind>/", signing.paper, name="phone_copy"),
]
