"""The page of API tokens."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chedai.platform.accounts.tokens import token_revoke
from chedai.platform.errors import NotFound
from chedai.web.doors import Request, door
from chedai.web.lists.page import list_page
from chedai.web.tokens.lists import MANAGE, TOKENS, seen


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def tokens(request: Request) -> HttpResponse:
    """Every token of the people one manages, those no longer in force as well."""
    return list_page(request, TOKENS)


@require_POST
@door(MANAGE)
def revoke(request: Request, pk: int) -> HttpResponse:
    """Take a token back at once."""
    found = seen(request).filter(pk=pk).first()
    if found is None:
        raise NotFound("no-such-token", "没有这个密钥", "there is no such token")
    token_revoke(token_id=found.pk, actor=request.actor)
    messages.success(request, _("已收回密钥 %s") % found.name)
    return HttpResponseRedirect(reverse("tokens"))
