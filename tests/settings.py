"""The settings of the tests: the product's own, as a developer's machine has them."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("CHEDAI_DEBUG", "yes")

from chedai.config.environment import folder
from chedai.config.settings import *  # noqa: F403
from chedai.config.settings import DATABASES, STORAGES
from chedai.platform.privacy.keys import write_new

FOLDER = Path(tempfile.mkdtemp(prefix="chedai-test-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
KEYS_FILE = FOLDER / "keys.json"
write_new(KEYS_FILE)
UPLOADS = FOLDER / "uploads"
STATIC_ROOT = FOLDER / "static"
STATIC_ROOT.mkdir()
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STORAGES["papers"] = folder(FOLDER / "papers")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A file, as in production: in memory SQLite has no write-ahead log and no second connection.
DATABASES["default"]["TEST"] = (
    {"NAME": str(FOLDER / "test.sqlite3")} if "sqlite3" in str(DATABASES["default"]["ENGINE"]) else {}
)
