"""The link by which somebody sets a password: the first, or a new one."""

from __future__ import annotations

from smtplib import SMTPException

from allauth.account import app_settings
from allauth.account.internal.flows.password_reset import request_password_reset
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from chedai.platform.accounts.selectors import account
from chedai.platform.accounts.services import link_sent
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.errors import Refusal


def link_send(request: HttpRequest, user_id: int) -> None:
    """Send it, in the language of who gets it; where the mail server does not answer, the page says so.

    Errors: `Refusal` for a closed account, or one without an address.
    """
    user = account(user_id)
    if user is None or not user.is_active or not user.email:
        raise Refusal("no-address", "该账号没有登记邮箱，或已停用", "the account has no e-mail address, or is closed")
    assert request.user.is_authenticated
    by = Actor(ActorKind.PERSON, request.user.pk, request.user.display_name)
    try:
        with translation.override(user.language or settings.LANGUAGE_CODE):
            request_password_reset(request, user.email, [user], app_settings.PASSWORD_RESET_TOKEN_GENERATOR())
    except (SMTPException, OSError):
        messages.error(request, _("邮件没有发出，请检查邮件设置后在员工页重发链接。"))
    else:
        link_sent(user_id=user_id, actor=by)
