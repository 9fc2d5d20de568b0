"""Where the policy files are: inside the installed package, or at the root of a checkout.

`chedai/_policies` is a symbolic link to `policies/` in the repository and a real folder in a wheel. A checkout
whose file system has no links is served from the root.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from chedai.platform.policies.book import PolicyBook
from chedai.platform.policies.errors import PolicyFilesMissing

_PACKAGE: Final = Path(__file__).parents[2]
PLACES: Final = (_PACKAGE / "_policies", _PACKAGE.parents[1] / "policies")


def shipped_folder(places: tuple[Path, ...] = PLACES) -> Path:
    """The folder of the policy files that came with chedai. Errors: `PolicyFilesMissing`."""
    for place in places:
        if place.is_dir():
            return place
    looked = ", ".join(str(place) for place in places)
    raise PolicyFilesMissing("policies", f"no such folder: {looked}", f"找不到政策文件目录：{looked}")


def shipped_book() -> PolicyBook:
    """The book that came with chedai. Errors: `PolicyBookInvalid`, `PolicyFilesMissing`."""
    return PolicyBook.load(shipped_folder())
