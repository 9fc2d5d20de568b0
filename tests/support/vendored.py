"""What others made and we ship: `python -m tests.support.vendored` writes the hashes of the manifest anew."""

from __future__ import annotations

import tomllib
from hashlib import sha256
from pathlib import Path

from tests.architecture.source import SRC

WEB = SRC / "web"
MANIFEST = WEB / "static" / "vendor" / "MANIFEST.toml"


def manifest() -> list[dict[str, str]]:
    """The entries: file or folder (from web/), name, version, licence, where its text lies, sha256."""
    entries: list[dict[str, str]] = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["vendored"]
    return entries


def digest(path: Path) -> str:
    """SHA-256 of a file; of a folder, of the names and contents of its drawings."""
    if path.is_file():
        return sha256(path.read_bytes()).hexdigest()
    together = sha256()
    for drawing in sorted(path.glob("*.svg")):
        together.update(drawing.name.encode() + b"\0" + drawing.read_bytes())
    return together.hexdigest()


def main() -> None:
    """Write the manifest with the hashes of what lies there."""
    lines = [
        "# What others made and we ship. The hashes are checked by a test; no page loads anything from elsewhere.\n"
    ]
    for entry in manifest():
        entry["sha256"] = digest(WEB / entry["path"])
        lines.append("\n[[vendored]]\n" + "".join(f'{key} = "{value}"\n' for key, value in entry.items()))
    MANIFEST.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
