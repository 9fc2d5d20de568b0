"""The three tabs of an application in the deal's jacket: the form, the papers, the lenders."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chedai.deals.applications import checklists, plans
from chedai.deals.applications.questions import answer_masked, asked_of, question, sheet
from chedai.deals.applications.readiness import consents_given, consents_wanted, lacks_of
from chedai.deals.applications.selectors import (
    answers_before,
    answers_in_force,
    answers_plain,
    application_if_any,
    asks_standing,
    bureau_newest,
    differences_of,
    flags_of,
    guaranteed_elsewhere,
    items_of,
    papers_by_item,
    parties_of,
    statement_flow,
    statements_of,
    submissions_of,
)
from chedai.deals.applications.services.links import link_state
from chedai.deals.applications.services.proofs import bureau_look
from chedai.deals.applications.states import (
    AT_THE_LENDER,
    LIABILITIES,
    OPEN_FOR_WRITING,
    WINNABLE,
    ApplicationState,
    ItemState,
    Liability,
    LinkState,
    Role,
)
from chedai.deals.pipeline.states import Mode
from chedai.engine.compare import VehicleKind
from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.platform.files.selectors import paper_content
from chedai.web.applications import words
from chedai.web.applications.forms import label_of, said, shown
from chedai.web.applications.opened import application_for, chosen, may
from chedai.web.approvals.papers import inline
from chedai.web.deals.jacket import jacket
from chedai.web.doors import Request, door
from chedai.web.ui.deal import Paper

_GROUPS: Final = (
    ("ours", (ItemState.MISSING, ItemState.RETURNED, ItemState.EXPIRED)),
    ("waiting", (ItemState.HANDED_IN,)),
    ("done", (ItemState.ACCEPTED,)),
)


@require_GET
@door("application.read")
def application(request: Request, number: str) -> HttpResponse:
    """Who borrows, what they say, what does not fit, what is missing."""
    return application_page(request, number, {})


def application_page(request: Request, number: str, given: dict[str, Any]) -> HttpResponse:
    """The tab, and what it shows this once (`given`): a link that was just made."""
    context, found = _framed(request, number, "application")
    if found is None:
        return render(request, "web/applications/none.html", context)
    parties = parties_of(found.pk)
    held = answers_in_force(party.pk for party in parties)
    context |= {
        "lacks": [said(lack.zh, lack.en) for lack in lacks_of(found, clock.business_date())]
        if found.state != ApplicationState.SUBMITTED
        else [],
        "people": [_person(request, party, held[party.pk]) for party in parties],
        "differences": [_difference(one) for one in differences_of(found.pk)],
        "flags": [_flag(flag) for flag in flags_of(found.pk)],
        "statements": [
            {"one": one, "flow": statement_flow(one.pk)} for one in statements_of(party.pk for party in parties)
        ],
        "options": [(one, one.lender_code in found.lenders) for one in plans.options_of(found)],
        "payers": words.PAYERS.items(),
        "is_used": plans.plan_of(found).vehicle_kind == VehicleKind.USED,
        "writes": context["may_write"] and found.state in OPEN_FOR_WRITING,
        "returns": may(request, found.deal, "application.return") and found.state == ApplicationState.SUBMITTED,
    } | given
    return render(request, "web/applications/application.html", context)


@require_GET
@door("application.read")
def papers(request: Request, number: str) -> HttpResponse:
    """The checklist: what needs us, what waits for the review, what is done; each is handed in and reviewed here."""
    context, found = _framed(request, number, "papers")
    if found is None:
        return render(request, "web/applications/none.html", context)
    held = papers_by_item(found)
    rows = [_item(request, number, item, held.get(item.pk, [])) for item in items_of(found.pk)]
    for ask in asks_standing(found.pk):
        for row in (row for row in rows if row["pk"] == ask.item_id):
            row["asks"].append(ask)
    by_group = [(key, [row for row in rows if row["state"] in states]) for key, states in _GROUPS]
    verifies = may(request, found.deal, "document.verify")
    context |= {"groups": by_group, "verifies": verifies, "count": len(rows), "done": len(dict(by_group)["done"])}
    picked = request.GET.get("item", "")
    context["picked"] = next((row for row in rows if str(row["pk"]) == picked), None) or _first(by_group, verifies)
    return render(request, "web/applications/papers.html", context)


@require_GET
@door("application.read")
def paper_file(request: Request, number: str) -> HttpResponse:
    """A paper of the checklist as it is."""
    found = application_for(request, number, "application.read")
    wanted = [paper for papers in papers_by_item(found).values() for paper in papers]
    given = request.GET.get("paper", "")
    one = next((paper for paper in wanted if str(paper.pk) == given), None)
    if one is None:
        if not given:
            return HttpResponse(status=204)
        raise NotFound("no-such-paper", "没有这份文件", "there is no such paper")
    return inline(*paper_content(one.pk))


@require_GET
@door("application.read")
def lenders(request: Request, number: str) -> HttpResponse:
    """What every lender says, round by round, and which one is taken."""
    context, found = _framed(request, number, "lenders")
    if found is None:
        return render(request, "web/applications/none.html", context)
    held = {one.lender_code: one for one in submissions_of(found.pk)}
    sends = may(request, found.deal, "application.submit")
    won = any(one.state in ("won", "funded") for one in held.values())
    context |= {
        "own": found.deal.mode == Mode.OWN_BOOK,
        "rows": [_submission(one) for one in held.values()],
        "options": [
            one
            for one in plans.options_of(found)
            if one.lender_code not in held
            or held[one.lender_code].state not in (*AT_THE_LENDER, "won", "funded")
            or held[one.lender_code].state in ("asked_more", "conditional")
        ],
        "held": held,
        "sends": sends and not won and found.state == ApplicationState.SUBMITTED,
        "acts": sends,
        "won": won,
    }
    return render(request, "web/applications/lenders.html", context)


def party_of(request: Request, application: Any) -> Any:
    """The party a form is for; the applicant where none is named."""
    parties = parties_of(application.pk)
    if not (request.GET.get("party") or request.POST.get("party")):
        return parties[0]
    return chosen(request, "party", parties)


def _framed(request: Request, number: str, tab: str) -> tuple[dict[str, Any], Any]:
    context = jacket(request, number, tab)
    deal = context["deal"]
    request.access.require("application.read", store_id=deal.store_id, owner_id=deal.officer_id)
    found = application_if_any(deal.pk)
    context["application"] = found
    context["may_write"] = may(request, deal, "application.write")
    context["may_submit"] = may(request, deal, "application.submit")
    if found is not None:
        context["state_word"], context["state_tint"] = words.STATES[found.state]
    return context, found


def _first(groups: list[tuple[str, list[dict[str, Any]]]], verifies: bool) -> dict[str, Any] | None:
    """What to look at first: for the reviewer what waits, for the officer what is missing."""
    rows = dict(groups)
    order = ("waiting", "ours", "done") if verifies else ("ours", "waiting", "done")
    return next((row for key in order for row in rows[key]), None)


def _person(request: Request, party: Any, held: dict[str, Any]) -> dict[str, Any]:
    plain = answers_plain(held)
    asked = asked_of(party.customer.kind, Role(party.role), Liability(party.liability), plain.get("job", ""))
    given = consents_given(party)
    wanted = consents_wanted(party.application, party)
    looks = may(request, party.application.deal, "bureau.read")
    before = answers_before(party.pk)
    return {
        "party": party,
        "role": words.ROLES[party.role],
        "liability": words.LIABILITIES[party.liability],
        "elsewhere": guaranteed_elsewhere(party),
        "consents": (sum(1 for one in wanted if one in given), len(wanted)),
        "link": _link(party),
        "liabilities": [(one, words.LIABILITIES[one]) for one in Liability if one in LIABILITIES[Role(party.role)]],
        "has_bureau": looks and bureau_newest(party.pk) is not None,
        "bureau": bureau_look(party_id=party.pk, actor=request.actor)
        if looks and request.GET.get("bureau") == str(party.pk) and bureau_newest(party.pk)
        else None,
        "groups": [
            (said(group.zh, group.en), [_answer(one, held, before) for one in asked if one.group == group.code])
            for group in sheet().group
            if any(one.group == group.code for one in asked)
        ],
    }


def _link(party: Any) -> dict[str, Any] | None:
    """The newest link of somebody: until when it opens, how often it was opened, or that it no longer does."""
    newest = party.links.order_by("-pk").first()
    if newest is None:
        return None
    state = link_state(newest, clock.now())
    word, tint = words.LINKS[state]
    return {"it": newest, "word": word, "tint": tint, "opens": state is LinkState.OPEN}


def _answer(one: Any, held: dict[str, Any], before: dict[str, list[Any]]) -> dict[str, Any]:
    answer = held.get(one.code)
    return {
        "word": label_of(one),
        "text": _masked(one, answer.value.in_full()) if answer else "",
        "source": words.SOURCES[answer.source] if answer else "",
        "as_of": answer.as_of if answer else None,
        "before": [
            (_masked(one, old.value.in_full()) or "—", words.SOURCES[old.source], old)
            for old in before.get(one.code, ())
        ],
    }


def _masked(one: Any, text: str) -> str:
    """An answer in words, with the mask it keeps on a page."""
    masked = answer_masked(one, text)
    return shown(one, text) if masked == text else masked


def _difference(one: Any) -> dict[str, Any]:
    asked = question(one.own.question)
    word, tint = words.DIFFERENCES[one.state]
    return {
        "pk": one.pk,
        "word": label_of(asked),
        "own": _masked(asked, one.own.value.in_full()),
        "later": _masked(asked, one.later.value.in_full()),
        "reason": one.reason.in_full(),
        "state": word,
        "tint": tint,
        "at": one.found_at,
        "open": one.state == "open",
    }


def _flag(flag: Any) -> dict[str, Any]:
    return {
        "pk": flag.pk,
        "word": words.FLAGS[flag.kind],
        "who": str(flag.party.customer.name) if flag.party else "",
        "others": flag.others,
        "line": flag.line,
        "open": flag.state == "open",
        "resolution": flag.resolution.in_full() if flag.resolution else "",
        "at": flag.resolved_at,
    }


def _item(request: Request, number: str, item: Any, held: list[Any]) -> dict[str, Any]:
    wanted = checklists.item(item.code)
    word, tint, icon = words.ITEMS[item.state]
    address = f"/deals/{number}/papers/file/?paper="
    return {
        "pk": item.pk,
        "word": said(wanted.zh, wanted.en),
        "who": f"{item.party.customer.name} · {words.ROLES[item.party.role]}" if item.party else "",
        "state": ItemState(item.state),
        "state_word": word,
        "tint": tint,
        "icon": icon,
        "reason": item.reason,
        "round": item.round,
        "at": item.changed_at,
        "expires": item.expires_on,
        "required": item.is_required,
        "valid": wanted.valid,
        "has_day": wanted.has_day,
        "asks": [],
        "takes": item.state != ItemState.ACCEPTED,
        "papers": [Paper(paper.name.in_full(), f"{address}{paper.pk}", paper.media_type) for paper in held],
        "steps": [(words.ITEMS[s.state][0], s) for s in item.steps.order_by("-pk")],
    }


def _papers(codes: list[str]) -> str:
    """The papers a lender asked for, by their names."""
    named = (checklists.item(code) for code in codes)
    return said("、", ", ").join(said(one.zh, one.en) for one in named)


def _submission(one: Any) -> dict[str, Any]:
    word, tint = words.SUBMISSIONS[one.state]
    return {
        "one": one,
        "word": word,
        "tint": tint,
        "can_win": one.state in WINNABLE,
        "can_withdraw": one.state in AT_THE_LENDER,
        "can_answer": one.channel == "manual" and one.state in ("sent", "asked_more", "conditional"),
        "can_fund": one.state == "won",
        "rounds": [
            {
                "round": row,
                "word": words.SUBMISSIONS[row.state][0],
                "tint": words.SUBMISSIONS[row.state][1],
                "answers": [
                    (words.SUBMISSIONS[a.state][0], words.HEARD[a.heard], a, _papers(a.papers))
                    for a in row.answers.order_by("pk")
                ],
            }
            for row in one.rounds.order_by("-number")
        ],
    }
