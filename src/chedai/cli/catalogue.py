"""The catalogue file: products and promotions as TOML, read once and turned into the engine's frozen values.

`docs/catalogue.md` describes the format; `engine/compare/document.py` holds its rows. TOML numbers are read from their
digits, so nothing passes through a float.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from chedai.engine.compare.catalogue import Catalogue
from chedai.engine.compare.document import CatalogueFile, catalogue_of
from chedai.engine.errors import InvalidArgument

SAMPLE = Path(__file__).with_name("sample_catalogue.toml")


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in a TOML file. Errors: `InvalidArgument` naming the file and the place in it."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=str)
        return catalogue_of(msgspec.convert(document, CatalogueFile))
    except OSError as error:
        raise InvalidArgument(str(path), f"cannot be read ({error.strerror})", f"无法读取({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise InvalidArgument(str(path), f"is no catalogue: {error}", f"不是有效的产品目录:{error}") from None
