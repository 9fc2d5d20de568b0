"""What a web server calls."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from chedai.config import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedai.config.settings")
if settings.TRACING:
    tracing.switch_on()
application = get_wsgi_application()
