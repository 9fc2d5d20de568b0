"""The English of the screens: `python -m tests.support.catalogue` brings the catalogue up to date.

Every text marked in templates and modules is a line of `locale/en/LC_MESSAGES/django.po`, translated by hand; the
`.mo` beside it is what runs, and is committed, so that nobody needs the gettext tools. Texts nobody uses any more
are dropped.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import polib
from django.template.base import Lexer, TokenType
from django.utils.translation import trim_whitespace

from tests.architecture.source import ROOT

SRC = ROOT / "src" / "chedai"
PO = SRC / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "en",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
_ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_MANY = {"ngettext", "ngettext_lazy"}
_TRANSLATE = re.compile(r"""^translate\s+(?:"([^"]*)"|'([^']*)')""")


@dataclass(frozen=True, order=True)
class Text:
    """One text to translate, with its plural where it counts."""

    msgid: str
    plural: str = ""


def texts() -> dict[Text, list[str]]:
    """Every text of the product, and where it stands."""
    found: dict[Text, list[str]] = {}
    for path in sorted(SRC.rglob("*.py")):
        for text in in_module(path.read_text(encoding="utf-8")):
            found.setdefault(text, []).append(path.relative_to(ROOT).as_posix())
    for path in sorted([*SRC.rglob("*.html"), *SRC.rglob("templates/**/*.txt")]):
        for text in in_template(path.read_text(encoding="utf-8")):
            found.setdefault(text, []).append(path.relative_to(ROOT).as_posix())
    return found


def in_module(source: str) -> Iterator[Text]:
    """The texts of a module: constants given to gettext and its kin."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        given = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in _ONE and given:
            yield Text(given[0])
        elif name in _MANY and len(given) > 1:
            yield Text(given[0], given[1])


def in_template(source: str) -> Iterator[Text]:
    """The texts of a template: translate, and blocktranslate with its plural."""
    block: list[str] | None = None
    plural: list[str] | None = None
    trimmed = False
    for token in Lexer(source).tokenize():
        tag = token.contents.split()[0] if token.token_type is TokenType.BLOCK and token.contents else ""
        if tag == "translate" and (match := _TRANSLATE.match(token.contents)):
            yield Text(match[1] or match[2])
        elif tag == "blocktranslate":
            block, plural, trimmed = [], None, "trimmed" in token.contents.split()
        elif tag == "plural":
            plural = []
        elif tag == "endblocktranslate":
            one, many = "".join(block or []), "".join(plural or [])
            yield Text(*(trim_whitespace(part) if trimmed else part for part in (one, many)))
            block = None
        elif block is not None:
            (block if plural is None else plural).append(_as_message(token.token_type, token.contents))


def _as_message(kind: TokenType, contents: str) -> str:
    """A part of a block as gettext sees it: `{{ n }}` is `%(n)s`."""
    return f"%({contents.strip()})s" if kind is TokenType.VAR else contents.replace("%", "%%")


def read() -> polib.POFile:
    """The catalogue as it is."""
    return polib.pofile(str(PO), wrapwidth=119) if PO.exists() else polib.POFile(wrapwidth=119)


def main() -> int:
    """Bring the catalogue up to date and compile it; say what is left to translate."""
    known = {entry.msgid: entry for entry in read()}
    catalogue = polib.POFile(wrapwidth=119)
    catalogue.metadata = HEADER
    for text, places in sorted(texts().items()):
        entry = known.get(text.msgid) or polib.POEntry(msgid=text.msgid)
        entry.occurrences = [(place, "") for place in sorted(set(places))]
        if text.plural and not entry.msgid_plural:
            entry.msgid_plural, entry.msgstr, entry.msgstr_plural = text.plural, "", {0: "", 1: ""}
        catalogue.append(entry)
    PO.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(PO))
    catalogue.save_as_mofile(str(MO))
    left = catalogue.untranslated_entries()
    for entry in left:
        sys.stdout.write(f"{entry.msgid!r}\n")
    sys.stdout.write(f"{len(catalogue)} texts, {len(left)} to translate\n")
    return len(left)


if __name__ == "__main__":
    raise SystemExit(1 if main() else 0)
