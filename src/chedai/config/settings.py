"""Django's settings, read from the environment.

| variable | meaning | when not set |
|---|---|---|
| `CHEDAI_DEBUG` | a developer's machine | no |
| `CHEDAI_SECRET_KEY` | signs sessions; at least 50 characters | refused, unless debugging |
| `CHEDAI_HOSTS` | names the site answers to, by comma | refused, unless debugging |
| `CHEDAI_DATABASE_URL` | `postgresql://...` or `sqlite:///...` | `chedai.sqlite3` in the folder below |
| `CHEDAI_VAR` | the folder for what the system writes | `var/` where it is started |
"""

from __future__ import annotations

import os
from pathlib import Path

from chedai.config.environment import Environment, UnsafeSetting

_environment = Environment(os.environ)

DEBUG = _environment.flag("CHEDAI_DEBUG", default=False)

SECRET_KEY = _environment.text("CHEDAI_SECRET_KEY", default="only-for-a-developers-machine" if DEBUG else "")
if not DEBUG and len(SECRET_KEY) < 50:
    raise UnsafeSetting("CHEDAI_SECRET_KEY", "must be at least 50 characters", "至少 50 个字符")

ALLOWED_HOSTS = _environment.listing("CHEDAI_HOSTS")
if not DEBUG and not ALLOWED_HOSTS:
    raise UnsafeSetting("CHEDAI_HOSTS", "must name the hosts the site answers to", "必须列出站点域名")
if not DEBUG and "*" in ALLOWED_HOSTS:
    raise UnsafeSetting("CHEDAI_HOSTS", "must not be open to every host", "不得为 *")

VAR = Path(_environment.text("CHEDAI_VAR", default="var")).resolve()
VAR.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": _environment.database("CHEDAI_DATABASE_URL", VAR / "chedai.sqlite3")}

INSTALLED_APPS = ["chedai.platform"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
