"""The car taken back (收车) by two people, and sold or returned; its proceeds are booked by somebody else."""

from __future__ import annotations

from datetime import date

from chedai.book.collection import conduct, selectors
from chedai.book.collection.models import Recovery
from chedai.book.collection.services.gate import refuse_closed
from chedai.book.collection.states import RecoveryState
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service


@service
def car_take(
    *, case_id: int, taken_on: date, place: str, condition: str, taken_by: int, second: int, valued: int, actor: Actor
) -> Recovery:
    """The car of a case was taken back by two people; `valued` in fen. Errors: `Refusal`; `Conflict` twice."""
    case = selectors.case_lock(case_id)
    refuse_closed(case)
    limits = conduct.limits_on(book_in_force(), clock.business_date())
    if len({taken_by, second}) < (limits.visit_staff or 1):
        raise Refusal("recovery-people", "收车须两人以上", "taking a car needs two people", field="second")
    if not place.strip() or not condition.strip() or taken_on > clock.business_date() or valued < 0:
        field = "place" if not place.strip() else "condition" if not condition.strip() else "taken_on"
        raise Refusal("recovery-facts", "请核对日期、地点与车况", "check day, place and condition", field=field)
    if Recovery.objects.filter(case=case, state__in=(RecoveryState.TAKEN, RecoveryState.SOLD)).exists():
        raise Conflict("car-taken", "该案车辆已收回", "the car of this case was taken already")
    made = Recovery.objects.create(
        case=case,
        taken_on=taken_on,
        place=place.strip(),
        condition=condition.strip(),
        taken_by_id=taken_by,
        second_id=second,
        valued=valued,
    )
    facts: dict[str, Scalar] = {"recovery": made.pk, "on": taken_on.isoformat(), "valued": valued}
    record(actor=actor, action="recovery.taken", subject=f"collection:{case.pk}", facts=facts)
    return made


@service
def car_sell(*, recovery_id: int, sold_on: date, buyer: str, price: int, costs: int, actor: Actor) -> Recovery:
    """The car was sold for `price` fen, less `costs` of keeping and selling it. Errors: `Refusal`; `Conflict`."""
    found = recovery_lock(recovery_id)
    if found.state != RecoveryState.TAKEN:
        raise Conflict("car-not-here", "车辆不在库", "the car is not in our hands")
    if price <= 0 or not 0 <= costs <= price or not buyer.strip():
        field = "buyer" if not buyer.strip() else "price" if price <= 0 else "costs"
        raise Refusal("sale", "请核对买方、价款与费用（费用不超过价款）", "check buyer, price and costs", field=field)
    if not found.taken_on <= sold_on <= clock.business_date():
        raise Refusal(
            "sale-day", "出售日期须在收车之后、今天之前", "sold after it was taken, not ahead", field="sold_on"
        )
    found.state, found.sold_on, found.buyer = RecoveryState.SOLD, sold_on, buyer.strip()
    found.price, found.costs, found.sold_by_id = price, costs, actor.ref
    found.save()
    facts: dict[str, Scalar] = {"recovery": found.pk, "price": price, "costs": costs}
    record(actor=actor, action="recovery.sold", subject=f"collection:{found.case_id}", facts=facts)
    return found


@service
def car_return(*, recovery_id: int, reason: str, actor: Actor) -> Recovery:
    """The debtor gets the car back. Errors: `Refusal` without a reason; `Conflict` where it is sold."""
    found = recovery_lock(recovery_id)
    if not reason.strip():
        raise Refusal("reason-missing", "请写明原因", "say why", field="reason")
    if found.state != RecoveryState.TAKEN:
        raise Conflict("car-not-here", "车辆不在库", "the car is not in our hands")
    found.state = RecoveryState.RETURNED
    found.save(update_fields=["state"])
    subject = f"collection:{found.case_id}"
    record(actor=actor, action="recovery.returned", subject=subject, facts={"recovery": found.pk}, reason=reason)
    return found


def recovery_lock(recovery_id: int) -> Recovery:
    """A recovery, locked until the transaction ends. Errors: `NotFound`."""
    rows = Recovery.objects.select_for_update(no_key=True, of=("self",)).filter(pk=recovery_id)
    found = rows.select_related("case").first()
    if found is None:
        raise NotFound("no-such-recovery", "没有这次收车", "there is no such recovery")
    return found
