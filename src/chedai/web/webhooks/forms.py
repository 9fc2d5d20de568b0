"""Forms of webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class EventsForm(forms.Form):
    """What an endpoint is told of."""

    events = forms.MultipleChoiceField(label=_("通知哪些事件"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, told: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["events"].choices = told  # type: ignore[attr-defined]


class EndpointForm(EventsForm):
    """A new endpoint: where, and what it is told of."""

    url = forms.CharField(
        label=_("接收地址"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("对方系统的 https 地址，每件事以 POST 发去一次，签名在 Chedai-Signature"),
    )

    field_order = ("url", "events")
