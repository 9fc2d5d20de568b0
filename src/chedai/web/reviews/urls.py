"""Addresses of the access review."""

from __future__ import annotations

from django.urls import path

from chedai.web.reviews import views

urlpatterns = [
    path("", views.reviews, name="reviews"),
    path("new/", views.review_new, name="review_new"),
    path("<int:pk>/", views.review, name="review"),
    path("<int:pk>/close/", views.review_close, name="review_close"),
    path("lines/<int:pk>/withdraw/", views.review_withdraw, name="review_withdraw"),
]
