"""Settings of outgoing mail.

| variable | meaning | when not set |
|---|---|---|
| `CHEDAI_MAIL` | `smtp://user:password@host:port`, or `smtps://` for TLS from the first byte | printed on the console |
| `CHEDAI_MAIL_FROM` | the address mail comes from | `chedai@` and the first host |

`smtp://` switches to TLS where a password is sent: a password never goes over the wire in the clear.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from chedai.config.environment import Environment, UnsafeSetting


def read(environment: Environment, *, host: str) -> dict[str, Any]:
    """The settings by name. Errors: `UnsafeSetting`."""
    text = environment.text("CHEDAI_MAIL")
    sender = {"DEFAULT_FROM_EMAIL": environment.text("CHEDAI_MAIL_FROM", default=f"chedai@{host}")}
    if not text:
        return sender | {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(text)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        rule, rule_zh = "must be smtp://user:password@host:port", "必须是 smtp://用户:密码@主机:端口"
        raise UnsafeSetting("CHEDAI_MAIL", rule, rule_zh)
    return sender | {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.password),
        "EMAIL_TIMEOUT": 15,
    }
