"""What allauth asks the house: who may come in, what is noted, and that nobody opens an account for themselves."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language

from chedai.platform.accounts import lockout
from chedai.platform.accounts.factors import secret_open, secret_seal
from chedai.platform.accounts.models import User
from chedai.platform.accounts.sessions import network_of
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Refusal
from chedai.platform.work import record, work


def person(user: User) -> Actor:
    """The owner of an account as actor."""
    return Actor(ActorKind.PERSON, user.pk, user.display_name)


def shown(refused: Refusal) -> ValidationError:
    """A refusal as a form shows it, in the language of the page."""
    return ValidationError(refused.text(get_language() or "zh-hans"), code=refused.code)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by password: counted, locked, on record."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are opened by an administrator, never by oneself."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The network somebody calls from: what is kept beside a session, and what the limits by the minute count."""
        return network_of(super().get_client_ip(request))

    def tried(self, request: HttpRequest, username: str) -> lockout.Attempt:
        """This try, for the counts: of the whole address, as a fingerprint."""
        return lockout.attempt(username, super().get_client_ip(request))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before anybody looks at the password."""
        try:
            lockout.attempt_begin(self.tried(request, credentials.get("username", "")))
        except lockout.Locked as locked:
            raise shown(locked) from None

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The account, where the password is right."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            lockout.attempt_right(self.tried(request, credentials.get("username", "")))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """The password was wrong, or nobody has that name."""
        username = credentials.get("username", "")
        lockout.attempt_failed(self.tried(request, username), username=username)

    def login(self, request: HttpRequest, user: User) -> None:
        """All steps are taken: the session and its row in the audit log begin together."""
        with work():
            super().login(request, user)
            steps = ",".join(str(step["method"]) for step in get_authentication_records(request, user))
            facts: dict[str, Scalar] = {"by": steps, "address": self.tried(request, user.username).address[:16]}
            record(actor=person(user), action="account.signed_in", subject=f"user:{user.pk}", facts=facts)

    def logout(self, request: HttpRequest) -> None:
        """Signed out."""
        with work():
            if isinstance(request.user, User):
                who = request.user
                record(actor=person(who), action="account.signed_out", subject=f"user:{who.pk}")
            super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """A password of one's own: every other session ends with the old one, and a lock opens."""
        with work():
            user.must_change_password = False
            super().set_password(user, password)
            lockout.count_clear(user.username)
            record(actor=person(user), action="account.password_set", subject=f"user:{user.pk}")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The secrets of the factors rest sealed."""

    def encrypt(self, text: str) -> str:
        """Sealed."""
        return secret_seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Opened."""
        return secret_open(encrypted_text)


class HouseAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in by the identity provider of the house (OIDC): for accounts that exist here and are open."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """An unknown person is not let in, whatever the provider says."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account: by the link made at the first time, by the name, or by a verified e-mail address."""
        if sociallogin.state.get("process") != AuthProcess.LOGIN:  # nobody links an account of the provider themselves
            self._refuse(sociallogin)
        claims = _claims(sociallogin)
        sociallogin.account.extra_data = {}  # what the provider tells about a person is not kept
        if sociallogin.is_existing:
            sociallogin.account.save(update_fields=["extra_data"])
            user: User | None = User.objects.filter(pk=sociallogin.user.pk, is_active=True).first()
        else:
            user = _match(claims)
        if user is None:
            self._refuse(sociallogin)
        elif not sociallogin.is_existing:
            with work():
                sociallogin.connect(request, user)
                record(actor=person(user), action="account.linked", subject=f"user:{user.pk}")

    def _refuse(self, sociallogin: SocialLogin) -> None:
        user_id = sociallogin.user.pk or 0 if sociallogin.is_existing else 0
        with work():
            facts: dict[str, Scalar] = {"by": "socialaccount"}
            record(actor=lockout.DOOR, action="account.sign_in_failed", subject=f"user:{user_id}", facts=facts)
        raise ImmediateHttpResponse(HttpResponseRedirect(reverse("socialaccount_login_error")))


def _claims(sociallogin: SocialLogin) -> dict[str, Any]:
    """What the provider says about the person; its word about them first, the token's second."""
    told: dict[str, Any] = sociallogin.account.extra_data
    return {**told.get("id_token", {}), **told.get("userinfo", {})}


def _match(claims: dict[str, Any]) -> User | None:
    """The one open account with that name, or else with that address."""
    accounts = User.objects.filter(is_active=True)
    name, email = str(claims.get("preferred_username") or ""), str(claims.get("email") or "")
    if name and (found := accounts.filter(username__iexact=name).first()):
        return found
    if not email or claims.get("email_verified") is not True:
        return None
    same = list(accounts.filter(email__iexact=email)[:2])
    return same[0] if len(same) == 1 else None
