"""Another program's word on the books: beancount's checker, run as a program of its own on the exported text.

Beancount is under the GPL; it is neither imported nor shipped. `make test` installs it into `.venv/ledger-check`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

CHECKER = Path(sys.prefix) / "ledger-check" / "bin" / "bean-check"


def bean_check(text: Iterable[str], folder: Path) -> list[str]:
    """What the checker finds wrong with the books; nothing where they are right."""
    file = folder / "books.beancount"
    with file.open("w", encoding="utf-8") as out:
        out.writelines(text)
    done = subprocess.run([CHECKER, "--no-cache", file], capture_output=True, text=True, check=False)
    found = [line.partition(": ")[2] or line for line in done.stderr.splitlines() if line.startswith(str(file))]
    if bool(found) is not bool(done.returncode):
        raise RuntimeError(done.stderr)
    return [line.strip() for line in found]
