"""What the screen of one case shows: big facts, the light, the result, what happened before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from chedai.book.collection import selectors
from chedai.book.collection.codes import results_for, script_of
from chedai.book.collection.owing import due_today, late_items
from chedai.book.collection.services.dialling import next_default_of, waits_of
from chedai.book.collection.services.gate import light
from chedai.book.collection.services.legal import claim_of, lapse_of
from chedai.book.collection.services.outside import placement_of
from chedai.book.collection.services.visits import visits_of_case
from chedai.book.collection.states import CaseState, Whom
from chedai.book.collection.strategies import strategies_on
from chedai.platform import clock
from chedai.platform.policies.selectors import book_in_force
from chedai.web import formats
from chedai.web.collection import words
from chedai.web.collection.seen import MANAGE, WORK, may
from chedai.web.doors import Request
from chedai.web.ui.deal import Happening

_LINES = 30
_ICONS = {"sms": "message", "visit": "car", "letter": "send"}


def case_context(request: Request, case: Any) -> dict[str, Any]:
    """Everything on the screen of a case."""
    day = clock.business_date()
    call = selectors.contact_on(case.pk, request.actor.ref, day)
    promises = selectors.promises_of(case.pk)
    items = late_items(case.loan, day)
    due = sum(one.unpaid + one.penalty for one in items)
    return {
        "case": case,
        "line": selectors.plan_line(case.pk, day),
        "days": (day - case.since).days,
        "waited": case.next_on is not None and case.next_on < day,
        "items": items,
        "penalty": sum(one.penalty for one in items),
        "due": due,
        "numbers": numbers_shown(case),
        "call": call,
        "script": _script(case, call, request.actor.name, due),
        "results": _results(case, call),
        "happenings": _happenings(case, promises),
        "is_open": case.state == CaseState.OPEN,
        "works": may(request, case, WORK),
        "manages": may(request, case, MANAGE),
        "promise_last": day + timedelta(waits_of(case)[1]),
        **_morning(request, day),
        **_said(case, promises),
        **_beside(case, day),
    }


def _morning(request: Request, day: date) -> dict[str, Any]:
    """How far the own queue has come."""
    done, total = selectors.queue_size(request.access.staff_id, day)
    promised = selectors.promised_on(request.access.staff_id, day)
    return {"place": min(done + 1, total), "total": total, "done": done, "promised_today": promised}


def _said(case: Any, promises: list[Any]) -> dict[str, Any]:
    """What the debtor has promised so far, and how often they were reached."""
    reached, calls = selectors.reached(case.customer_id, selectors.month_ago())
    return {
        "last_promise": promises[0] if promises else None,
        "promise_word": words.PROMISES[promises[0].state] if promises else None,
        "kept": sum(one.state == "kept" for one in promises),
        "promise_count": len(promises),
        "reached": reached,
        "calls": calls,
    }


def _beside(case: Any, day: date) -> dict[str, Any]:
    """The strategy of a case, and what goes beyond the telephone."""
    claim = claim_of(case.pk)
    return {
        "strategy": strategy_named(case.segment, case.arm) if case.segment else "",
        "version": case.strategy.partition("@")[0].rpartition("/")[2],
        "state_word": words.STATES[case.state],
        "closed_word": words.CLOSED.get(case.closed_why, ""),
        "claim": claim,
        "claim_word": words.STAGES.get(claim.stage, "") if claim else "",
        "lapse": lapse_of(case, day),
        "placed": placement_of(case.pk),
        "car": _car(case),
        "visits": [(one, *words.VISITS[one.state]) for one in visits_of_case(case.pk)],
    }


def strategy_named(segment: str, arm: str) -> str:
    """A line of the strategies in the words of the policy; its code where the policy of today has it no more."""
    lines = strategies_on(book_in_force(), clock.business_date()).lines
    line = next((one for one in lines if (one.segment, one.arm) == (segment, arm)), None)
    return words.spoken(line) if line is not None else f"{segment} {words.ARMS.get(arm, arm)}"


def numbers_shown(case: Any) -> list[dict[str, Any]]:
    """Every number with its light: what stands against calling it now, and how often it was dialled."""
    shown = []
    for number in selectors.numbers_of(case.customer_id):
        found, counted, limits = light(case, number)
        shown.append(
            {
                "it": number,
                "whom": words.WHOM[number.whom],
                "relation": words.RELATIONS.get(number.relation, number.relation),
                "source": words.SOURCES[number.source],
                "blocks": [words.spoken(block) for block in found],
                "counted": counted,
                "limits": limits,
                "overridable": bool(found) and all(block.rule in limits.overridable for block in found),
                "last": counted.effective == limits.effective - 1,
            }
        )
    return shown


def initial_of(case: Any, call: Any) -> dict[str, Any]:
    """What the form of the result begins with: the promise of everything late, the days by rule."""
    return (
        {"amount": due_today(case.loan, clock.business_date()), "due_on": clock.business_date() + timedelta(3)}
        if call is not None
        else {}
    )


def _results(case: Any, call: Any) -> list[tuple[str, str, str, date]]:
    if call is None:
        return []
    found = results_for(Whom(call.whom))
    return [(one.code, words.spoken(one), one.key, next_default_of(case, one)) for one in found]


def _script(case: Any, call: Any, staff: str, due: int) -> str:
    """What to say, filled from the case; to a contact nothing of the debt."""
    if call is None:
        return ""
    script = script_of(case.script, Whom(call.whom))
    values = {"house": case.store.name, "staff": staff, "name": str(case.customer.title)}
    if script.whom is not Whom.CONTACT:
        days = (clock.business_date() - case.since).days
        values |= {"loan": case.loan.number, "days": str(days), "amount": formats.money(due)}
    return words.spoken(script).format(**values)


def _car(case: Any) -> tuple[Any, Any, str] | None:
    found = selectors.recovery_of(case.pk)
    return (found, *words.CARS[found.state]) if found is not None else None


def _happenings(case: Any, promises: list[Any]) -> list[Happening]:
    """Contacts and promises in one line of time, newest first."""
    lines = [_contact_line(one) for one in selectors.contacts_of(case.pk)[:_LINES]]
    for one in promises:
        said = _("承诺 %(day)s 还 %(amount)s，到账 %(received)s") % {
            "day": one.due_on,
            "amount": formats.money(one.amount),
            "received": formats.money(one.received),
        }
        word, tint = words.PROMISES[one.state]
        who = one.made_by.user.display_name
        red = "red" if tint == "red" else ""
        lines.append(Happening("check" if one.state == "kept" else "clock", word, said, one.made_at, who, red))
    return sorted(lines, key=lambda one: one.at or clock.now(), reverse=True)[:_LINES]


def _contact_line(one: Any) -> Happening:
    title = words.result_word(one.result) if one.result else _("通话未登记结果")
    parts = [f"{words.WHOM[one.whom]} · {words.CHANNELS[one.channel]}"]
    if one.number is not None:
        parts.append(str(one.number.phone))
    if one.seconds:
        parts.append(_("%s 秒") % one.seconds)
    if one.override_rule:
        parts.append(_("放行：%s") % words.rules_broken(one.override_rule))
    if one.breach:
        parts.append(_("违规：%s") % words.rules_broken(one.breach))
    who = one.agency.name if one.agency is not None else (one.by.display_name if one.by is not None else _("系统"))
    icon = _ICONS.get(one.channel, "phone-call")
    return Happening(icon, title, " · ".join(str(part) for part in parts), one.at, who, "red" if one.breach else "")
