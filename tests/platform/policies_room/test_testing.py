"""Testing a draft: every fault with its line, and what would change on which day."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.platform.errors import Refusal
from chedai.platform.policies import selectors, services
from chedai.platform.policies.comparing import ChangeKind
from chedai.platform.policies.errors import Severity
from chedai.platform.policies.laying_over import digest_of
from tests.platform.policies_room.conftest import People
from tests.platform.policies_room.test_drafts import HOUSE, TODAY, write

CLOSED = HOUSE.replace("from = 2026-01-01\n", "from = 2026-01-01\nto = 2026-12-31\n")
NEXT = (
    CLOSED
    + """
[[policy.row]]
id = "2027"
from = 2027-01-01
value = "800"
source = "店务〔2026〕9号"
confidence = "A"
"""
)


def lines(text: str, name: str = "house.toml") -> list[tuple[int | None, str]]:
    return [(p.line, p.finding.fault.value) for p in services.text_test(name=name, content=text, on=TODAY).errors]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HOUSE.replace('value = "500"', "value = "), [(15, "unreadable")]),
        ("title_zh = 'x'\ntitle_en =", [(2, "unreadable")]),
        (HOUSE.replace('value = "500"', 'value = "五百"'), [(13, "value")]),
        (HOUSE.replace('confidence = "A"', 'confidence = "E"'), [(17, "malformed")]),
        (HOUSE.replace('id = "2026"\n', ""), [(12, "malformed")]),
        (HOUSE.replace("house.gift_max", "shop.gift_max"), [(5, "misplaced_key")]),
        (HOUSE.replace('title_en = "Highest gift"', "title_en = 7"), [(7, "malformed")]),
        (HOUSE.replace('kind = "money"\n', ""), [(5, "malformed")]),
        (HOUSE.replace('title_en = "Rules of the house"\n', ""), [(None, "malformed")]),
        (NEXT.replace("to = 2026-12-31", "to = 2026-11-30"), [(13, "hole")]),
        (NEXT.replace("to = 2026-12-31\n", ""), [(13, "overlap")]),
    ],
)
def test_a_fault_says_the_line_it_stands_in(text: str, found: list[tuple[int | None, str]]) -> None:
    assert lines(text) == found


@pytest.mark.django_db
def test_a_fault_of_another_file_has_no_line_here() -> None:
    clash = HOUSE.replace("house.gift_max", "lpr.1y")
    assert lines(clash) == [(5, "misplaced_key"), (None, "duplicate_key")]


def test_what_changes_on_a_day_is_listed(people: People) -> None:
    draft = write(people)
    tried = services.draft_test(draft_id=draft.pk, on=TODAY)
    assert [(c.kind, c.row.id) for c in tried.changing] == [(ChangeKind.ADDED, "house.gift_max/2026")]
    assert tried.errors == ()
    assert {p.finding.key for p in tried.warnings} == {"lpr.1y", "lpr.5y"}
    assert all(p.finding.severity is Severity.WARNING and p.line is None for p in tried.warnings)


@pytest.mark.django_db
def test_a_row_is_closed_and_the_next_one_added() -> None:
    found = selectors.compare_files("house.toml", HOUSE, NEXT)
    assert [(c.kind, c.row.id) for c in found.changes] == [
        (ChangeKind.CLOSED, "house.gift_max/2026"),
        (ChangeKind.ADDED, "house.gift_max/2027"),
    ]
    assert found.on(TODAY) == ()
    assert len(found.on(date(2027, 1, 1))) == 2
    assert not any(change.rewrites(TODAY) for change in found.changes)


@pytest.mark.django_db
def test_a_row_in_use_that_is_rewritten_or_taken_away_is_marked() -> None:
    changed = selectors.compare_files("house.toml", HOUSE, HOUSE.replace('"500"', '"900"')).changes[0]
    assert (changed.kind, changed.matters(TODAY), changed.rewrites(TODAY)) == (ChangeKind.CHANGED, True, True)
    assert not changed.rewrites(date(2025, 12, 31))
    longer = selectors.compare_files("house.toml", CLOSED, CLOSED.replace("to = 2026-12-31", "to = 2027-06-30"))
    assert [c.kind for c in longer.changes] == [ChangeKind.CHANGED]
    gone = selectors.compare_files("house.toml", NEXT, HOUSE).changes
    assert [(c.kind, c.rewrites(TODAY)) for c in gone] == [(ChangeKind.CHANGED, True), (ChangeKind.REMOVED, False)]


@pytest.mark.django_db
def test_a_broken_text_is_not_compared() -> None:
    with pytest.raises(Refusal) as refusal:
        selectors.compare_files("house.toml", HOUSE, "broken")
    assert refusal.value.code == "policy-unreadable"
    assert services.text_test(name="house.toml", content="broken", on=TODAY).comparison is None


def test_a_draft_is_compared_with_what_it_was_written_against(people: People) -> None:
    draft = write(people)
    assert selectors.base_text(draft.name, draft.base_digest) == ""
    lpr = selectors.text_in_force("lpr.toml")
    assert selectors.base_text("lpr.toml", digest_of(lpr)) == lpr
    assert selectors.base_text("lpr.toml", "of a file an upgrade has replaced") == lpr
    assert [d.pk for d in selectors.drafts_open("house.toml")] == [draft.pk]
