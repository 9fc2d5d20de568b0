"""`chedai serve`, `work`, `backup` and the other commands of the server.

The command line (`chedai.cli`) runs without the server extra and imports nothing of it: it hands these words on to
`main` by the name of this module.

Settings come from the environment, and before that from one file of lines `NAME=value`: `CHEDAI_SETTINGS_FILE`, or
`chedai.env` in the folder where the command is run. What the environment says counts more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from chedai.config.environment import UnsafeSetting

SERVER: Final = MappingProxyType(
    {
        "demo": "demo",
        "serve": "serve",
        "work": "work",
        "begin": "begin",
        "close-day": "close_day",
        "prove-book": "prove_book",
        "catalogue-starter": "catalogue_starter",
        "backup": "backup",
        "restore": "restore",
        "keys": "keys",
        "audit": "audit",
        "ledger": "ledger",
        "migrate": "migrate",
        "check-upgrade": "check_upgrade",
        "upgrade": "upgrade",
    }
)
"""The word that is typed, and Django's name for the command."""

REFUSED: Final = 2
FILE: Final = "CHEDAI_SETTINGS_FILE"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0 done, 1 it failed, 2 it was not begun: an unknown word, or a setting that is refused."""
    line = list(sys.argv[1:] if arguments is None else arguments)
    if not line or line[0] not in SERVER:
        return _refused(f"one of / 可用命令: {', '.join(SERVER)}")
    try:
        settings_read(os.environ)
        if line[0] == "demo":
            demo_settings(os.environ)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedai.config.settings")
        execute_from_command_line(["chedai", SERVER[line[0]], *line[1:]])
    except UnsafeSetting as unsafe:
        return _refused(str(unsafe))
    except ImproperlyConfigured as unsafe:
        return _refused(f"settings / 设置: {type(unsafe).__name__}")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except KeyboardInterrupt:
        return 130
    return 0


def settings_read(environment: MutableMapping[str, str]) -> None:
    """Take over what the settings file says and the environment does not. Errors: `UnsafeSetting`, by line."""
    named = environment.get(FILE)
    path = Path(named or "chedai.env")
    if not path.exists():
        if named:
            raise UnsafeSetting(FILE, "there is no such file", "没有这个文件")
        return
    for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
        text = text.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip().startswith("CHEDAI_"):  # the value may be a secret: it is not repeated
            raise UnsafeSetting(f"{path.name}:{number}", "must be CHEDAI_NAME=value", "应为 CHEDAI_名称=值")
        environment.setdefault(name.strip(), value.strip())


def demo_settings(environment: MutableMapping[str, str]) -> None:
    """A demo needs no settings: it runs on this machine only, in a folder of its own, without a second factor."""
    environment.setdefault("CHEDAI_DEBUG", "yes")
    environment.setdefault("CHEDAI_VAR", str(Path("var") / "demo"))
    environment.setdefault("CHEDAI_LOG_LEVEL", "WARNING")
    environment.setdefault("CHEDAI_TRAINING", "yes")


def _refused(text: str) -> int:
    sys.stderr.write(f"chedai: {text}\n")
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
