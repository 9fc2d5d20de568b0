"""What a demonstration would have sent: the words of the console channel, which no production has."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chedai.platform.errors import NotFound
from chedai.platform.messages.channels import channels
from chedai.platform.messages.selectors import messages as sent
from chedai.web.doors import Request, door
from chedai.web.messages.views import STATES
from chedai.web.words import subject

CONSOLE: Final = "console"
SHOWN: Final = 50


@require_GET
@door("message.read")
def demo(request: Request) -> HttpResponse:
    """The newest messages with their words; nothing where the house sends for real."""
    if CONSOLE not in channels():
        raise NotFound("no-demo-channel", "本系统没有演示渠道", "this house has no channel of a demonstration")
    found = sent().filter(template__channel=CONSOLE).order_by("-pk")[:SHOWN]
    rows = [(one, subject(one.subject), STATES[one.state], one.body.in_full()) for one in found]
    return render(request, "web/messages/demo.html", {"rows": rows})
