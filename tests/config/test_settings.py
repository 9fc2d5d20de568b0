"""An installation that would be unsafe does not start."""

from __future__ import annotations

import os
import runpy
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from chedai.config.environment import UnsafeSetting

SETTINGS = Path(__file__).parents[2] / "src/chedai/config/settings.py"
SAFE = {"CHEDAI_SECRET_KEY": "k" * 50, "CHEDAI_HOSTS": "loans.example"}


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The settings as they come out of an environment that holds only what the test says."""

    def read(**variables: str) -> dict[str, Any]:
        for name in [n for n in os.environ if n.startswith("CHEDAI_")]:
            monkeypatch.delenv(name)
        for name, value in {"CHEDAI_VAR": str(tmp_path / "var"), **variables}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return read


def test_nothing_set_is_refused(start: Any, tmp_path: Path) -> None:
    with pytest.raises(UnsafeSetting, match="CHEDAI_SECRET_KEY: must be at least 50 characters"):
        start()
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"CHEDAI_SECRET_KEY": "k" * 49}, "CHEDAI_SECRET_KEY"),
        ({"CHEDAI_HOSTS": ""}, "CHEDAI_HOSTS"),
        ({"CHEDAI_HOSTS": "loans.example,*"}, "CHEDAI_HOSTS"),
        ({"CHEDAI_DEBUG": "maybe"}, "CHEDAI_DEBUG"),
        ({"CHEDAI_DATABASE_URL": "oracle://h/d"}, "CHEDAI_DATABASE_URL"),
    ],
)
def test_an_unsafe_production_value_is_refused_by_name(start: Any, change: dict[str, str], named: str) -> None:
    with pytest.raises(UnsafeSetting, match=f"^{named}: "):
        start(**SAFE | change)


def test_production_is_served_over_https_only(start: Any) -> None:
    settings = start(**SAFE)
    assert settings["DEBUG"] is False
    assert settings["ALLOWED_HOSTS"] == ["loans.example"]
    assert settings["SESSION_COOKIE_SECURE"] and settings["CSRF_COOKIE_SECURE"] and settings["SECURE_SSL_REDIRECT"]


def test_a_developer_starts_with_one_word(start: Any, tmp_path: Path) -> None:
    settings = start(CHEDAI_DEBUG="yes")
    assert settings["DATABASES"]["default"]["NAME"] == str(tmp_path / "var" / "chedai.sqlite3")
    assert settings["SECURE_SSL_REDIRECT"] is False


def test_a_demonstration_needs_no_setting_and_shows_the_error_pages_of_the_house(start: Any) -> None:
    shown = start(CHEDAI_DEBUG="yes", CHEDAI_TRAINING="yes")
    assert (shown["DEBUG"], shown["SECOND_FACTOR_REQUIRED"], shown["SESSION_COOKIE_SECURE"]) == (False, False, False)
    assert shown["ALLOWED_HOSTS"] == ["127.0.0.1", "[::1]", "localhost"]
    assert shown["WHITENOISE_USE_FINDERS"] is True  # nothing was collected
    assert shown["STATIC_ROOT"].is_dir()
    assert start(CHEDAI_DEBUG="yes")["DEBUG"] is True


def test_the_embedded_database_really_writes_ahead(start: Any) -> None:
    database = start(CHEDAI_DEBUG="yes")["DATABASES"]["default"]
    connection = sqlite3.connect(database["NAME"])
    connection.executescript(database["OPTIONS"]["init_command"])
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
