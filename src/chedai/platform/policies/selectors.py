"""Reading policies as the house has them: the files that were shipped, with what two people published laid over."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet

from chedai.platform.errors import NotFound, Refusal
from chedai.platform.policies.book import PolicyBook
from chedai.platform.policies.comparing import Comparison, TextLine, compare_books, compare_texts
from chedai.platform.policies.laying_over import book_of, digest_of, faults_of, shipped_text, shipped_texts
from chedai.platform.policies.models import PolicyDraft, PolicyEdition
from chedai.platform.policies.states import DraftState

SHIPPED = 0
"""The number of the edition that came with the product."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a file; the shipped one has no people and no day."""

    name: str
    number: int
    digest: str
    written_by: str = ""
    published_by: str = ""
    published_at: datetime | None = None
    approval_id: int | None = None


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file of the book: which edition is in force, and whether an upgrade brought another shipped one since."""

    name: str
    number: int
    digest: str
    published_at: datetime | None
    shipped_has_moved: bool


def book_in_force() -> PolicyBook:
    """The book of the house. One query; read again only after something was published."""
    return _book(frozenset(_newest().items()))[0]


def book_shipped() -> PolicyBook:
    """The book as it came with the product."""
    return _book(frozenset())[0]


def titles_in_force() -> Mapping[str, tuple[str, str]]:
    """The title of every file in Chinese and English, by the name of the file."""
    return _book(frozenset(_newest().items()))[1]


def texts_in_force() -> dict[str, str]:
    """Every file as it is in force, by name."""
    newest = _newest()
    published = PolicyEdition.objects.filter(pk__in=[pk for pk, _digest in newest.values()])
    return shipped_texts() | {edition.name: edition.content for edition in published}


def text_in_force(name: str) -> str:
    """One file as it is in force; nothing where there is none of this name."""
    newest = PolicyEdition.objects.filter(name=name).order_by("-number").first()
    return newest.content if newest else shipped_text(name)


def policy_files() -> list[PolicyFile]:
    """Every file of the book, by name."""
    shipped = {name: digest_of(text) for name, text in shipped_texts().items()}
    found = {name: PolicyFile(name, SHIPPED, digest, None, False) for name, digest in shipped.items()}
    for one in PolicyEdition.objects.order_by("number").defer("content"):
        moved = one.shipped_digest != shipped.get(one.name, "")
        found[one.name] = PolicyFile(one.name, one.number, one.digest, one.published_at, moved)
    return [found[name] for name in sorted(found)]


def editions(name: str) -> list[Edition]:
    """Every edition of a file, newest first, the shipped one last. Errors: `NotFound`."""
    published = PolicyEdition.objects.filter(name=name).order_by("-number").defer("content")
    found = [
        Edition(
            name,
            one.number,
            one.digest,
            one.written_by.display_name,
            one.published_by.display_name,
            one.published_at,
            one.approval_id,
        )
        for one in published.select_related("written_by", "published_by")
    ]
    if shipped := shipped_text(name):
        found.append(Edition(name, SHIPPED, digest_of(shipped)))
    if not found:
        raise NotFound("no-such-policy-file", "没有这个政策文件", "there is no such policy file")
    return found


def edition_text(name: str, number: int) -> str:
    """What an edition says; the shipped one of a file the product does not ship is empty. Errors: `NotFound`."""
    if number == SHIPPED:
        return shipped_text(name)
    found = PolicyEdition.objects.filter(name=name, number=number).first()
    if found is None:
        raise NotFound("no-such-edition", "没有这个版本", "there is no such edition")
    return found.content


def compare(name: str, a: int, b: int) -> Comparison:
    """The rows that differ from edition `a` to edition `b` of a file. Errors: `NotFound`."""
    return compare_files(name, edition_text(name, a), edition_text(name, b))


def compare_lines(name: str, a: int, b: int) -> list[TextLine]:
    """The lines that differ, comments included. Errors: `NotFound`."""
    return compare_texts(edition_text(name, a), edition_text(name, b))


def compare_files_if_readable(name: str, before: str, after: str) -> Comparison | None:
    """The same, or None where one of the texts is no policy file (yet)."""
    try:
        return compare_files(name, before, after)
    except Refusal:
        return None


def compare_files(name: str, before: str, after: str) -> Comparison:
    """The rows that differ between two texts of a file. Errors: `Refusal` where one of them is no policy file."""
    books = [faults_of({name: text})[0] if text else PolicyBook(()) for text in (before, after)]
    old, new = books
    if old is None or new is None:
        raise Refusal("policy-unreadable", "文件有错误，不能逐行比较", "the file has errors and cannot be compared")
    return compare_books(old, new)


def drafts() -> QuerySet[PolicyDraft]:
    """Every draft, newest first, without its text."""
    return PolicyDraft.objects.order_by("-pk").select_related("written_by").defer("content")


def drafts_under_way() -> QuerySet[PolicyDraft]:
    """The drafts that are not yet published or given up."""
    return drafts().filter(state__in=(DraftState.DRAFT, DraftState.PENDING))


def drafts_open(name: str) -> QuerySet[PolicyDraft]:
    """Those of one file."""
    return drafts_under_way().filter(name=name)


def draft_read(draft_id: int) -> PolicyDraft:
    """One draft. Errors: `NotFound`."""
    found = PolicyDraft.objects.select_related("written_by", "approval").filter(pk=draft_id).first()
    if found is None:
        raise NotFound("no-such-draft", "没有这份草案", "there is no such draft")
    return found


def draft_lock(draft_id: int) -> PolicyDraft:
    """One draft, locked until the transaction ends. Errors: `NotFound`."""
    found = PolicyDraft.objects.select_for_update(no_key=True).filter(pk=draft_id).first()
    if found is None:
        raise NotFound("no-such-draft", "没有这份草案", "there is no such draft")
    return found


def base_text(name: str, digest: str) -> str:
    """What a draft was written against, by its digest, as far as it is to be had: else what is in force now."""
    if not digest:
        return ""
    edition = PolicyEdition.objects.filter(name=name, digest=digest).first()
    shipped = shipped_text(name)
    if edition is not None:
        return edition.content
    return shipped if digest_of(shipped) == digest else text_in_force(name)


def _newest() -> Mapping[str, tuple[int, str]]:
    """Number and digest of the newest edition of each file that has one."""
    rows = PolicyEdition.objects.order_by("number").values_list("name", "pk", "digest")
    return {name: (pk, digest) for name, pk, digest in rows}


@lru_cache(maxsize=4)
def _book(newest: frozenset[tuple[str, tuple[int, str]]]) -> tuple[PolicyBook, Mapping[str, tuple[str, str]]]:
    """The book of these editions. Digests are part of the key: a number may come twice, in a restored copy.

    A series that an edition says nothing of is the shipped one: an upgrade asks questions that nobody answered yet.
    """
    published = PolicyEdition.objects.filter(pk__in=[pk for _name, (pk, _digest) in newest])
    texts = shipped_texts() | {edition.name: edition.content for edition in published}
    book = book_of(texts)
    return book.over(book_shipped()) if newest else book, {name: _titles(text) for name, text in texts.items()}


def _titles(text: str) -> tuple[str, str]:
    """The titles a file gives itself."""
    document = tomllib.loads(text)
    return document["title_zh"], document["title_en"]
