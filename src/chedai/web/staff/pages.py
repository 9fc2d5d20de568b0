"""One member of staff: who they are, what they may do, and how their account stands."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from chedai.org.access import in_force
from chedai.org.handover import belongings
from chedai.org.permissions import Permission, Words
from chedai.org.selectors import belongings_of, grants_of, staff_found
from chedai.platform import clock
from chedai.platform.accounts.factors import has_second_factor
from chedai.platform.accounts.lockout import locked_until
from chedai.platform.accounts.sessions import sessions_of
from chedai.web import words
from chedai.web.doors import Request, door
from chedai.web.lists.spec import Row


def member(request: Request, pk: int, permission: Permission = "staff.read") -> Row:
    """The member of staff, if the person may use `permission` on them. Errors: `NotFound`, `NotAllowed`."""
    found = staff_found(request.access.records("staff.read", store="home_id", owner="pk"), pk)
    request.access.require(permission, store_id=found.home_id, owner_id=found.pk)
    return found


def things(staff_id: int) -> list[tuple[str, int]]:
    """What a person has, in words, and how many of each."""
    zh, kinds = (get_language() or "zh").startswith("zh"), belongings()
    return [(kinds[k].zh if zh else kinds[k].en, count) for k, count in belongings_of(staff_id).items()]


def said(words: Words) -> str:
    """Words of the house in the language of the page."""
    return words.zh if (get_language() or "zh").startswith("zh") else words.en


@require_GET
@door("staff.read")
def staff_one(request: Request, pk: int) -> HttpResponse:
    """The page of one person."""
    found = member(request, pk)
    today, may = clock.business_date(), request.access.may
    here = {"store_id": found.home_id, "owner_id": found.pk}
    is_here = found.left_on is None or found.left_on > today
    held = [(grant, words.role(grant.role)) for grant in grants_of(pk).filter(in_force(today))]
    past = [(grant, words.role(grant.role)) for grant in grants_of(pk).exclude(in_force(today))]
    context = {
        "found": found,
        "is_here": is_here,
        "held": held,
        "past": past,
        "things": things(pk),
        "locked_until": locked_until(found.user.username),
        "has_factor": has_second_factor(found.user_id),
        "sessions": len(sessions_of(found.user_id)),
        "may_manage": is_here and may("staff.manage", **here),
        "may_grant": is_here and may("role.grant") and found.user_id != request.actor.ref,
        "may_hand_over": is_here and may("staff.handover", **here),
    }
    return render(request, "web/staff/one.html", context)
