"""The book of rules the house has: as shipped, with what two people published laid over, on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chedai.deals.underwriting.models import RuleEdition, RuleText
from chedai.deals.underwriting.rules.book import NAMES, RuleBook, book_of, shipped, text_digest
from chedai.deals.underwriting.rules.values import RuleVersion
from chedai.platform import clock
from chedai.platform.errors import NotFound

SHIPPED = 0
"""The number of the edition that came with the product."""


def book_on(day: date) -> RuleBook:
    """The rules in force on a day. One narrow query: texts are read only where an edition is in force."""
    texts: dict[str, str] = {}
    in_force: dict[str, tuple[date, int]] = {}
    for name, number, since in RuleEdition.objects.filter(valid_from__lte=day).values_list(
        "name", "number", "valid_from"
    ):
        in_force[name] = max((since, number), in_force.get(name, (date.min, 0)))
    for name, (_since, number) in in_force.items():
        texts[name] = RuleEdition.objects.values_list("content", flat=True).get(name=name, number=number)
    return book_of(texts)


def text_on(name: str, day: date) -> str:
    """One rule set as it is in force. Errors: `NotFound`."""
    _known(name)
    return book_on(day).sets[name].text


def editions(name: str) -> list[RuleEdition]:
    """The published editions of a rule set, newest first. Errors: `NotFound`."""
    _known(name)
    rows = RuleEdition.objects.filter(name=name).select_related("published_by", "draft__written_by")
    return list(rows.order_by("-number"))


def edition_text(name: str, number: int) -> str:
    """What an edition says; 0 is the one shipped. Errors: `NotFound`."""
    _known(name)
    if number == SHIPPED:
        return shipped()[name]
    found = RuleEdition.objects.filter(name=name, number=number).first()
    if found is None:
        raise NotFound("no-such-edition", "没有这个版本", "there is no such edition")
    return found.content


def texts_keep(book: RuleBook) -> None:
    """Keep the texts a decision uses, so that it can be replayed when they have changed. Called inside a service."""
    wanted = {one.digest: one for one in book.sets.values()}
    held = set(RuleText.objects.filter(digest__in=wanted).values_list("digest", flat=True))
    now = clock.now()
    RuleText.objects.bulk_create(
        (
            RuleText(digest=d, name=one.name, content=one.text, kept_at=now)
            for d, one in wanted.items()
            if d not in held
        ),
        ignore_conflicts=True,
    )


def book_of_versions(versions: Iterable[RuleVersion]) -> RuleBook:
    """The book a decision was made by, out of the kept texts. Errors: `NotFound` where one was never kept."""
    wanted = {version.name: version.digest for version in versions}
    kept = dict(RuleText.objects.filter(digest__in=wanted.values()).values_list("digest", "content"))
    for name, digest in wanted.items():
        if digest not in kept or text_digest(kept[digest]) != digest:
            zh, en = f"缺少规则原文 {name} {digest[:8]}", f"the text of {name} {digest[:8]} is missing"
            raise NotFound("rule-text-missing", zh, en)
    return book_of({name: kept[digest] for name, digest in wanted.items()})


def _known(name: str) -> None:
    if name not in NAMES:
        raise NotFound("no-such-rule-set", "没有这个规则集", "there is no such rule set")
