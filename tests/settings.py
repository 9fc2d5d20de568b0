"""The settings of the tests: the product's own, as a developer's machine has them."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("CHEDAI_DEBUG", "yes")

from chedai.config.settings import *  # noqa: F403
from chedai.config.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A file, as in production: in memory SQLite has no write-ahead log and no second connection.
DATABASES["default"]["TEST"] = (
    {"NAME": str(Path(tempfile.mkdtemp(prefix="chedai-test-")) / "test.sqlite3")}
    if "sqlite3" in str(DATABASES["default"]["ENGINE"])
    else {}
)
