"""Opening a deal, moving it along its road, handing it over, losing it."""

from __future__ import annotations

from typing import Final

from django.db.models import F, Max
from django.db.models.functions import Length

from chedai.deals.pipeline import rules
from chedai.deals.pipeline.events import DealAdvanced, DealLost, DealOpened
from chedai.deals.pipeline.models import Deal, DealNote, StageEntry
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.states import DealState, LostReason, Mode, Stage, Turn
from chedai.org.models import Staff, Store
from chedai.org.selectors import store_lock
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.work import emit, record, service

_LONGEST_NOTE: Final = 1000


@service
def deal_open(*, customer_id: int, store_id: int, mode: Mode, officer_id: int, vehicle: str, actor: Actor) -> Deal:
    """Open a deal at the quote. The number counts within the month of the business date."""
    store = store_lock(store_id)  # two who open at once take different numbers
    now = clock.now()
    deal = Deal.objects.create(
        number=_next_number(store),
        mode=mode,
        store=store,
        officer_id=officer_id,
        customer_id=customer_id,
        vehicle=vehicle,
        stage=Stage.QUOTE,
        turn=Turn.OFFICER,
        turn_since=now,
        owner_id=officer_id,
        stage_since=now,
        opened_at=now,
    )
    StageEntry.objects.create(deal=deal, stage=Stage.QUOTE, owner_id=officer_id, entered_at=now)
    facts: dict[str, Scalar] = {"number": deal.number, "mode": mode.value, "store": store_id, "officer": officer_id}
    record(actor=actor, action="deal.opened", subject=f"deal:{deal.pk}", facts=facts)
    emit(DealOpened(deal.pk, customer_id))
    return deal


@service
def deal_advance(*, deal_id: int, to: Stage, owner_id: int | None, turn: Turn, next_step: str, actor: Actor) -> Deal:
    """Move a deal to a stage: the clock of the old one stops, that of the new one starts.

    `owner_id` None keeps the deal's officer as the owner of the new stage. Errors: `Conflict` for a move that the
    table does not know.
    """
    deal = deal_lock(deal_id)
    at = Stage(deal.stage)
    refused = rules.move_refusal(DealState(deal.state), at, to)
    if refused is not None:
        raise refused
    now = clock.now()
    StageEntry.objects.filter(deal=deal, left_at=None).update(left_at=now)
    rounds: int = StageEntry.objects.filter(deal=deal, stage=to).aggregate(n=Max("round"))["n"] or 0
    owner = owner_id or deal.officer_id
    StageEntry.objects.create(deal=deal, stage=to, round=rounds + 1, owner_id=owner, entered_at=now)
    deal.stage, deal.stage_since, deal.owner_id = to, now, owner
    deal.turn, deal.turn_since, deal.next_step = turn, now, next_step
    if to is Stage.COLLATERAL:
        deal.state = DealState.FUNDED
    if to is Stage.COMPLETE:
        deal.closed_at = now
    deal.save()
    facts: dict[str, Scalar] = {"to": to.value, "from": at.value, "round": rounds + 1}
    record(actor=actor, action="deal.advanced", subject=f"deal:{deal.pk}", facts=facts)
    emit(DealAdvanced(deal.pk, to, at))
    return deal


@service
def deal_turn(*, deal_id: int, turn: Turn, next_step: str, actor: Actor) -> Deal:
    """Say whose turn it is and what they have to do. The clock of the turn starts anew only where the turn changes."""
    deal = deal_lock(deal_id)
    if (deal.turn, deal.next_step) == (turn, next_step):
        return deal
    if deal.turn != turn:
        deal.turn_since = clock.now()
        record(actor=actor, action="deal.turned", subject=f"deal:{deal.pk}", facts={"turn": turn.value})
    deal.turn, deal.next_step = turn, next_step
    deal.save(update_fields=["turn", "turn_since", "next_step"])
    return deal


@service
def deal_describe(
    *,
    deal_id: int,
    actor: Actor,
    amount: int | None = None,
    lender_code: str | None = None,
    lender_name: str | None = None,
    vehicle: str | None = None,
) -> Deal:
    """Bring up to date what lists show of a deal; what is not given stays."""
    deal = deal_lock(deal_id)
    given = {"amount": amount, "lender_code": lender_code, "lender_name": lender_name, "vehicle": vehicle}
    changed: dict[str, Scalar] = {k: v for k, v in given.items() if v is not None and v != getattr(deal, k)}
    if not changed:
        return deal
    for name, value in changed.items():
        setattr(deal, name, value)
    deal.save(update_fields=list(changed))
    record(actor=actor, action="deal.described", subject=f"deal:{deal.pk}", facts=changed)
    return deal


@service
def deal_hand_over(*, deal_id: int, owner_id: int, reason: str, actor: Actor) -> Deal:
    """Give the stage to somebody else. The clock goes on: a hand-over does not make the customer's wait shorter."""
    if not reason.strip():
        raise Refusal("reason-missing", "请写明交接原因", "say why it is handed over", field="reason")
    deal = deal_lock(deal_id)
    if deal.closed_at is not None:
        raise Conflict("deal-closed", "该案卷已关闭", "this deal is closed")
    taker = Staff.objects.filter(pk=owner_id, left_on=None, user__is_active=True).first()
    if taker is None:
        raise Refusal("no-such-staff", "没有这名在职员工", "there is no such member of staff", field="owner")
    facts: dict[str, Scalar] = {"from": deal.owner_id, "to": taker.pk, "stage": deal.stage}
    StageEntry.objects.filter(deal=deal, left_at=None).update(owner=taker)
    deal.owner = taker
    deal.save(update_fields=["owner"])
    record(actor=actor, action="deal.handed_over", subject=f"deal:{deal.pk}", facts=facts, reason=reason)
    return deal


@service
def deal_lose(*, deal_id: int, reason: LostReason, note: str, actor: Actor) -> Deal:
    """Close a deal that comes to nothing, with the reason for the report."""
    deal = deal_lock(deal_id)
    if deal.state == DealState.FUNDED:
        raise Conflict("deal-funded", "已放款的案卷不能作废", "a deal that has been paid out cannot be lost")
    if deal.state == DealState.LOST:
        raise Conflict("deal-lost", "该案卷已关闭", "this deal is closed")
    now = clock.now()
    StageEntry.objects.filter(deal=deal, left_at=None).update(left_at=now)
    deal.state, deal.lost_reason, deal.closed_at = DealState.LOST, reason, now
    deal.turn, deal.turn_since, deal.next_step = Turn.NOBODY, now, ""
    deal.save()
    record(actor=actor, action="deal.lost", subject=f"deal:{deal.pk}", facts={"why": reason.value}, reason=note)
    emit(DealLost(deal.pk, reason))
    return deal


@service
def note_write(*, deal_id: int, staff_id: int, text: str, pinned: bool, actor: Actor) -> DealNote:
    """Write a line on a deal. The log says that somebody wrote, not what."""
    if not text.strip():
        raise Refusal("note-empty", "请写备注内容", "write something", field="text")
    if len(text) > _LONGEST_NOTE:
        zh, en = f"备注最多 {_LONGEST_NOTE} 字", f"at most {_LONGEST_NOTE} characters"
        raise Refusal("note-long", zh, en, field="text")
    deal = deal_lock(deal_id)
    note = DealNote.objects.create(
        deal=deal, text=text.strip(), author_id=staff_id, pinned=pinned, written_at=clock.now()
    )
    record(actor=actor, action="deal.noted", subject=f"deal:{deal.pk}", facts={"note": note.pk})
    return note


def deals_move(giver: int, taker: int, actor: Actor) -> int:
    """Give every deal of a leaver to another: those he brought and those in his hand. The clocks go on."""
    officer = set(Deal.objects.filter(officer=giver).values_list("pk", flat=True))
    owner = set(Deal.objects.filter(owner=giver, closed_at=None).values_list("pk", flat=True))
    Deal.objects.filter(pk__in=officer).update(officer=taker)
    Deal.objects.filter(pk__in=owner).update(owner=taker)
    StageEntry.objects.filter(deal__in=owner, left_at=None).update(owner=taker)
    return len(officer | owner)


def deals_count(staff_id: int) -> int:
    """How many deals a member of staff brought or has in hand."""
    brought = Deal.objects.filter(officer=staff_id)
    in_hand = Deal.objects.filter(owner=staff_id, closed_at=None)
    return (brought | in_hand).distinct().count()


def _next_number(store: Store) -> str:
    today = clock.business_date()
    month = Deal.objects.filter(number__startswith=rules.prefix_of(store.code, today)).annotate(long=Length("number"))
    last = month.order_by(F("long").desc(), "-number").values_list("number", flat=True).first()
    return rules.number_of(store.code, today, last or "")
