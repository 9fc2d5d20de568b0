"""Maker and checker: what is frozen, who may decide, and what a later change does to it."""

from __future__ import annotations

import pytest

from chedai.platform import events
from chedai.platform.accounts.models import User
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.approvals import rules, services
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.models import Approval, ApprovalDecision
from chedai.platform.approvals.selectors import approvals_of, approvals_pending, content
from chedai.platform.approvals.states import State, Verdict
from chedai.platform.audit.models import AuditEntry
from chedai.platform.clock import now
from chedai.platform.errors import Conflict, NotAllowed, NotFound, Refusal
from tests.support.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

DOCUMENT = {"payee": "城东店", "amount": 12_500_000}


def person(name: str) -> Actor:
    user = User.objects.create(username=name, display_name=name, created_at=now())
    return Actor(ActorKind.PERSON, user.pk, name)


def ask(maker: Actor, *steps: str) -> Approval:
    return services.approval_request(
        action="payout.release", subject="payout:5", document=DOCUMENT, steps=steps or ("finance",), actor=maker, unit=3
    )


def decide(approval: Approval, checker: Actor, verdict: Verdict = Verdict.APPROVE, **other: object) -> Approval:
    given = {"digest": approval.digest, "capacities": frozenset({"finance"}), "opinion": "", **other}
    return services.approval_decide(approval_id=approval.pk, verdict=verdict, actor=checker, **given)  # type: ignore[arg-type]


def refused(code: str, approval: Approval, checker: Actor, verdict: Verdict = Verdict.APPROVE, **other: object) -> None:
    before = (Approval.objects.values().get(), AuditEntry.objects.count())
    with pytest.raises(Refusal) as refusal:
        decide(approval, checker, verdict, **other)
    assert refusal.value.code == code
    assert (Approval.objects.values().get(), AuditEntry.objects.count()) == before
    assert not ApprovalDecision.objects.exists()


def test_another_person_releases_what_one_prepared() -> None:
    maker, checker = person("lin"), person("xu")
    approval = ask(maker)
    assert content(approval) == DOCUMENT
    assert [a.pk for a in approvals_pending()] == [approval.pk]
    assert decide(approval, checker).state == State.APPROVED
    assert not approvals_pending().exists()
    assert [d.decided_by_id for d in approvals_of("payout:5").get().decisions.all()] == [checker.ref]
    assert list(AuditEntry.objects.order_by("seq").values_list("action", flat=True)) == [
        "approval.requested",
        "approval.decided",
    ]


def test_who_prepared_it_may_not_release_it_even_with_both_roles() -> None:
    maker = person("lin")
    refused("maker-is-checker", ask(maker), maker)


def test_authority_must_suffice() -> None:
    refused("authority-exceeded", ask(person("lin")), person("xu"), capacities=frozenset({"manager"}))


def test_the_checker_decides_on_what_is_on_the_screen() -> None:
    refused("content-changed", ask(person("lin")), person("xu"), digest="0" * 64)


@pytest.mark.parametrize("verdict", [Verdict.RETURN, Verdict.DECLINE])
def test_returning_and_declining_need_a_reason(verdict: Verdict) -> None:
    refused("opinion-missing", ask(person("lin")), person("xu"), verdict, opinion="  ")


@pytest.mark.parametrize(("verdict", "state"), [(Verdict.RETURN, State.RETURNED), (Verdict.DECLINE, State.DECLINED)])
def test_a_returned_or_declined_request_is_closed(verdict: Verdict, state: State) -> None:
    approval = ask(person("lin"))
    assert decide(approval, person("xu"), verdict, opinion="收款方不符").state == state
    with pytest.raises(Conflict):
        decide(approval, person("wu"))


def test_each_of_several_steps_needs_another_person() -> None:
    both = frozenset({"manager", "finance"})
    approval, manager = ask(person("lin"), "manager", "finance"), person("xu")
    assert decide(approval, manager, capacities=both).state == State.PENDING
    with pytest.raises(NotAllowed) as refusal:
        decide(approval, manager, capacities=both)
    assert refusal.value.code == "second-step-same-person"
    assert decide(approval, person("wu"), capacities=both).state == State.APPROVED


def test_only_the_maker_takes_a_request_back_and_only_while_it_waits() -> None:
    maker, other = person("lin"), person("xu")
    approval = ask(maker)
    with pytest.raises(NotAllowed):
        services.approval_withdraw(approval_id=approval.pk, actor=other)
    assert services.approval_withdraw(approval_id=approval.pk, actor=maker).state == State.WITHDRAWN
    with pytest.raises(Conflict):
        services.approval_withdraw(approval_id=approval.pk, actor=maker)


def test_what_is_carried_out_must_be_what_was_approved() -> None:
    maker = person("lin")
    approval = ask(maker)
    assert not services.approval_hold(approval_id=approval.pk, document=DOCUMENT, actor=maker)
    decide(approval, person("xu"))
    assert services.approval_hold(approval_id=approval.pk, document=dict(reversed(DOCUMENT.items())), actor=maker)


def test_a_change_after_approval_voids_it_for_good() -> None:
    maker = person("lin")
    approval = ask(maker)
    decide(approval, person("xu"))
    changed = {**DOCUMENT, "payee": "别处"}
    assert not services.approval_hold(approval_id=approval.pk, document=changed, actor=maker)
    assert Approval.objects.get().state == State.VOID
    assert not services.approval_hold(approval_id=approval.pk, document=changed, actor=maker)
    assert not services.approval_hold(approval_id=approval.pk, document=DOCUMENT, actor=maker)
    assert AuditEntry.objects.filter(action="approval.voided").count() == 1


def test_a_request_nobody_can_approve_is_refused() -> None:
    with pytest.raises(Refusal) as refusal:
        services.approval_request(action="x", subject="x:1", document={}, steps=(), actor=person("lin"))
    assert refusal.value.code == "no-step"
    with pytest.raises(NotFound):
        services.approval_withdraw(approval_id=99, actor=person("xu"))


def test_whoever_waits_for_it_is_told_in_the_same_transaction() -> None:
    told: list[ApprovalClosed] = []
    before = events.wiring()
    events.install({ApprovalClosed: [told.append]})
    try:
        approval = ask(person("lin"))
        decide(approval, person("xu"))
    finally:
        events.install(before)
    assert told == [ApprovalClosed(approval.pk, "payout.release", "payout:5", State.APPROVED)]


def test_of_people_racing_one_decides() -> None:
    approval = ask(person("lin"))
    checkers = [person(f"checker{number}") for number in range(6)]
    results = race(lambda number: decide(approval, checkers[number]), len(checkers))
    assert sum(isinstance(result, Approval) for result in results) == 1
    assert sorted(r.code for r in results if isinstance(r, Refusal)) == ["approval-closed"] * 5
    assert ApprovalDecision.objects.count() == 1


def test_freezing_gives_the_same_hash_for_the_same_content() -> None:
    assert rules.freeze({"b": 1, "a": "城"}) == rules.freeze({"a": "城", "b": 1})
    with pytest.raises(ValueError, match="JSON"):
        rules.freeze({"rate": float("nan")})
