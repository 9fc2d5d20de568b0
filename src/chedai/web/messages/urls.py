"""The address of the list of messages."""

from __future__ import annotations

from django.urls import path

from chedai.web.messages.views import messages

urlpatterns = [path("", messages, name="messages")]
