"""Reading the environment: what is unreadable stops the start, with the name and the rule in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from chedai.config.environment import Environment, UnsafeSetting

HERE = Path("here.sqlite3")


@pytest.mark.parametrize(
    ("written", "meant"), [("yes", True), ("1", True), ("TRUE", True), ("off", False), ("0", False)]
)
def test_a_flag_is_read_in_the_usual_spellings(written: str, meant: bool) -> None:
    assert Environment({"X": written}).flag("X", default=not meant) is meant


def test_a_flag_that_is_not_set_has_its_default() -> None:
    assert Environment({"X": " "}).flag("X", default=True) is True


def test_a_mistyped_flag_is_refused() -> None:
    with pytest.raises(UnsafeSetting) as refusal:
        Environment({"CHEDAI_DEBUG": "flase"}).flag("CHEDAI_DEBUG", default=False)
    assert str(refusal.value) == "CHEDAI_DEBUG: 'flase' is neither yes nor no / 'flase' 不是 yes/no"


def test_hosts_are_separated_by_commas() -> None:
    assert Environment({"X": "a.example, b.example,"}).listing("X") == ["a.example", "b.example"]


def test_a_postgresql_address_is_taken_apart() -> None:
    url = "postgresql://desk:p%40ss@db.example:6432/chedai"
    assert Environment({"X": url}).database("X", HERE) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "chedai",
        "USER": "desk",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"prepare_threshold": 5},
    }
    assert Environment({"X": f"{url}?prepare=no"}).database("X", HERE)["OPTIONS"] == {}


@pytest.mark.parametrize(
    ("url", "path"), [("", "here.sqlite3"), ("sqlite:///data/x.db", "data/x.db"), ("sqlite:////srv/x.db", "/srv/x.db")]
)
def test_sqlite_writes_ahead(url: str, path: str) -> None:
    database = Environment({"X": url}).database("X", HERE)
    assert database["NAME"] == path
    options = database["OPTIONS"]
    assert isinstance(options, dict)
    assert "journal_mode=WAL" in options["init_command"]


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "postgresql:///d", "postgresql://h", "sqlite://", "secret"])
def test_an_unreadable_database_address_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(UnsafeSetting, match="CHEDAI_DATABASE_URL") as refusal:
        Environment({"CHEDAI_DATABASE_URL": url}).database("CHEDAI_DATABASE_URL", HERE)
    assert "secret" not in str(refusal.value)
