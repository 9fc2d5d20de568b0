"""Settings of the accounts: how people sign in, and when they are asked again.

| variable | meaning | when not set |
|---|---|---|
| `CHEDAI_MFA_REQUIRED` | nobody works without a second factor | yes, unless debugging |
| `CHEDAI_IDLE_MINUTES` | signed out after so many minutes without a click | 30 |
| `CHEDAI_LOCK_AFTER` | wrong passwords before an account is locked; an address: ten times as many | 5 |
| `CHEDAI_LOCK_MINUTES` | how long it stays locked | 15 |
| `CHEDAI_OIDC` | `issuer|client_id|secret` of the identity provider of the house | passwords only |
| `CHEDAI_PROXIES` | servers in front whose word about the address of the caller counts | 0 |
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from chedai.config.environment import Environment, UnsafeSetting

OIDC: Final = "house"
"""The name of the identity provider in addresses."""

_SIMILAR: Final = ("username", "display_name", "email")
_RULES: Final = "django.contrib.auth.password_validation"


def read(environment: Environment, *, debug: bool) -> dict[str, Any]:
    """What the libraries want to know, by name. Errors: `UnsafeSetting`."""
    return {
        "ALLAUTH_TRUSTED_PROXY_COUNT": whole(environment, "CHEDAI_PROXIES", 0, 0, 5),
        "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": _house(environment, debug)}},
        **_FIXED,
    }


_FIXED: Final[dict[str, Any]] = {
    "LOGIN_URL": "account_login",
    "LOGIN_REDIRECT_URL": "home",
    "SESSION_COOKIE_AGE": 12 * 3600,
    "AUTH_PASSWORD_VALIDATORS": [
        {"NAME": f"{_RULES}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
        {"NAME": f"{_RULES}.CommonPasswordValidator"},
        {"NAME": f"{_RULES}.NumericPasswordValidator"},
        {"NAME": f"{_RULES}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": _SIMILAR}},
    ],
    "ACCOUNT_ADAPTER": "chedai.platform.accounts.adapters.AccountAdapter",
    "ACCOUNT_LOGIN_METHODS": {"username"},
    "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*", "password2*"],
    "ACCOUNT_PRESERVE_USERNAME_CASING": False,
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": False,
    "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
    "ACCOUNT_SESSION_REMEMBER": False,  # closing the browser signs out
    "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": False,
    "ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR": "django.contrib.auth.tokens.PasswordResetTokenGenerator",
    # Wrong passwords are counted in the database (platform/accounts/lockout), where several processes share one count.
    "ACCOUNT_RATE_LIMITS": {"login_failed": None},
    "MFA_ADAPTER": "chedai.platform.accounts.adapters.SecondFactorAdapter",
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_TOTP_ISSUER": "车贷运营平台",
    "MFA_ALLOW_UNVERIFIED_EMAIL": True,  # addresses are given by the house, not by the person
    "ACCOUNT_FORMS": {"login": "chedai.platform.accounts.forms.SignInForm"},
    "MFA_FORMS": {
        "authenticate": "chedai.platform.accounts.forms.CodeForm",
        "login_webauthn": "chedai.platform.accounts.forms.PasskeyForm",
        "reauthenticate": "chedai.platform.accounts.forms.CodeAgainForm",
    },
    "SOCIALACCOUNT_ADAPTER": "chedai.platform.accounts.adapters.HouseAdapter",
    "SOCIALACCOUNT_EMAIL_VERIFICATION": "none",
    "SOCIALACCOUNT_STORE_TOKENS": False,
}


def whole(environment: Environment, name: str, default: int, least: int, most: int) -> int:
    """A whole number between two others. Errors: `UnsafeSetting`."""
    text = environment.text(name, default=str(default))
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise UnsafeSetting(name, f"must be a number from {least} to {most}", f"必须是 {least} 至 {most} 的数字")
    return int(text)


def _house(environment: Environment, debug: bool) -> list[dict[str, Any]]:
    """The identity provider of the house, if it has one."""
    text = environment.text("CHEDAI_OIDC")
    if not text:
        return []
    issuer, _, rest = text.partition("|")
    client, _, secret = rest.partition("|")
    address = urlsplit(issuer)
    if not (address.hostname and client and secret):  # the value holds a secret: it is not repeated
        raise UnsafeSetting("CHEDAI_OIDC", "must be issuer|client_id|secret", "必须是 签发地址|客户端|密钥")
    if address.scheme != "https" and not debug:
        raise UnsafeSetting("CHEDAI_OIDC", "the issuer must be https", "签发地址必须是 https")
    app = {"provider_id": OIDC, "name": "SSO", "client_id": client, "secret": secret}
    return [{**app, "settings": {"server_url": issuer.rstrip("/")}}]
