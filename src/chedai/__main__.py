"""`python -m chedai` is `chedai`."""

from __future__ import annotations

import sys

from chedai.cli.main import main

sys.exit(main())
