"""The commands of the server as real processes: installed, served, stopped, upgraded."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from chedai.config import commands
from chedai.config.environment import UnsafeSetting
from chedai.platform.clock import now
from tests.support.installed import chedai, environment
from tests.support.postgres import free_port
from tests.support.smtp import wait_for_port

HTTP = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    """The environment of an installation on one PC that has nothing in it yet."""
    return environment(tmp_path / "var")


def asked(port: int, path: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with HTTP.open(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


@pytest.fixture
def installed(place: dict[str, str], installation: Callable[[Path], None]) -> dict[str, str]:
    installation(Path(place["CHEDAI_VAR"]))
    return place


@dataclass(frozen=True, slots=True)
class Served:
    """A running house: its process, where it listens, what it writes."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path


@pytest.fixture
def served(installed: dict[str, str], tmp_path: Path) -> Iterator[Served]:
    port, log = free_port(), tmp_path / "log"
    call = [sys.executable, "-m", "chedai.config.commands", "serve", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(call, env=installed, stderr=out, stdout=out)
    try:
        wait_for_port(port)
        yield Served(process, port, log)
    finally:
        process.terminate()
        process.wait(40)


def test_one_command_serves_works_and_stops_cleanly(served: Served) -> None:
    every = {"database": True, "disk": True, "papers": True, "worker": True}
    status, body = asked(served.port, "/healthz")
    assert (status, json.loads(body)) == (200, every)
    status, page = asked(served.port, "/accounts/login/?next=/13987654321/")
    assert (status, "<form" in page) == (200, True)
    assert asked(served.port, "/13987654321/")[0] == 404
    assert "chedai_requests_total" in asked(served.port, "/metrics")[1]
    assert asked(served.port, "/metrics", **{"X-Forwarded-For": "10.0.0.9"})[0] == 404
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(40) == 0, served.log.read_text()
    said = served.log.read_text()
    assert '"address": "healthz"' in said
    assert "13987654321" not in said
    with pytest.raises(urllib.error.URLError):
        asked(served.port, "/healthz")


def test_a_house_begins_once(installed: dict[str, str]) -> None:
    who = ["--code", "A1", "--store", "城东店", "--number", "N001", "--name", "周航", "--username", "hang"]
    begun = chedai(installed, "begin", *who)
    assert begun.returncode == 0, begun.stderr
    assert len(begun.stdout.rpartition(" ")[2].strip()) == 16
    laid_out = {path.name for path in Path(installed["CHEDAI_VAR"], "static").iterdir()}
    assert ("chedai" in laid_out, "ninja" in laid_out) == (True, False)  # the API shows no viewer of its document
    again = chedai(installed, "begin", *who)
    assert (again.returncode, "people already" in again.stderr) == (1, True)


def test_the_check_before_an_upgrade_names_what_is_missing(installed: dict[str, str], tmp_path: Path) -> None:
    refused = chedai(installed, "check-upgrade")
    assert (refused.returncode, "[!!] backup" in refused.stdout, "no archive" in refused.stdout) == (1, True, True)
    assert chedai(installed, "upgrade").returncode == 0
    archives = list((tmp_path / "var" / "backups").iterdir())
    well = chedai(installed, "check-upgrade")
    assert (well.returncode, len(archives), "[!!]" in well.stdout) == (0, 1, False), well.stdout
    old = now().timestamp() - 25 * 3600
    os.utime(archives[0], (old, old))
    refused = chedai(installed, "check-upgrade")
    assert (refused.returncode, "[!!] backup" in refused.stdout, "25 hours" in refused.stdout) == (1, True, True)
    (tmp_path / "var" / "keys.json").unlink()
    refused = chedai(installed, "check-upgrade")
    assert "[!!] keys" in refused.stdout and "[ok] database" in refused.stdout


def test_who_has_set_no_mail_is_warned_that_links_go_to_the_log(place: dict[str, str]) -> None:
    assert chedai(place, "keys", "new").returncode == 0
    warned = chedai(place, "check-upgrade")  # an empty database is ready: a warning holds nothing up
    assert (warned.returncode, "[warn] mail: 未设置 CHEDAI_MAIL" in warned.stdout) == (0, True), warned.stdout
    told = chedai(place | {"CHEDAI_MAIL": "smtps://lin:hunter2@mail.example.cn"}, "check-upgrade")
    assert "[ok] mail: 经 mail.example.cn 发送" in told.stdout
    assert "hunter2" not in told.stdout


def waiting(place: dict[str, str]) -> int:
    """How many migrations an upgrade would run."""
    found = re.search(r"(\d+) to run", chedai(place, "check-upgrade").stdout)
    assert found is not None
    return int(found[1])


def applied(place: dict[str, str]) -> set[tuple[str, str]]:
    """The migrations the database has seen."""
    with contextlib.closing(sqlite3.connect(Path(place["CHEDAI_VAR"], "chedai.sqlite3"))) as other:
        return set(other.execute("SELECT app, name FROM django_migrations"))


def the_archive(said: str) -> str:
    found = re.search(r"^backup / 备份: (.+)$", said, re.MULTILINE)
    assert found is not None, said
    return found[1]


def test_a_house_of_an_older_version_is_brought_up_with_everything_in_it(installed: dict[str, str]) -> None:
    who = ["--code", "A1", "--store", "城东店", "--number", "N001", "--name", "周航", "--username", "hang"]
    assert chedai(installed, "begin", *who).returncode == 0
    every = applied(installed)
    older = chedai(installed, "migrate", "platform", "0001")  # before the tables were closed to changes
    assert (older.returncode, waiting(installed)) == (0, len(every - applied(installed))), older.stderr
    assert ("platform", "0002_append_only") in every - applied(installed)
    upgraded = chedai(installed, "upgrade")
    assert (upgraded.returncode, applied(installed)) == (0, every), upgraded.stderr
    assert re.search(r"^[1-9]\d* entries: sound / 完好$", upgraded.stdout, re.MULTILINE), upgraded.stdout
    assert re.search(r"^ledger / 总账: \d+ entries: sound / 完好$", upgraded.stdout, re.MULTILINE), upgraded.stdout
    assert "people already" in chedai(installed, "begin", *who).stderr
    checked = chedai(installed, "restore", "--check", the_archive(upgraded.stdout))
    assert (checked.returncode, "sound" in checked.stdout) == (0, True)


def test_an_upgrade_that_the_database_refuses_says_so_and_names_the_way_back(
    installed: dict[str, str], tmp_path: Path
) -> None:
    assert chedai(installed, "migrate", "web", "zero").returncode == 0
    with contextlib.closing(sqlite3.connect(tmp_path / "var" / "chedai.sqlite3")) as other:
        other.execute("CREATE TABLE web_submission (x)")
    before = applied(installed)
    refused = chedai(installed, "upgrade")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), refused.stderr
    assert "web_submission" in refused.stderr and "数据库拒绝了一步" in refused.stderr
    assert (applied(installed), "static files" in refused.stdout) == (before, False)
    assert chedai(installed, "restore", "--check", the_archive(refused.stdout)).returncode == 0


def test_an_upgrade_without_keys_changes_nothing(place: dict[str, str], tmp_path: Path) -> None:
    refused = chedai(place, "upgrade")
    assert (refused.returncode, "nothing was changed" in refused.stderr) == (1, True)
    assert not (tmp_path / "var" / "static").exists()


def test_an_unsafe_setting_is_one_line_and_no_traceback(place: dict[str, str]) -> None:
    refused = chedai(place | {"CHEDAI_HOSTS": "*"}, "check-upgrade")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert refused.stderr.startswith("chedai: CHEDAI_HOSTS: ")
    assert chedai(place, "shell").returncode == 2


def test_settings_stand_in_a_file_and_the_environment_counts_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chedai.env").write_text("# a PC\n\nCHEDAI_HOSTS=localhost\nCHEDAI_TLS = no\n", "utf-8")
    environment = {"CHEDAI_HOSTS": "127.0.0.1"}
    commands.settings_read(environment)
    assert environment == {"CHEDAI_HOSTS": "127.0.0.1", "CHEDAI_TLS": "no"}


def test_a_line_that_is_no_setting_is_named_and_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "wrong.env"
    path.write_text("CHEDAI_TLS=no\nhunter2\n")
    with pytest.raises(UnsafeSetting, match=r"wrong\.env:2") as refused:
        commands.settings_read({commands.FILE: str(path)})
    assert "hunter2" not in str(refused.value)
    with pytest.raises(UnsafeSetting, match=commands.FILE):
        commands.settings_read({commands.FILE: str(tmp_path / "absent.env")})
