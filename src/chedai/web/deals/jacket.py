"""The frame of a deal's page: identity strip, stepper, turn bar, tabs, and what happened.

A tab's view begins with `jacket(request, number, "papers")`: it refuses who may not open the deal, and gives what
`web/deals/jacket.html` shows around the tab.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from chedai.catalog.partners.selectors import lenders
from chedai.deals.applications import checklists
from chedai.deals.pipeline.limits import limits
from chedai.deals.pipeline.selectors import deal_of_number, notes_of, stages_of
from chedai.deals.pipeline.states import DealState, Mode, Stage, Turn
from chedai.platform import clock
from chedai.platform.audit.selectors import entries_of, reasons
from chedai.web import words
from chedai.web.applications.words import SUBMISSIONS
from chedai.web.audit.lists import actor_names
from chedai.web.collateral.words import ITEMS
from chedai.web.deals.lists import limit_of, used_of
from chedai.web.deals.steps import step_words
from chedai.web.deals.tabs import TABS
from chedai.web.deals.words import STAGES, TURNS
from chedai.web.doors import Request
from chedai.web.formats import short_day
from chedai.web.ui import deal as ui

SHOWN: Final = 12
_ICONS: Final = {
    "deal.lost": "ban",
    "deal.handed_over": "arrows-left-right",
    "deal.opened": "plus",
    "deal.advanced": "arrow-right",
    "deal.turned": "rotate-clockwise",
    "check.handed_in": "upload",
    "check.accepted": "circle-check",
    "check.returned": "arrow-back-up",
    "contract.signed": "signature",
}
_ICONS_OF: Final = {
    "quote": "calculator",
    "application": "clipboard-check",
    "answers": "pencil",
    "link": "link",
    "submission": "building-bank",
    "case": "scale",
    "decision": "scale",
    "statement": "file-text",
    "contract": "file-text",
    "payee": "building-bank",
    "payout": "send",
    "collateral": "certificate",
    "insurance": "shield-check",
    "loan": "file-spreadsheet",
}
"""By the act, then by what it is done to."""
_SYSTEM: Final = "system:"
_FILE: Final = "paper.handed_in"
"""A file that came in; the act it came in for says so itself."""
_GO: Final[dict[str, tuple[str, Promise]]] = {
    Stage.QUOTE: ("plan", gettext_lazy("看方案")),
    Stage.APPLICATION: ("papers", gettext_lazy("办资料")),
    Stage.DECISION: ("decision", gettext_lazy("看审批")),
    Stage.CONTRACT: ("contract", gettext_lazy("办合同")),
    Stage.DISBURSEMENT: ("payout", gettext_lazy("办放款")),
    Stage.COLLATERAL: ("after", gettext_lazy("办抵押归档")),
}


def jacket(request: Request, number: str, tab: str) -> dict[str, Any]:
    """What the page of a deal shows around the tab. Errors: `NotFound`, `NotAllowed`."""
    deal = deal_of_number(number)
    request.access.require("deal.read", store_id=deal.store_id, owner_id=deal.officer_id)
    shown = [(one, reverse(one.name, args=[deal.number])) for one in TABS if request.access.may(one.permission)]
    return {
        "deal": deal,
        "tabs": shown,
        "tab": tab,
        "steps": _steps(deal),
        "turn": _turn(request, deal, tab),
        "happenings": list(islice(happenings(deal, files=False), SHOWN)),
        "may_work": request.access.may("deal.work", store_id=deal.store_id, owner_id=deal.officer_id),
        "may_hand_over": request.access.may("deal.hand_over", store_id=deal.store_id, owner_id=deal.officer_id),
        "may_lose": deal.state == DealState.OPEN
        and request.access.may("deal.lose", store_id=deal.store_id, owner_id=deal.officer_id),
    }


def happenings(deal: Any, *, files: bool = True) -> Iterator[ui.Happening]:
    """What happened to a deal and what was written on it: pinned notes first, then newest first."""
    notes = [_note(note) for note in notes_of(deal.pk)]
    yield from (note for note in notes if note.pinned)
    told = [*(note for note in notes if not note.pinned), *_logged(deal.pk, files)]
    yield from sorted(told, key=lambda one: one.at or deal.opened_at, reverse=True)


def _note(note: Any) -> ui.Happening:
    who = note.author.user.display_name
    return ui.Happening("message", _("备注"), note.text.in_full(), note.written_at, who, pinned=note.pinned)


def _logged(deal_id: int, files: bool) -> Iterator[ui.Happening]:
    entries: list[Any] = [
        e for e in entries_of(f"deal:{deal_id}")[:200] if e.action != "deal.noted" and (files or e.action != _FILE)
    ]
    actor_names(entries)
    given = reasons(entry.seq for entry in entries)
    sent = any(entry.action.startswith("submission.") for entry in entries)
    called = dict(lenders().values_list("code", "name")) if sent else {}
    for entry in entries:
        icon = _ICONS.get(entry.action) or _ICONS_OF.get(entry.action.partition(".")[0], "history")
        tint = "red" if entry.action == "deal.lost" else ""
        said = _detail(entry, given.get(entry.seq, ""), called)
        who = str(words.ACTORS["system"]) if entry.actor.startswith(_SYSTEM) else entry.actor_name
        yield ui.Happening(icon, words.action(entry.action), said, entry.at, who, tint)


def _detail(entry: Any, reason: str, called: dict[str, str]) -> str:
    """Where a deal went, which paper, item or lender it was, and the reason somebody gave."""
    facts = json.loads(bytes(entry.body))["facts"]
    to = str(STAGES[facts["to"]]) if entry.action == "deal.advanced" else ""
    turned = str(TURNS[facts["turn"]]) if entry.action == "deal.turned" else ""
    paper = _paper(str(facts["paper"])) if entry.action.startswith("check.") else ""
    return " · ".join(part for part in (to, turned, paper, *_about(entry.action, facts, called), reason) if part)


def _about(action: str, facts: dict[str, Any], called: dict[str, str]) -> Iterator[str]:
    """Which thing it was: an item after the payout, a lender and what it said."""
    room = action.partition(".")[0]
    if room == "collateral" and facts.get("item") in ITEMS:
        yield str(ITEMS[facts["item"]])
    if room == "submission" and "lender" in facts:
        yield called.get(str(facts["lender"]), str(facts["lender"]))
        if facts.get("says") in SUBMISSIONS:
            yield str(SUBMISSIONS[facts["says"]][0])


def _paper(code: str) -> str:
    known = checklists.item(code)
    return known.zh if (get_language() or "zh").startswith("zh") else known.en


def _steps(deal: Any) -> list[ui.Step]:
    left: dict[str, Any] = {}
    rounds: dict[str, int] = {}
    for stay in stages_of(deal.pk):
        left[stay.stage], rounds[stay.stage] = stay.left_at, stay.round
    order = list(Stage)
    now = order.index(Stage(deal.stage))
    steps = []
    for at, stage in enumerate(order):
        if at < now or (stage is Stage.COMPLETE and deal.stage == stage):
            steps.append(ui.Step(STAGES[stage], short_day(left[stage]) if left.get(stage) else "", "done"))
        elif at == now:
            note = _("第 %s 轮") % rounds[stage] if rounds.get(stage, 1) > 1 else ""
            steps.append(ui.Step(STAGES[stage], note, "" if deal.state == DealState.LOST else "now"))
        else:
            steps.append(ui.Step(STAGES[stage]))
    return steps


def _turn(request: Request, deal: Any, tab: str) -> ui.Turn | None:
    """Whose turn it is; nothing once the deal is closed."""
    if deal.closed_at is not None:
        return None
    ours = deal.turn not in (Turn.CUSTOMER, Turn.LENDER)
    limit = limit_of(deal)
    key, verb = _GO[deal.stage]
    if deal.stage == Stage.DECISION and deal.mode != Mode.OWN_BOOK:
        key, verb = "lenders", gettext_lazy("看送审")
    here = next((one for one in TABS if one.key == key and request.access.may(one.permission)), None)
    acts: tuple[ui.Act, ...] = ()
    if here is not None and key != tab:
        acts = (ui.Act(verb, reverse(here.name, args=[deal.number]), here.icon, main=ours),)
    step = step_words(deal.next_step) or STAGES[deal.stage]
    what = _("%(turn)s：%(step)s") % {"turn": TURNS[deal.turn], "step": step}
    why = _("%(stage)s环节，经手人 %(owner)s") % {"stage": STAGES[deal.stage], "owner": deal.owner.user.display_name}
    due = limits().due(deal.turn_since, limit)
    return ui.Turn(what, why, used_of(deal), limit, ours=ours, until=due, acts=acts)


def stays(deal: Any) -> list[tuple[Any, Promise, timedelta]]:
    """Each stay in a stage with its word and the working time it took."""
    until = deal.closed_at
    return [
        (s, STAGES[s.stage], limits().worked(s.entered_at, s.left_at or until or clock.now()))
        for s in stages_of(deal.pk)
    ]
