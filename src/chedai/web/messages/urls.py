"""The addresses of messages and of the texts they are written from."""

from __future__ import annotations

from django.urls import path

from chedai.web.messages import templates
from chedai.web.messages.demo import demo
from chedai.web.messages.views import messages

urlpatterns = [
    path("", messages, name="messages"),
    path("demo/", demo, name="messages_demo"),
    path("templates/", templates.templates, name="templates"),
    path("templates/new/", templates.template_new, name="template_new"),
    path("templates/preview/", templates.preview, name="template_preview"),
    path("templates/<int:pk>/", templates.template, name="template"),
]
