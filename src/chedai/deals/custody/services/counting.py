"""Counting a safe: what is seen is ticked, what is not is listed, and somebody else answers for what is lost."""

from __future__ import annotations

from typing import Final

from chedai.deals.custody import rules, selectors
from chedai.deals.custody.models import CountFinding, CountTick, CustodyCount
from chedai.deals.custody.rules import Holder, Place
from chedai.deals.custody.services.moving import put
from chedai.deals.custody.states import CountState, FindingKind, FindingState, HolderKind, MoveAct
from chedai.org.selectors import store_lock
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict
from chedai.platform.work import record, service

_GONE: Final = Place(holder=Holder(kind=HolderKind.GONE))


@service
def count_open(*, store_id: int, actor: Actor) -> CustodyCount:
    """Begin to count the safe of a store. Errors: `Conflict` while another count of it is open."""
    store_lock(store_id)
    if selectors.count_open_of(store_id) is not None:
        raise Conflict("count-open", "该门店已有未完成的盘点", "a count of this store is open already")
    made = CustodyCount.objects.create(store_id=store_id, opened_by_id=actor.ref, opened_at=clock.now())
    _note(made, "custody.count_opened", {}, actor)
    return made


@service
def count_tick(*, count_id: int, label: str, actor: Actor) -> bool:
    """A thing was seen; whether that is news. Errors: `Refusal` for what is no label; `Conflict` in a closed count."""
    count, found = _open(count_id), rules.refuse_label(label)
    values = {"by_id": actor.ref, "at": clock.now()}
    return CountTick.objects.get_or_create(count=count, label=found, defaults=values)[1]


@service
def count_untick(*, count_id: int, label: str, actor: Actor) -> None:
    """It was ticked by mistake. Errors: `Conflict` in a closed count."""
    CountTick.objects.filter(count=_open(count_id), label=label).delete()


@service
def count_close(*, count_id: int, actor: Actor) -> CustodyCount:
    """The end of a count: what is missing and what is unexpected is listed, each thing until somebody answers for it.

    What was moved while it was counted is neither. Errors: `Conflict` where it is closed.
    """
    count = _open(count_id)
    held = {one.item.label: one for one in selectors.safe_lock(count.store_id)}
    seen = selectors.ticked(count.pk)
    known = selectors.items_of_labels(seen)
    moved = {label for label, one in held.items() if one.at > count.opened_at}
    moved |= {one.label for one in known.values() if one.holding.at > count.opened_at}
    missing, unexpected = rules.compare(held.keys(), seen, moved)
    missing = [label for label in missing if not selectors.is_missing(held[label].item_id)]
    found = [(label, held[label].item, FindingKind.MISSING) for label in missing]
    CountFinding.objects.bulk_create(
        CountFinding(count=count, item=item, label=label, kind=kind)
        for label, item, kind in [*found, *((one, known.get(one), FindingKind.UNEXPECTED) for one in unexpected)]
    )
    count.state, count.closed_by_id, count.closed_at = CountState.CLOSED, actor.ref, clock.now()
    count.expected, count.seen = len(held), len(seen)
    count.save(update_fields=["state", "closed_by", "closed_at", "expected", "seen"])
    facts: dict[str, Scalar] = {"expected": count.expected, "missing": len(missing), "unexpected": len(unexpected)}
    _note(count, "custody.count_closed", facts, actor)
    return count


@service
def finding_settle(*, finding_id: int, write_off: bool, reason: str, actor: Actor) -> CountFinding:
    """It was found, or explained; or it is written off, by another person than who counted.

    Errors: `Refusal` without a reason; `Conflict` where it is settled, or as `rules.refuse_settling`.
    """
    finding = selectors.finding_lock(finding_id)
    if finding.state != FindingState.OPEN:
        raise Conflict("finding-settled", "该差异已有结果", "this has been settled already")
    missing = finding.kind == FindingKind.MISSING
    own = actor.ref in (finding.count.opened_by_id, finding.count.closed_by_id)
    rules.refuse_settling(missing, write_off, reason, own)
    finding.state = FindingState.WRITTEN_OFF if write_off else FindingState.FOUND
    finding.reason, finding.ended_by_id, finding.ended_at = reason.strip(), actor.ref, clock.now()
    finding.save(update_fields=["state", "reason", "ended_by", "ended_at"])
    if write_off and finding.item is not None:
        put(selectors.holding_lock(finding.label), _GONE, MoveAct.WRITE_OFF, actor)
    facts: dict[str, Scalar] = {"finding": finding.pk, "kind": finding.kind, "state": finding.state.value}
    record(
        actor=actor,
        action="custody.finding_settled",
        subject=f"deal:{finding.item.deal_id}" if finding.item else f"store:{finding.count.store_id}",
        facts=facts,
        reason=reason.strip(),
    )
    return finding


def _open(count_id: int) -> CustodyCount:
    count = selectors.count_lock(count_id)
    if count.state != CountState.OPEN:
        raise Conflict("count-closed", "该盘点已结束", "the count is closed")
    return count


def _note(count: CustodyCount, action: str, facts: dict[str, Scalar], actor: Actor) -> None:
    record(actor=actor, action=action, subject=f"store:{count.store_id}", facts={"count": count.pk, **facts})
