"""The forms of the sign-in; a wrong code of the second factor is counted as a wrong password is."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from allauth.mfa.webauthn.internal.auth import extract_user_from_response
from django.core.exceptions import ValidationError

from chedai.platform.accounts import lockout
from chedai.platform.accounts.adapters import shown
from chedai.platform.audit.entries import Scalar
from chedai.platform.work import record, work


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


class PasskeyForm(LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in by passkey alone. A passkey that is not right is on record, but locks nobody out: whoever sends it
    chooses whom it claims to be."""

    def clean_credential(self) -> Any:
        """Errors: a passkey that is not right."""
        try:
            return super().clean_credential()
        except ValidationError:
            _passkey_failed(self.cleaned_data.get("credential"))
            raise


def _passkey_failed(credential: object) -> None:
    address = get_adapter().tried(context.request, "").address[:16]
    facts: dict[str, Scalar] = {"by": "webauthn", "address": address}
    with work():
        subject = f"user:{_claimed(credential)}"
        record(actor=lockout.DOOR, action="account.sign_in_failed", subject=subject, facts=facts)


def _claimed(credential: object) -> int:
    """Whose passkey it says it is; 0 where it names nobody."""
    try:
        return int(extract_user_from_response(credential).pk)
    except (ValidationError, KeyError, TypeError, ValueError):
        return 0


class CodeAgainForm(_Counted, ReauthenticateForm):  # type: ignore[misc]
    """The code before something delicate."""
