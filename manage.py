"""Django's own commands: `python manage.py migrate`. Needs the `server` extra."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedai.config.settings")
    execute_from_command_line(sys.argv)
