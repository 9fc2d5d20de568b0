"""The words of the screens: all in the catalogue, all in English, and the compiled catalogue in step."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import polib
from django.template.base import Lexer, TokenType

from tests.support.catalogue import MO, SRC, in_module, in_template, read, texts
from tests.support.chinese import widen

CHINESE = re.compile(r"[\u4e00-\u9fff]")
WEB = SRC / "web"


def test_every_text_is_in_the_catalogue_and_translated() -> None:
    known = {entry.msgid: entry for entry in read()}
    missing = {text.msgid: places for text, places in texts().items() if text.msgid not in known}
    assert missing == {}, "python -m tests.support.catalogue"
    assert [entry.msgid for entry in known.values() if not entry.translated()] == []


def test_the_catalogue_holds_nothing_else() -> None:
    assert {entry.msgid for entry in read()} - {text.msgid for text in texts()} == set()


def test_the_compiled_catalogue_is_in_step() -> None:
    compiled = {e.msgid: e.msgstr or e.msgstr_plural for e in polib.mofile(str(MO))}
    assert compiled == {e.msgid: e.msgstr or e.msgstr_plural for e in read()}, "python -m tests.support.catalogue"


def test_an_english_text_is_english_and_keeps_the_places_of_its_figures() -> None:
    places = re.compile(r"%\(\w+\)s|%[sd]|\{\}")
    for entry in read():
        for english in entry.msgstr_plural.values() or [entry.msgstr]:
            assert not CHINESE.search(english), entry.msgid
            assert sorted(places.findall(english)) == sorted(places.findall(entry.msgid)), entry.msgid


def test_chinese_punctuation_is_full_width() -> None:
    assert {t.msgid: widen(t.msgid) for t in texts() if widen(t.msgid) != t.msgid} == {}, "tests.support.chinese"


def _bare(template: Path) -> list[str]:
    """Chinese of a template that no tag translates."""
    inside, bare = False, []
    for token in Lexer(template.read_text("utf-8")).tokenize():
        tag = token.contents.split()[0] if token.contents.split() else ""
        if token.token_type is TokenType.BLOCK and tag in (
            "blocktranslate",
            "endblocktranslate",
            "comment",
            "endcomment",
        ):
            inside = not tag.startswith("end")
        elif (token.token_type is TokenType.TEXT and not inside) or (
            token.token_type is TokenType.BLOCK and tag != "translate"
        ):
            bare += CHINESE.findall(token.contents)
    return bare


def test_no_template_holds_chinese_that_is_not_translated() -> None:
    assert {p.name: _bare(p) for p in WEB.rglob("*.html") if _bare(p)} == {}


def test_no_script_holds_chinese() -> None:
    scripts = (WEB / "static" / "chedai").rglob("*.js")
    assert [p.name for p in scripts if CHINESE.search(p.read_text("utf-8"))] == []


def _silent(path: Path) -> list[str]:
    """Chinese strings of a module that nobody translates. A refusal carries both languages itself."""
    module = ast.parse(path.read_text("utf-8"))
    translated = {text.msgid for text in in_module(path.read_text("utf-8"))} | {
        text.plural for text in in_module(path.read_text("utf-8"))
    }
    documents = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    }
    carried = {id(part) for node in ast.walk(module) if _carries_both(node) for part in ast.walk(node)}
    strings = (n for n in ast.walk(module) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return [
        n.value
        for n in strings
        if CHINESE.search(n.value) and n.value not in translated | documents and id(n) not in carried
    ]


def _carries_both(node: ast.AST) -> bool:
    """A refusal, or the Chinese half of one under the name `zh`."""
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        return name in ("Refusal", "NotFound", "NotAllowed", "Conflict")
    if isinstance(node, ast.Assign):
        first = node.targets[0]
        names = first.elts if isinstance(first, ast.Tuple) else [first]
        return any(isinstance(n, ast.Name) and n.id == "zh" for n in names)
    return False


def test_no_module_of_the_screens_shows_chinese_that_is_not_translated() -> None:
    assert {p.relative_to(SRC).as_posix(): _silent(p) for p in WEB.rglob("*.py") if _silent(p)} == {}


def test_the_reader_of_templates_sees_every_form() -> None:
    source = (
        "{% translate '一' %}{% blocktranslate count n=x %}{{ n }} 个 5%{% plural %}{{ n }} 个们{% endblocktranslate %}"
    )
    assert [(t.msgid, t.plural) for t in in_template(source)] == [("一", ""), ("%(n)s 个 5%%", "%(n)s 个们")]
