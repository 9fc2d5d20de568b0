"""Typed readers of environment variables.

A variable that is set to something unreadable stops the start with its name, what it held and what it must be, in
English and Chinese. A wrong setting is never replaced by a default: it would be found out by a customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


class UnsafeSetting(Exception):
    """A setting that is missing, unreadable, or not safe for production."""

    def __init__(self, name: str, rule: str, rule_zh: str) -> None:
        self.name = name
        self.rule = rule
        self.rule_zh = rule_zh
        super().__init__(f"{name}: {rule} / {rule_zh}")


class Environment:
    """The environment, read by name and type. A variable that is set but empty counts as not set."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def text(self, name: str, default: str = "") -> str:
        """The value as written, or `default`."""
        return self._variables.get(name, "").strip() or default

    def flag(self, name: str, default: bool) -> bool:
        """A yes or a no. Anything else is refused, so that `DEBUG=flase` does not mean yes."""
        value = self.text(name).lower()
        if not value:
            return default
        if value in TRUE | FALSE:
            return value in TRUE
        raise UnsafeSetting(name, f"{value!r} is neither yes nor no", f"{value!r} 不是 yes/no")

    def number(self, name: str, default: int) -> int:
        """A whole number above 0."""
        value = self.text(name)
        if value and not (value.isascii() and value.isdigit() and int(value) > 0):
            raise UnsafeSetting(name, f"{value!r} is no whole number above 0", f"{value!r} 不是正整数")
        return int(value) if value else default

    def listing(self, name: str) -> list[str]:
        """Values separated by commas."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def database(self, name: str, default: Path) -> dict[str, object]:
        """`postgresql://user:password@host:port/name`, `sqlite:///path`, or, when not set, SQLite in `default`.

        `?prepare=no` behind a pooler that hands each transaction to another connection and loses prepared statements.
        """
        url = self.text(name)
        if not url:
            return sqlite(default)
        parts = urlsplit(url)
        if parts.scheme == "sqlite" and parts.path not in ("", "/"):
            return sqlite(Path(unquote(parts.path[1:])))
        if parts.scheme in ("postgres", "postgresql") and parts.hostname and parts.path not in ("", "/"):
            return {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": unquote(parts.path[1:]),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": parts.hostname,
                "PORT": str(parts.port or 5432),
                "OPTIONS": {} if parse_qs(parts.query).get("prepare") == ["no"] else {"prepare_threshold": 5},
            }
        # The address may hold a password: it is not repeated in the message.
        raise UnsafeSetting(
            name,
            "must be postgresql://user:password@host:port/name or sqlite:///path",
            "必须是 postgresql://用户:密码@主机:端口/库名 或 sqlite:///路径",
        )

    def papers(self, name: str, default: Path) -> dict[str, object]:
        """`s3://key:secret@host:port/bucket`, or, when not set, a folder."""
        url = self.text(name)
        if not url:
            return folder(default)
        parts = urlsplit(url)
        bucket = parts.path.strip("/")
        if parts.scheme != "s3" or not (parts.hostname and parts.username and parts.password and bucket):
            raise UnsafeSetting(name, "must be s3://key:secret@host:port/bucket", "必须是 s3://密钥:口令@主机:端口/桶")
        tls = parse_qs(parts.query).get("tls") != ["no"]
        port = f":{parts.port}" if parts.port else ""
        options = {
            "endpoint_url": f"{'https' if tls else 'http'}://{parts.hostname}{port}",
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "bucket_name": bucket,
            "file_overwrite": False,
            "default_acl": None,
        }
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def folder(path: Path) -> dict[str, object]:
    """Papers in a local folder that only the product's user can enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = {"location": str(path), "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}


def sqlite(path: Path) -> dict[str, object]:
    """One file, with a write-ahead log, so that readers do not wait for the one writer; a busy writer is waited for.

    A connection keeps up to 32 MB of pages: an index by sealed words is written all over, and 2 MB would not hold it.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
            "PRAGMA cache_size=-32000;",
        },
    }
