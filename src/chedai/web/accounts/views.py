"""One's own account: name, language, password, second factors, where one is signed in, API tokens."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.org.permissions import table
from chedai.platform import clock
from chedai.platform.accounts import tokens
from chedai.platform.accounts.factors import factors_of
from chedai.platform.accounts.selectors import account, tokens_of
from chedai.platform.accounts.sessions import session_end, sessions_end, sessions_of
from chedai.platform.errors import NotFound, Refusal
from chedai.web.accounts.forms import TokenForm
from chedai.web.doors import Request, door
from chedai.web.forms.page import refuse


@require_GET
@door("self.manage")
def own_account(request: Request) -> HttpResponse:
    """The page."""
    me = request.actor.ref
    context = {
        "me": account(me),
        "factors": sorted(set(factors_of(me).values())),
        "sessions": sessions_of(me, request.session.session_key),
        "tokens": tokens_of(me),
        "may_token": request.access.may("token.manage"),
    }
    return render(request, "web/accounts/account.html", context)


@require_POST
@door("self.manage")
def own_session_end(request: Request, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    session_end(session_id=pk, user_id=request.actor.ref, actor=request.actor)
    messages.success(request, _("已退出那一处登录。"))
    return HttpResponseRedirect(reverse("own_account"))


@require_POST
@door("self.manage")
def own_sessions_end(request: Request) -> HttpResponse:
    """Sign out everywhere else."""
    ended = sessions_end(user_id=request.actor.ref, actor=request.actor, but=request.session.session_key)
    messages.success(request, _("已退出其他 %s 处登录。") % ended)
    return HttpResponseRedirect(reverse("own_account"))


@require_http_methods(["GET", "POST"])
@door("token.manage")
def own_token_new(request: Request) -> HttpResponse:
    """Make an API token, within what one may do oneself. Its secret is on the answer of the form, and nowhere else."""
    zh = (get_language() or "zh").startswith("zh")
    rights = [(p, w.zh if zh else w.en) for p, w in table().permissions.items() if request.access.may(p)]
    form = TokenForm(request.POST or None, rights=rights)
    made = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        expires = clock.now() + timedelta(days=data["days"])
        me = request.actor
        try:
            made = tokens.token_make(
                user_id=me.ref, name=data["name"], scopes=data["scopes"], expires_at=expires, actor=me
            )
        except Refusal as refused:
            refuse(form, refused)
    status = 422 if request.method == "POST" and made is None else 200
    return render(request, "web/accounts/token.html", {"form": form, "made": made}, status=status)


@require_POST
@door("self.manage")
def own_token_revoke(request: Request, pk: int) -> HttpResponse:
    """Take one's own token back."""
    if not tokens_of(request.actor.ref).filter(pk=pk).exists():
        raise NotFound("no-such-token", "没有这个密钥", "there is no such token")
    tokens.token_revoke(token_id=pk, actor=request.actor)
    messages.success(request, _("已收回密钥。"))
    return HttpResponseRedirect(reverse("own_account"))
