"""Where the bytes rest. Django's storage of the name `papers`: a folder by default, S3 by setting.

Content is written once under its address and never changed. On a folder the write is atomic: a temporary file, flushed,
then renamed, so that a full disk or a power cut leaves the old state and no half file.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages

from chedai.platform.errors import Refusal
from chedai.platform.privacy.keys import fingerprint, keys

_PLACE = "files"
_flushing: ContextVar[bool] = ContextVar("flushing", default=True)


@contextmanager
def unflushed() -> Iterator[None]:
    """Inside, the disk is not waited for after every file: for a sample house, which is built again if power fails."""
    token = _flushing.set(False)
    try:
        yield
    finally:
        _flushing.reset(token)


def put(content: bytes) -> str:
    """Store `content` sealed, unless it is there; its address. Errors: `Refusal` where it cannot be written."""
    name = fingerprint(content)
    storage, path = storages["papers"], _path(name)
    if storage.exists(path):
        return name
    sealed = keys().ring.seal_bytes(f"{_PLACE}.{name}", content)
    try:
        if isinstance(storage, FileSystemStorage):
            _write_folder(Path(storage.path(path)), sealed)
        else:
            storage.save(path, ContentFile(sealed))
    except OSError as fault:
        zh, en = "文件没有保存成功，请稍后再传", "the file could not be stored; try again later"
        raise Refusal("file-not-stored", zh, en, field="file") from fault
    return name


def get(name: str) -> bytes:
    """The content at an address. Errors: `FileNotFoundError`, `CannotOpen` where it has been tampered with."""
    with storages["papers"].open(_path(name), "rb") as file:
        return keys().ring.open_bytes(f"{_PLACE}.{name}", file.read())


def remove(name: str) -> None:
    """Forget a content, when its time is up."""
    storages["papers"].delete(_path(name))


def _path(name: str) -> str:
    return f"{name[:2]}/{name[2:4]}/{name}"


def _write_folder(path: Path, sealed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            if _flushing.get():
                os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
