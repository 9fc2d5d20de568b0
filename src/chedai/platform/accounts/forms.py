"""The forms of the sign-in; a wrong code of the second factor is counted as a wrong password is."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.exceptions import ValidationError

from chedai.platform.accounts import lockout
from chedai.platform.accounts.adapters import shown


class SignInForm(LoginForm):  # type: ignore[misc]
    """Name and password; the way to a new password stands once, below the form."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class _Counted:
    """Counts the try before the code is looked at."""

    user: Any

    def clean_code(self) -> str:
        """Errors: a wrong code, or too many of them."""
        tried = get_adapter().tried(context.request, self.user.username)
        try:
            lockout.attempt_begin(tried)
        except lockout.Locked as locked:
            raise shown(locked) from None
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            lockout.attempt_failed(tried, username=self.user.username)
            raise
        lockout.attempt_right(tried)
        return code


class CodeForm(_Counted, AuthenticateForm):  # type: ignore[misc]
    """The code at the sign-in."""


class CodeAgainForm(_Counted, ReauthenticateForm):  # type: ignore[misc]
    """The code before something delicate."""
