"""The settings of the tests: the product's own, as a developer's machine has them."""

import os

os.environ.setdefault("CHEDAI_DEBUG", "yes")

from chedai.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
