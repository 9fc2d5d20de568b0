"""The customer's pages. Every view is given a link and never a number of anybody else."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chedai.deals.applications import plans
from chedai.deals.applications.questions import question
from chedai.deals.applications.readiness import consents_asked, consents_given
from chedai.deals.applications.selectors import answers_in_force, answers_plain, papers_by_item
from chedai.deals.applications.services.answers import answers_write, difference_acknowledge
from chedai.deals.applications.services.links import link_agree, link_enter
from chedai.deals.applications.states import ItemState
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.privacy.registry import purposes
from chedai.web.applications.forms import answers_form, initial_of, label_of, said, shown, values_of
from chedai.web.forms.page import refuse
from chedai.web.phone import tasks
from chedai.web.phone.guests import Guest, by_link
from chedai.web.phone.words import CONSENTS

_REFUSED: Final = 422


@by_link
@require_GET
def home(request: Guest) -> HttpResponse:
    """How far it is, and what to do now."""
    link_enter(token=request.token)
    todo = tasks.tasks_of(request.link.party, request.token)
    return _page(
        request,
        "home",
        dots=tasks.steps_of(request.link.party.application.deal),
        tasks=todo,
        now=next((one for one in todo if not one.is_done), None),
    )


@by_link
@require_http_methods(["GET", "POST"])
def consents(request: Guest) -> HttpResponse:
    """One purpose after another, each agreed to on its own (PIPL 29): never one tick for everything."""
    party = request.link.party
    wanted = consents_asked(party.application, party)
    if request.method == "POST":
        purpose = request.POST.get("purpose", "")
        if purpose not in wanted:
            raise Refusal("no-such-purpose", "没有这项授权用途", "there is no such purpose", field="purpose")
        link_agree(token=request.token, purpose=purpose)
        return HttpResponseRedirect(reverse("phone_consents", args=[request.token]))
    given = consents_given(party)
    waiting = [one for one in wanted if one not in given]
    words = {one: said(purposes()[one].zh, purposes()[one].en) for one in wanted}
    return _page(
        request,
        "consents",
        done=[words[one] for one in wanted if one in given],
        waiting=waiting,
        purpose=waiting[0] if waiting else "",
        title=words[waiting[0]] if waiting else "",
        text=CONSENTS[waiting[0]] if waiting else "",
        place=len(wanted) - len(waiting) + 1,
        total=len(wanted),
    )


@by_link
@require_http_methods(["GET", "POST"])
def apply(request: Guest, group: str) -> HttpResponse:
    """One group of questions. What is typed is kept at once; the button leads to the next."""
    party = request.link.party
    groups = tasks.groups_of(party)
    at = next((n for n, (one, _questions) in enumerate(groups) if one.code == group), None)
    if at is None:
        raise NotFound("no-such-group", "没有这一页", "there is no such page")
    here, questions = groups[at]
    kinds = plans.lender_kinds(plans.chosen(party.application))
    held = answers_plain(answers_in_force([party.pk])[party.pk])
    form = answers_form(questions, kinds)(request.POST or None, initial=initial_of(questions, held))
    kept = False
    if request.method == "POST" and form.is_valid():
        try:
            values = values_of(questions, form.cleaned_data)
            answers_write(party_id=party.pk, values=values, actor=request.actor)
            kept = True
        except Refusal as refused:
            refuse(form, refused)
    following = groups[at + 1][0].code if at + 1 < len(groups) else ""
    if kept and not request.headers.get("HX-Request"):
        name, args = ("phone_apply", [request.token, following]) if following else ("phone", [request.token])
        return HttpResponseRedirect(reverse(name, args=args))
    status = _REFUSED if form.errors else 200
    if request.headers.get("HX-Request"):
        return render(request, "web/phone/kept.html", {"kept": kept, "form": form}, status=200)
    titled = said(here.zh, here.en)
    return _page(
        request,
        "apply",
        status,
        form=form,
        title=titled,
        place=at + 1,
        total=len(groups),
        following=following,
        may_write=tasks.may_write(party.application),
    )


@by_link
@require_GET
def papers(request: Guest) -> HttpResponse:
    """The list of papers, those that are wanted first."""
    party = request.link.party
    held = papers_by_item(party.application)
    rows = [_row(request, item, held.get(item.pk, [])) for item in tasks.items_of_party(party)]
    return _page(request, "papers", rows=sorted(rows, key=lambda row: not row["wanted"]))


@by_link
@require_GET
def paper(request: Guest, item_id: int) -> HttpResponse:
    """One paper: take a picture, send it over whatever line there is."""
    item = item_of(request, item_id)
    held = papers_by_item(request.link.party.application).get(item.pk, [])
    return _page(request, "paper", row=_row(request, item, held), item=item)


@by_link
@require_http_methods(["GET", "POST"])
def changes(request: Guest) -> HttpResponse:
    """What staff changed of what this person wrote: both readings, and their word."""
    party = request.link.party
    waiting = {one.pk: one for one in tasks.changes_of(party)}
    if request.method == "POST":
        number = request.POST.get("difference", "")
        found = waiting.get(int(number)) if number.isascii() and number.isdigit() else None
        if found is None:
            raise Refusal("no-such-difference", "没有待确认的修改", "there is nothing to acknowledge")
        difference_acknowledge(difference_id=found.pk, evidence=f"link:{request.link.pk}", actor=request.actor)
        return HttpResponseRedirect(reverse("phone_changes", args=[request.token]))
    rows = [
        {
            "pk": one.pk,
            "word": label_of(question(one.own.question)),
            "own": shown(question(one.own.question), one.own.value.in_full()),
            "later": shown(question(one.own.question), one.later.value.in_full()),
            "reason": one.reason.in_full(),
        }
        for one in waiting.values()
    ]
    return _page(request, "changes", rows=rows)


def item_of(request: Guest, item_id: int) -> Any:
    """A paper of this person's own list. Errors: `NotFound`, also for anybody else's."""
    found = next((one for one in tasks.items_of_party(request.link.party) if one.pk == item_id), None)
    if found is None:
        raise NotFound("no-such-item", "清单中没有这项资料", "the checklist has no such paper")
    return found


def _row(request: Guest, item: Any, held: list[Any]) -> dict[str, Any]:
    word, tint = tasks.ITEM_WORDS[ItemState(item.state)]
    return {
        "word": tasks.item_word(item),
        "state": word,
        "tint": tint,
        "reason": item.reason,
        "count": len(held),
        "required": item.is_required,
        "wanted": ItemState(item.state) in tasks.WANTED,
        "may": ItemState(item.state) is not ItemState.ACCEPTED,
        "url": reverse("phone_paper", args=[request.token, item.pk]),
    }


def _page(request: Guest, name: str, status: int = 200, /, **context: Any) -> HttpResponse:
    """A page with what its frame shows: whose it is, which deal, until when."""
    party = request.link.party
    frame = {
        "link": request.link,
        "token": request.token,
        "party": party,
        "deal": party.application.deal,
        "officer": party.application.deal.officer.user.display_name,
        "home_word": _("返回首页"),
    }
    return render(request, f"web/phone/{name}.html", {**frame, **context}, status=status)
