"""Chinese punctuation is full width: `python -m tests.support.chinese PATH...` makes it so in templates and strings.

A sign is widened where it stands beside a Chinese character, so that figures, codes and formats stay as they are.
"""

from __future__ import annotations

import io
import re
import sys
import tokenize
from pathlib import Path

WIDE = {",": "\uff0c", ":": "\uff1a", ";": "\uff1b", "(": "\uff08", ")": "\uff09", "?": "\uff1f", "!": "\uff01"}
CHINESE = re.compile(r"[\u3001\u3002\u4e00-\u9fff\u201c\u201d\uff00-\uffef]")
_TRANSLATE = re.compile(r"(\{%\s*translate\s+)([\"'])(.*?)\2")
_BLOCK = re.compile(r"(\{%\s*blocktranslate.*?%\})(.*?)(\{%\s*endblocktranslate\s*%\})", re.DOTALL)


def widen(text: str) -> str:
    """The text with its punctuation as wide as its characters."""
    signs = list(text)
    for at, sign in enumerate(signs):
        beside = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
        if sign in WIDE and CHINESE.search(beside):
            signs[at] = WIDE[sign]
    return "".join(signs)


def widen_template(source: str) -> str:
    """A template, in its translated texts."""
    source = _TRANSLATE.sub(lambda m: f"{m[1]}{m[2]}{widen(m[3])}{m[2]}", source)
    return _BLOCK.sub(lambda m: m[1] + widen(m[2]) + m[3], source)


def widen_python(source: str) -> str:
    """A module, in its strings. Docstrings are English prose and stay."""
    lines = source.splitlines(keepends=True)
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == tokenize.STRING]
    for token in reversed(tokens):
        if '"""' in token.string or token.start[0] != token.end[0]:
            continue
        row, (begin, end) = token.start[0] - 1, (token.start[1], token.end[1])
        lines[row] = lines[row][:begin] + widen(token.string) + lines[row][end:]
    return "".join(lines)


def main(paths: list[str]) -> None:
    """Rewrite the files, and every template and module below the folders."""
    for path in (found for given in paths for found in _files(Path(given))):
        source = path.read_text(encoding="utf-8")
        wide = widen_python(source) if path.suffix == ".py" else widen_template(source)
        if wide != source:
            path.write_text(wide, encoding="utf-8")
            sys.stdout.write(f"{path}\n")


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else [p for p in sorted(path.rglob("*")) if p.suffix in (".py", ".html")]


if __name__ == "__main__":
    main(sys.argv[1:])
