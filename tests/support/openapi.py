"""Write the published document of the interface anew, once a change only adds: `python -m tests.support.openapi`."""

from __future__ import annotations

import json
import os
from importlib import import_module

import django


def main() -> None:
    """The document as the code has it now."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    contract = import_module("tests.api.test_contract")
    contract.PUBLISHED.parent.mkdir(parents=True, exist_ok=True)
    contract.PUBLISHED.write_text(json.dumps(contract.document(), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
