"""The locks on the pages that come with allauth, by name. A page of it that is not named here has no address.

So nobody opens an account for themselves, links an account of the identity provider, or changes the e-mail address the
house gave them: those pages do not exist.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from chedai.org.doors import Lock

_OWN: Final = Lock("self.manage")

ALLAUTH: Final = MappingProxyType(
    {
        "account_login": Lock(None, "the sign-in page: nobody is signed in yet"),
        "account_logout": Lock(None, "signing out: ends the session of who asks, and nothing else"),
        "account_inactive": Lock(None, "says that an account is closed, to somebody who cannot sign in"),
        "account_reset_password": Lock(None, "asks for a link by e-mail: the password is not known"),
        "account_reset_password_done": Lock(None, "says that a link was sent, whether or not it was"),
        "account_reset_password_from_key": Lock(None, "the link itself is the key, good once and for three days"),
        "account_reset_password_from_key_done": Lock(None, "says that the new password is set"),
        "account_reauthenticate": _OWN,
        "account_change_password": _OWN,
        "account_set_password": _OWN,
        "mfa_authenticate": Lock(None, "the second step of the sign-in: the password was right"),
        "mfa_login_webauthn": Lock(None, "signing in by passkey: the passkey is the key"),
        "mfa_index": _OWN,
        "mfa_reauthenticate": _OWN,
        "mfa_reauthenticate_webauthn": _OWN,
        "mfa_activate_totp": _OWN,
        "mfa_deactivate_totp": _OWN,
        "mfa_list_webauthn": _OWN,
        "mfa_add_webauthn": _OWN,
        "mfa_remove_webauthn": _OWN,
        "mfa_edit_webauthn": _OWN,
        "mfa_view_recovery_codes": _OWN,
        "mfa_generate_recovery_codes": _OWN,
        "mfa_download_recovery_codes": _OWN,
        "openid_connect_login": Lock(None, "the way to the identity provider of the house"),
        "openid_connect_callback": Lock(None, "the way back from it: its signed answer is the key"),
        "socialaccount_login_cancelled": Lock(None, "says that the sign-in was broken off"),
        "socialaccount_login_error": Lock(None, "says that the identity provider named nobody who may come in"),
    }
)

SETTING_UP: Final = frozenset(name for name in ALLAUTH if name.startswith("mfa_")) | {"account_reauthenticate"}
"""Where somebody may go who must set up a second factor first."""
