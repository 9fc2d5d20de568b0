"""Where the keys come from: a file that only the product's user can read, made once and kept apart from the data.

The file is JSON: `{"active": 2, "keys": {"1": "...", "2": "..."}, "audit": "..."}`, values in base64. Whoever loses it
has lost the personal data; whoever steals it and the database has them. It is backed up on its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from chedai.platform.privacy.cipher import KEY_BYTES, Keyring


@dataclass(frozen=True, slots=True)
class Keys:
    """The ring of master keys and the seed that signs the audit log."""

    ring: Keyring
    audit_seed: bytes


class NoKeys(Exception):
    """The file of keys is missing, unreadable, or open to others."""


def read(path: Path) -> Keys:
    """The keys in `path`. Errors: `NoKeys`."""
    try:
        if path.stat().st_mode & 0o077:
            raise NoKeys(f"{path.name}: others can read it; chmod 600 / 其他用户可读，请改为 600")
        document = json.loads(path.read_text("ascii"))
        masters = {int(number): base64.b64decode(key) for number, key in document["keys"].items()}
        return Keys(Keyring(document["active"], masters), base64.b64decode(document["audit"]))
    except FileNotFoundError:
        raise NoKeys(f"{path.name}: not there; run `chedai keys new` / 密钥文件不存在") from None
    except (ValueError, KeyError, TypeError) as broken:
        raise NoKeys(f"{path.name}: {broken}") from None


def write_new(path: Path) -> Keys:
    """Make the file with a first key. Errors: `FileExistsError`, so that nobody overwrites the keys to their data."""
    document = {"active": 1, "keys": {"1": _fresh()}, "audit": _fresh()}
    _write(path, document, os.O_EXCL)
    return read(path)


def add_key(path: Path) -> Keys:
    """Put a new key first in the ring; the old ones stay until everything is sealed anew."""
    read(path)
    document = json.loads(path.read_text("ascii"))
    number = max(int(n) for n in document["keys"]) + 1
    document["keys"][str(number)] = _fresh()
    document["active"] = number
    beside = path.with_suffix(".new")
    _write(beside, document, os.O_TRUNC)
    beside.replace(path)
    return read(path)


@cache
def keys() -> Keys:
    """The keys of this installation, read once."""
    return read(Path(settings.KEYS_FILE))


def fingerprint(content: bytes) -> str:
    """A keyed hash: the same content has the same fingerprint here, and nobody outside can try contents against it.

    Its key never rotates, so a fingerprint is for ever.
    """
    return hmac.digest(keys().audit_seed, content, hashlib.sha256).hex()


def _fresh() -> str:
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def _write(path: Path, document: object, flag: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flag, 0o600), "w") as file:
        json.dump(document, file)
        file.flush()
        os.fsync(file.fileno())
