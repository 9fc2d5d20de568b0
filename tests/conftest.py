"""How every test runs: hypothesis without a stopwatch, so that a busy machine fails nothing.

`make test` tries the same examples each time: a commit that passed passes again. `HYPOTHESIS_PROFILE=search make test`
tries new ones; what it finds becomes a test with a name.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
