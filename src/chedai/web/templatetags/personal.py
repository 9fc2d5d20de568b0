"""Personal values on a page: `{% load personal %}`, then `{% reveal customer "phone" %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from chedai.web.privacy.subjects import shown

register = template.Library()


@register.simple_tag(takes_context=True)
def reveal(context: template.Context, record: Any, field: str) -> SafeString:
    """The masked value, with an eye beside it for who may see it in full; a dash where there is none."""
    value = shown(record, field, context["shell"].access)
    return render_to_string("web/privacy/reveal.html", {"shown": value})
