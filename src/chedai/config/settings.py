"""Django's settings, read from the environment.

| variable | meaning | when not set |
|---|---|---|
| `CHEDAI_DEBUG` | a developer's machine | no |
| `CHEDAI_SECRET_KEY` | signs sessions; at least 50 characters | refused, unless debugging |
| `CHEDAI_HOSTS` | names the site answers to, by comma | refused, unless debugging |
| `CHEDAI_DATABASE_URL` | `postgresql://...` or `sqlite:///...` | `chedai.sqlite3` in the folder below |
| `CHEDAI_API_CALLS_A_MINUTE` | how many calls a token may make in a minute | 600 |
| `CHEDAI_TRAINING` | for demonstrations and training: the books may be turned forward day by day on a screen | no |
| `CHEDAI_QUOTE_VALID_DAYS` | how many days a quote is good after it was offered | 7 |
| `CHEDAI_PAPERS` | `s3://key:secret@host:port/bucket`, `?tls=no` on a private net | `papers/` in the folder below |
| `CHEDAI_KEYS_FILE` | the keys to the personal data | `keys.json` in the folder below |
| `CHEDAI_VAR` | the folder for what the system writes | `var/` where it is started |

How people sign in is in `config/accounts.py`, outgoing mail in `config/mail.py`, the network in `config/serving.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

from chedai.config import accounts, mail, serving
from chedai.config.environment import Environment, UnsafeSetting
from chedai.platform.operations import logs

_environment = Environment(os.environ)

PACKAGE = Path(__file__).resolve().parent.parent

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
KEYS_FILE = Path(_environment.text("CHEDAI_KEYS_FILE", default=str(VAR / "keys.json")))
DATABASES = {"default": _environment.database("CHEDAI_DATABASE_URL", VAR / "chedai.sqlite3")}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "template_partials",
    "ninja",
    "chedai.platform",
    "chedai.org",
    "chedai.catalog",
    "chedai.crm",
    "chedai.deals",
    "chedai.book",
    "chedai.journey",
    "chedai.web",
    "chedai.api",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "platform.User"
ROOT_URLCONF = "chedai.config.urls"
WSGI_APPLICATION = "chedai.config.wsgi.application"

MIDDLEWARE = [
    "chedai.platform.operations.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "chedai.web.middleware.ScreenMiddleware",
    "chedai.web.accounts.guards.IdleMiddleware",
    "chedai.web.accounts.guards.SecondFactorMiddleware",
]

# Nothing inline, nothing from anywhere else: tests/browser holds every page to it.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
CSRF_FAILURE_VIEW = "chedai.web.errors.csrf_failure"
FORM_RENDERER = "chedai.web.forms.rendering.Renderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],  # before those of the apps, to give the account pages our look
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "chedai.web.shell.shell",
            ],
        },
    }
]

SECOND_FACTOR_REQUIRED = _environment.flag("CHEDAI_MFA_REQUIRED", default=not DEBUG)
IDLE_MINUTES = accounts.whole(_environment, "CHEDAI_IDLE_MINUTES", 30, 1, 720)
LOCK_AFTER = accounts.whole(_environment, "CHEDAI_LOCK_AFTER", 5, 3, 20)
LOCK_MINUTES = accounts.whole(_environment, "CHEDAI_LOCK_MINUTES", 15, 1, 1440)
globals().update(accounts.read(_environment, debug=DEBUG))
globals().update(mail.read(_environment, host=ALLOWED_HOSTS[0] if ALLOWED_HOSTS else "localhost"))
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
UPLOADS = VAR / "uploads"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # With a hash in every name a browser keeps a file for ever; `collectstatic` writes them at every upgrade.
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
    "papers": _environment.papers("CHEDAI_PAPERS", VAR / "papers"),
}
MESSAGE_CHANNELS = {"email": "chedai.platform.messages.channels.Email"}
if DEBUG:
    MESSAGE_CHANNELS["console"] = "chedai.platform.messages.channels.Console"
API_CALLS_A_MINUTE = _environment.number("CHEDAI_API_CALLS_A_MINUTE", default=600)
TRAINING = _environment.flag("CHEDAI_TRAINING", default=False)
QUOTE_VALID_DAYS = _environment.number("CHEDAI_QUOTE_VALID_DAYS", default=7)
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

LOGGING = logs.configuration(_environment.text("CHEDAI_LOG_LEVEL", default="INFO").upper())

globals().update(serving.read(_environment, debug=DEBUG, hosts=ALLOWED_HOSTS))
METRICS_TOKEN: str = serving.metrics_token(_environment)
BACKUPS = Path(_environment.text("CHEDAI_BACKUPS", default=str(VAR / "backups")))
TRACING = _environment.flag("CHEDAI_OTEL", default=False)

# A demonstration is shown to people: what goes wrong is told by the pages of the house, not by those for developers.
if DEBUG and TRAINING:
    DEBUG, WHITENOISE_USE_FINDERS = False, True
    ALLOWED_HOSTS = ALLOWED_HOSTS or sorted(serving.HERE)
    STATIC_ROOT.mkdir(exist_ok=True)  # nothing is collected there, and nobody is to be warned of that
