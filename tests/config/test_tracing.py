"""Traces are sent where asked for, and hold nobody's data."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from django.conf import settings
from chedai.config import tracing
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
kept = InMemorySpanExporter()
provider = tracing.switch_on(kept)
import django
django.setup()
from django.test import Client
from chedai.web.operations import views
def fails():
    raise ValueError("13987654321")
views.health = fails
settings.ALLOWED_HOSTS = ["testserver"]
client = Client(raise_request_exception=False)
client.get("/healthz?q=13987654321")
client.get("/13987654321/")
provider.force_flush()
for span in kept.get_finished_spans():
    print(span.to_json())
"""


def run(program: str, place: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CHEDAI_DEBUG": "yes", "CHEDAI_VAR": str(place)}
    environment["DJANGO_SETTINGS_MODULE"] = "chedai.config.settings"
    call = [sys.executable, "-c", program]
    return subprocess.run(call, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_a_span_names_the_address_and_not_what_was_typed(tmp_path: Path) -> None:
    ran = run(PROGRAM, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "healthz" in ran.stdout and '"http.status_code": 500' in ran.stdout
    assert "13987654321" not in ran.stdout


def test_nothing_of_it_is_imported_where_it_is_not_asked_for(tmp_path: Path) -> None:
    program = "import sys, chedai.config.wsgi; print([m for m in sys.modules if m.startswith('opentelemetry')])"
    ran = run(program, tmp_path)
    assert ran.stdout.strip() == "[]", ran.stderr
