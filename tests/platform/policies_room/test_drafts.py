"""A policy is written by one person and published by another; until then the book stays as it is."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.org.access import access_of
from chedai.org.authority import capacities
from chedai.org.models import AuthorityLimit
from chedai.org.policies import publication_steps
from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.selectors import content
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import State, Verdict
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotAllowed, NotFound, Refusal
from chedai.platform.policies import selectors, services
from chedai.platform.policies.comparing import ChangeKind
from chedai.platform.policies.laying_over import digest_of, shipped_text
from chedai.platform.policies.models import PolicyDraft, PolicyEdition
from chedai.platform.policies.states import DraftState
from tests import cast
from tests.platform.policies_room.conftest import People

TODAY = date(2026, 11, 20)
LPR = "lpr.toml"
LAST = "freshness = { verified_on = 2026-01-20, stale_after_days = 35 }"
HOUSE = """title_zh = "本店规则"
title_en = "Rules of the house"

[[policy]]
key = "house.gift_max"
title_zh = "赠品上限"
title_en = "Highest gift"
kind = "money"
unit = "yuan"
evaluated_at = "quote"

[[policy.row]]
id = "2026"
from = 2026-01-01
value = "500"
source = "店务〔2026〕1号"
confidence = "A"
"""


def write(people: People, text: str = HOUSE, name: str = "house.toml", **more: object) -> PolicyDraft:
    base = digest_of(selectors.text_in_force(name))
    call: dict[str, object] = {"name": name, "content": text, "base_digest": base, "actor": cast.acting(people.writer)}
    return services.draft_write(**(call | more))  # type: ignore[arg-type]


def submit(people: People, draft: PolicyDraft) -> Approval:
    steps = publication_steps(TODAY)
    approval = services.draft_submit(draft_id=draft.pk, steps=steps, actor=cast.acting(people.writer)).approval
    assert approval is not None
    return approval


def decide(people: People, approval: Approval, verdict: Verdict = Verdict.APPROVE, who: str = "checker") -> None:
    staff = getattr(people, who)
    held = capacities(access_of(staff.user_id), approval.action, amount=0, deviation=0, store_id=None, on=TODAY)
    approval_decide(
        approval_id=approval.pk,
        verdict=verdict,
        digest=approval.digest,
        capacities=held,
        actor=cast.acting(staff),
        opinion="依据不足" if verdict is not Verdict.APPROVE else "",
    )


def state(draft: PolicyDraft) -> str:
    draft.refresh_from_db()
    return draft.state


def test_a_draft_changes_nothing_until_a_second_person_publishes_it(people: People) -> None:
    draft = write(people)
    assert selectors.book_in_force().keys("house.") == []
    approval = submit(people, draft)
    assert (state(draft), selectors.book_in_force().keys("house.")) == (DraftState.PENDING, [])
    decide(people, approval)
    assert selectors.book_in_force().in_force("house.gift_max", TODAY).money == 50_000
    edition = PolicyEdition.objects.get()
    assert (edition.name, edition.number, edition.digest, edition.base_digest) == ("house.toml", 1, draft.digest, "")
    assert (edition.written_by_id, edition.published_by_id) == (people.writer.user_id, people.checker.user_id)
    assert (state(draft), edition.approval_id) == (DraftState.PUBLISHED, approval.pk)
    actions = AuditEntry.objects.filter(action__startswith="policy.").order_by("seq")
    assert [(e.action, e.actor) for e in actions] == [
        ("policy.drafted", f"person:{people.writer.user_id}"),
        ("policy.submitted", f"person:{people.writer.user_id}"),
        ("policy.published", f"person:{people.checker.user_id}"),
    ]


def test_what_an_edition_says_nothing_of_is_as_it_was_shipped(people: People) -> None:
    """An edition published before an upgrade knows nothing of the questions the upgrade brought."""
    shipped = shipped_text("early_warning.toml")
    cut = shipped.index('[[policy]]\nkey = "early_warning.first_payment_days"')
    text = shipped[:cut].replace("value = 30\n", "value = 45\n")
    base = selectors.book_in_force()
    decide(people, submit(people, write(people, text, "early_warning.toml")))
    book = selectors.book_in_force()
    assert book.in_force("early_warning.settlement_days", TODAY).number == 45
    assert book.in_force("early_warning.first_payment_days", TODAY).number == 30
    assert book.in_force("early_warning.value_shortfall", TODAY).money == 1_000_00
    assert book.keys() == base.keys()
    tried = services.text_test(name="early_warning.toml", content=shipped, on=TODAY)
    assert tried.comparison is not None
    assert [one.row.key for one in tried.comparison.changes] == ["early_warning.settlement_days"]


def test_who_wrote_it_does_not_publish_it_though_they_have_the_right(people: People) -> None:
    draft = write(people)
    approval = submit(people, draft)
    with pytest.raises(NotAllowed) as refusal:
        decide(people, approval, who="writer")
    assert (refusal.value.code, state(draft)) == ("maker-is-checker", DraftState.PENDING)
    assert not PolicyEdition.objects.exists()


def test_nobody_else_changes_submits_or_withdraws_a_draft(people: People) -> None:
    draft = write(people)
    other = cast.acting(people.checker)
    entries = AuditEntry.objects.count()
    for step in (
        lambda: write(people, HOUSE.replace("500", "900"), draft_id=draft.pk, actor=other),
        lambda: services.draft_submit(draft_id=draft.pk, steps=("compliance",), actor=other),
        lambda: services.draft_withdraw(draft_id=draft.pk, actor=other),
    ):
        with pytest.raises(NotAllowed) as refusal:
            step()
        assert refusal.value.code == "not-the-writer"
    draft.refresh_from_db()
    assert (draft.content, draft.state, AuditEntry.objects.count()) == (HOUSE, DraftState.DRAFT, entries)


def test_a_limit_of_a_role_without_the_right_lets_nobody_publish(people: People) -> None:
    AuthorityLimit.objects.update(role="approver")
    with pytest.raises(Refusal) as refusal:
        publication_steps(TODAY)
    assert refusal.value.code == "no-publisher"


def test_a_draft_changed_after_submission_voids_its_approval(people: People) -> None:
    draft = write(people)
    approval = submit(people, draft)
    write(people, HOUSE.replace("500", "900"), draft_id=draft.pk)
    approval.refresh_from_db()
    assert (approval.state, state(draft), draft.approval_id) == (State.VOID, DraftState.DRAFT, None)
    with pytest.raises(Conflict):
        decide(people, approval)
    assert not PolicyEdition.objects.exists()


def test_a_text_changed_behind_the_back_of_the_approval_is_not_published(people: People) -> None:
    draft = write(people)
    approval = submit(people, draft)
    PolicyDraft.objects.update(content=HOUSE.replace("500", "9000000"))
    decide(people, approval)
    approval.refresh_from_db()
    assert (approval.state, state(draft), PolicyEdition.objects.count()) == (State.VOID, DraftState.DRAFT, 0)


@pytest.mark.parametrize(
    ("verdict", "after"), [(Verdict.RETURN, DraftState.DRAFT), (Verdict.DECLINE, DraftState.WITHDRAWN)]
)
def test_what_is_returned_goes_back_and_what_is_declined_ends(
    people: People, verdict: Verdict, after: DraftState
) -> None:
    draft = write(people)
    decide(people, submit(people, draft), verdict)
    assert (state(draft), PolicyEdition.objects.count()) == (after, 0)


def test_a_returned_draft_is_mended_and_submitted_again(people: People) -> None:
    draft = write(people)
    decide(people, submit(people, draft), Verdict.RETURN)
    write(people, HOUSE.replace("500", "600"), draft_id=draft.pk)
    decide(people, submit(people, draft))
    assert selectors.book_in_force().in_force("house.gift_max", TODAY).money == 60_000


def test_a_draft_given_up_takes_its_approval_along(people: People) -> None:
    draft = write(people)
    approval = submit(people, draft)
    services.draft_withdraw(draft_id=draft.pk, actor=cast.acting(people.writer))
    approval.refresh_from_db()
    assert (approval.state, state(draft)) == (State.WITHDRAWN, DraftState.WITHDRAWN)
    with pytest.raises(Conflict):
        write(people, draft_id=draft.pk)


def test_faults_do_not_hinder_writing_but_submitting(people: People) -> None:
    draft = write(people, HOUSE.replace('value = "500"', 'value = "五百"').replace('"A"', '"E"'))
    with pytest.raises(Refusal) as refusal:
        submit(people, draft)
    assert (refusal.value.code, refusal.value.field) == ("policy-fault", "content")
    assert (state(draft), Approval.objects.count()) == (DraftState.DRAFT, 0)


def test_a_draft_that_says_what_is_in_force_is_not_submitted(people: People) -> None:
    with pytest.raises(Refusal) as refusal:
        submit(people, write(people, shipped_text(LPR), LPR))
    assert refusal.value.code == "draft-same"


def test_of_two_drafts_of_a_file_the_second_must_look_again(people: People) -> None:
    first, second = write(people), write(people, HOUSE.replace("500", "800"))
    waiting = submit(people, second)
    decide(people, submit(people, first))
    with pytest.raises(Conflict) as moved:
        decide(people, waiting)
    assert moved.value.code == "policy-moved"
    with pytest.raises(Conflict):
        write(people, HOUSE, draft_id=second.pk, base_digest="")
    write(people, HOUSE.replace("500", "800"), draft_id=second.pk)
    decide(people, submit(people, second))
    assert [e.number for e in selectors.editions("house.toml")] == [2, 1]
    assert selectors.book_in_force().in_force("house.gift_max", TODAY).money == 80_000


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "../lpr.toml"}, "policy-name"),
        ({"name": "House.toml"}, "policy-name"),
        ({"text": "  \r\n"}, "policy-empty"),
        ({"text": "x" * (services.LONGEST + 1)}, "policy-long"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(people: People, change: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        write(people, **change)  # type: ignore[arg-type]
    assert (refusal.value.code, PolicyDraft.objects.count()) == (code, 0)


def test_the_name_of_a_draft_stays_and_the_same_text_is_no_new_writing(people: People) -> None:
    draft = write(people)
    entries = AuditEntry.objects.count()
    assert write(people, HOUSE.replace("\n", "\r\n"), draft_id=draft.pk).pk == draft.pk
    assert AuditEntry.objects.count() == entries
    with pytest.raises(Refusal) as refusal:
        write(people, name="shop.toml", draft_id=draft.pk)
    assert refusal.value.field == "name"


def test_what_is_not_there_is_not_found(people: People) -> None:
    for look in (
        lambda: selectors.draft_read(0),
        lambda: selectors.draft_lock(0),
        lambda: selectors.editions("nothing.toml"),
        lambda: selectors.edition_text(LPR, 7),
    ):
        with pytest.raises(NotFound):
            look()


def test_the_approval_holds_the_whole_text(people: People) -> None:
    approval = submit(people, write(people))
    assert content(approval)["content"] == HOUSE


def test_a_published_file_is_compared_with_the_shipped_one_row_by_row(people: People) -> None:
    shipped = shipped_text(LPR)
    newer = shipped.replace(LAST, LAST.replace("2026-01-20", "2026-11-20"), 1)
    decide(people, submit(people, write(people, newer, LPR)))
    found = selectors.compare(LPR, selectors.SHIPPED, 1)
    assert found.changes == ()
    assert [(v.key, v.before, v.after) for v in found.verified] == [("lpr.1y", date(2026, 1, 20), TODAY)]
    signs = [(line.sign, line.text) for line in selectors.compare_lines(LPR, 0, 1) if line.sign in "+-"]
    assert signs == [("-", LAST), ("+", LAST.replace("2026-01-20", "2026-11-20"))]
    file = next(f for f in selectors.policy_files() if f.name == LPR)
    assert (file.number, file.shipped_has_moved) == (1, False)
    PolicyEdition.objects.update(shipped_digest="before the upgrade")
    assert next(f for f in selectors.policy_files() if f.name == LPR).shipped_has_moved
    assert {c.kind for c in selectors.compare_files(LPR, shipped, "").changes} == {ChangeKind.REMOVED}


def test_the_book_is_read_once_for_one_state_of_the_house(people: People) -> None:
    assert selectors.book_in_force() is selectors.book_in_force()
    before = selectors.book_in_force()
    decide(people, submit(people, write(people)))
    assert selectors.book_in_force() is not before
