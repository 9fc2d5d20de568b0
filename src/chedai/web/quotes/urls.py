"""The addresses of quotes."""

from __future__ import annotations

from django.urls import path

from chedai.web.quotes import advice, beside, cases, sheets, views
from chedai.web.quotes import public as links

urlpatterns = [
    path("new/", views.desk, name="quote_desk"),
    path("new/answer/", views.answer, name="quote_answer"),
    path("new/models/", views.models, name="quote_models"),
    path("new/rows/", views.rows, name="quote_rows"),
    path("new/reasons/", views.reasons, name="quote_reasons"),
    path("new/keep/", views.keep, name="quote_keep"),
    path("new/known/", cases.known, name="quote_known"),
    path("", sheets.quotes, name="quotes"),
    path("<int:quote_id>/", sheets.quote, name="quote"),
    path("<int:quote_id>/print/", sheets.printed, name="quote_print"),
    path("<int:quote_id>/pdf/", sheets.as_pdf, name="quote_pdf"),
    path("<int:quote_id>/image/", sheets.as_image, name="quote_image"),
    path("<int:quote_id>/offer/", sheets.offer, name="quote_offer"),
    path("<int:quote_id>/share/", sheets.share, name="quote_share"),
    path("<int:quote_id>/share/<int:share_id>/revoke/", sheets.revoke, name="quote_share_revoke"),
    path("<int:quote_id>/accept/", sheets.accept, name="quote_accept"),
    path("<int:quote_id>/withdraw/", sheets.withdraw, name="quote_withdraw"),
    path("<int:quote_id>/deal/", cases.case, name="quote_deal"),
    path("<int:quote_id>/menu/", beside.products, name="quote_menu"),
    path("<int:quote_id>/menu/take/", beside.products_take, name="quote_menu_take"),
    path("<int:quote_id>/terms/", beside.terms, name="quote_terms"),
    path("<int:quote_id>/terms/<int:ask_id>/take/", beside.terms_take, name="quote_terms_take"),
    path("<int:quote_id>/advice/", advice.advise, name="quote_advice"),
    path("advice/", advice.texts, name="advice"),
    path("advice/new/", advice.text_new, name="advice_new"),
    path("advice/<int:pk>/", advice.text, name="advice_text"),
    path("advice/<int:pk>/publish/", advice.publish, name="advice_publish"),
    path("<int:quote_id>/revise/", views.revise, name="quote_revise"),
]

of_deal = [path("<str:number>/plan/", sheets.plan, name="deal_plan")]
"""The tab of a deal, under /deals/."""

public = [
    path("<str:token>/", links.page, name="quote_public"),
    path("<str:token>/pdf/", links.as_pdf, name="quote_public_pdf"),
    path("<str:token>/image/", links.as_image, name="quote_public_image"),
]
"""What opens without an account, under /q/."""
