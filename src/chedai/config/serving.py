"""Settings of how the product stands in the network.

| variable | meaning | when not set |
|---|---|---|
| `CHEDAI_TLS` | `no`: plain http, only for a PC that serves nobody but itself | yes, unless debugging |
| `CHEDAI_PROXIES` | servers in front; their word counts about the caller and about https | 0 |
| `CHEDAI_METRICS_TOKEN` | who shows it may read `/metrics` from elsewhere; at least 20 characters | this machine only |
| `CHEDAI_BACKUPS` | the folder of the archives; `check-upgrade` looks at their age | `backups/` in `CHEDAI_VAR` |
| `CHEDAI_OTEL` | traces to an OpenTelemetry collector; needs the extra `otel` | no |
"""

from __future__ import annotations

from typing import Any, Final

from chedai.config.accounts import whole
from chedai.config.environment import Environment, UnsafeSetting

HERE: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
SHORTEST: Final = 20


def read(environment: Environment, *, debug: bool, hosts: list[str]) -> dict[str, Any]:
    """The settings of Django, by name. Errors: `UnsafeSetting`."""
    tls = environment.flag("CHEDAI_TLS", default=not debug)
    if not tls and not debug and not set(hosts) <= HERE:
        rule, rule_zh = "may be off only where CHEDAI_HOSTS names this machine", "仅当 CHEDAI_HOSTS 只含本机时可关闭"
        raise UnsafeSetting("CHEDAI_TLS", rule, rule_zh)
    # Without this word of the proxy every request behind it looks like http and is sent to https for ever.
    behind = whole(environment, "CHEDAI_PROXIES", 0, 0, 5) > 0
    return {
        "SESSION_COOKIE_SECURE": tls,
        "CSRF_COOKIE_SECURE": tls,
        "SECURE_SSL_REDIRECT": tls,
        "SECURE_HSTS_SECONDS": 31_536_000 if tls and not debug else 0,
        "SECURE_REDIRECT_EXEMPT": [r"^healthz$", r"^metrics$"],  # asked by machines on the loopback, by http
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if behind else None,
    }


def metrics_token(environment: Environment) -> str:
    """The token of the monitor, if it has one. Errors: `UnsafeSetting`, which does not repeat it."""
    token = environment.text("CHEDAI_METRICS_TOKEN")
    if token and len(token) < SHORTEST:
        rule, rule_zh = f"must be at least {SHORTEST} characters", f"至少 {SHORTEST} 个字符"
        raise UnsafeSetting("CHEDAI_METRICS_TOKEN", rule, rule_zh)
    return token
