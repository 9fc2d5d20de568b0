"""The rules on the screen: read as tables, compared row by row, drafted, tested on a case, held against old cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.book.risk.performance import turned_bad
from chedai.deals.underwriting import rulebooks, selectors
from chedai.deals.underwriting.comparing import WhatIf, old_cases, what_if
from chedai.deals.underwriting.rules.book import RuleSet, rule_set, text_digest
from chedai.deals.underwriting.rules.cells import share
from chedai.deals.underwriting.rules.fields import FIELDS
from chedai.deals.underwriting.rules.grid import fits
from chedai.deals.underwriting.rules.values import Outcome
from chedai.deals.underwriting.services.drafting import (
    PUBLISH,
    faults_of,
    rule_draft_submit,
    rule_draft_withdraw,
    rule_draft_write,
)
from chedai.deals.underwriting.states import DraftState
from chedai.deals.underwriting.telling import OUTCOMES
from chedai.org.publication import publication_steps
from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.underwriting import words
from chedai.web.underwriting.forms import RuleDraftForm
from chedai.web.underwriting.grid_cells import UNITS, column_name
from chedai.web.underwriting.rule_changes import cell_told, changes_shown

READ = "rules.read"
DRAFT = "rules.draft"
CASES = 100


@require_GET
@door(READ)
def sets(request: Request) -> HttpResponse:
    """Every rule set in force, and the drafts that wait."""
    book = rulebooks.book_on(clock.business_date())
    rows = [(one, words.said(one.zh, one.en), _size(one)) for one in book.sets.values()]
    drafts = [(one, *words.DRAFTS[one.state]) for one in selectors.rule_drafts()[:20]]
    return render(request, "web/underwriting/rule_sets.html", {"rows": rows, "drafts": drafts})


@require_GET
@door(READ)
def one_set(request: Request, name: str) -> HttpResponse:
    """One rule set as a table, its editions, and what differs between two of them."""
    found = _set(name)
    editions = rulebooks.editions(name)
    picked = request.GET.get("with", "")
    other = rule_set(rulebooks.edition_text(name, int(picked))) if picked.isdecimal() else None
    context = {
        "one": found,
        "title": words.said(found.zh, found.en),
        "editions": editions,
        "table": _table(found),
        "questions": found.document.get("questions", ()),
        "entries": _entries(found),
        "other": other,
        "changes": changes_shown(other, found) if other else [],
        "may_draft": request.access.may(DRAFT),
    }
    return render(request, "web/underwriting/rule_set.html", context)


@require_http_methods(["GET", "POST"])
@door(DRAFT)
def write(request: Request, name: str) -> HttpResponse:
    """Draft a rule set anew, beginning with what is in force."""
    found = _set(name)
    return _write(request, name, found.text, found.digest, None)


@require_http_methods(["GET", "POST"])
@door(DRAFT)
def edit(request: Request, draft_id: int) -> HttpResponse:
    """Go on with a draft."""
    draft = selectors.rule_draft_read(draft_id)
    base = text_digest(rulebooks.text_on(draft.name, clock.business_date()))
    return _write(request, draft.name, draft.content, base, draft)


def _write(request: Request, name: str, text: str, base: str, draft: Any) -> HttpResponse:
    def save(data: dict[str, Any], request: Request) -> str:
        written = rule_draft_write(
            name=name,
            content=data["content"],
            reason=data["reason"],
            base_digest=data["base"],
            draft_id=draft.pk if draft else None,
            actor=request.actor,
        )
        return reverse("rule_draft", args=[written.pk])

    faults = faults_of(name, request.POST.get("content", text))
    page = FormPage(
        key=f"rules.{name}.{draft.pk if draft else 0}",
        form=RuleDraftForm,
        template="web/underwriting/rule_write.html",
        save=save,
        done=gettext_lazy("已保存草案"),
        initial={"content": text, "base": base, "reason": draft.reason if draft else ""},
        context={
            "name": name,
            "grid": _in_grid(name, draft) if fits(name, text) else "",
            "title": words.said(_set(name).zh, _set(name).en),
            "faults": [(one.rule, words.said(one.zh, one.en)) for one in faults],
        },
    )
    return form_page(request, page)


def _in_grid(name: str, draft: Any) -> str:
    """Where the same is written as a grid."""
    return reverse("rule_draft_grid", args=[draft.pk]) if draft else reverse("rule_grid", args=[name])


@require_GET
@door(READ)
def draft(request: Request, draft_id: int) -> HttpResponse:
    """One draft: its faults, what it changes, what it says on one case, and how old cases would have gone."""
    found = selectors.rule_draft_read(draft_id)
    word, tint = words.DRAFTS[found.state]
    faults = faults_of(found.name, found.content)
    context: dict[str, Any] = {
        "draft": found,
        "state": word,
        "tint": tint,
        "title": words.said(_set(found.name).zh, _set(found.name).en),
        "faults": [(one.rule, words.said(one.zh, one.en)) for one in faults],
        "in_grid": fits(found.name, found.content),
        "is_open": found.state in (DraftState.DRAFT, DraftState.PENDING),
        "is_draft": found.state == DraftState.DRAFT,
        "mine": found.written_by_id == request.actor.ref and request.access.may(DRAFT),
        "changes": [],
        "tried": None,
    }
    if not faults:
        context |= _tried(request, found)
    return render(request, "web/underwriting/rule_draft.html", context)


def _tried(request: Request, found: Any) -> dict[str, Any]:
    made = rule_set(found.content)
    wanted = request.GET.get("deal", "").strip().upper()
    old = old_cases(CASES)
    if wanted:
        old = [one for one in old if one.case.deal.number == wanted]
    tried = what_if(made, old)
    told = [
        (words.pair(OUTCOMES[one]), tried.before.get(one, 0), was, tried.after.get(one, 0), now)
        for one, (was, now) in _bad_shares(tried).items()
    ]
    changed = [
        (one, words.pair(OUTCOMES[one.before]), words.pair(OUTCOMES[one.after]), words.OUTCOME_TINTS[one.after])
        for one in tried.changed
    ]
    return {
        "changes": changes_shown(_set(found.name), made),
        "tried": tried,
        "outcomes": told,
        "changed": changed,
        "wanted": wanted,
    }


def _bad_shares(tried: WhatIf) -> dict[Outcome, tuple[str, str]]:
    """Of each answer, then and under the draft: how many of its cases that became loans turned bad."""
    bad = turned_bad(deal for deal, _before, _after in tried.answers)
    seen: dict[Outcome, tuple[list[bool], list[bool]]] = {one: ([], []) for one in OUTCOMES}
    for deal, before, after in tried.answers:
        if deal in bad:
            seen[before][0].append(bad[deal])
            seen[after][1].append(bad[deal])
    return {one: (_bad_share(was), _bad_share(now)) for one, (was, now) in seen.items()}


def _bad_share(loans: list[bool]) -> str:
    if not loans:
        return "—"
    share = {"k": sum(loans), "n": len(loans), "share": f"{100 * sum(loans) / len(loans):.1f}"}
    return _("%(k)s / %(n)s（%(share)s%%）") % share


@require_POST
@door(DRAFT)
def submit(request: Request, draft_id: int) -> HttpResponse:
    """Ask for publication by a second person."""
    steps = publication_steps(PUBLISH, "rules.publish", clock.business_date())
    rule_draft_submit(draft_id=draft_id, steps=steps, actor=request.actor)
    messages.success(request, _("已提交发布，等待另一人审批"))
    return HttpResponseRedirect(reverse("rule_draft", args=[draft_id]))


@require_POST
@door(DRAFT)
def withdraw(request: Request, draft_id: int) -> HttpResponse:
    """Give a draft up."""
    rule_draft_withdraw(draft_id=draft_id, actor=request.actor)
    messages.success(request, _("已撤回草案"))
    return HttpResponseRedirect(reverse("rule_sets"))


def _set(name: str) -> RuleSet:
    found = rulebooks.book_on(clock.business_date()).sets.get(name)
    if found is None:
        raise NotFound("no-such-rule-set", "没有这个规则集", "there is no such rule set")
    return found


def _size(one: RuleSet) -> int:
    if "nodes" in one.document:
        return len(one.table["rules"])
    return len(one.document.get("questions", ())) or len(one.document.get("reasons", ()))


def _table(one: RuleSet) -> dict[str, Any] | None:
    """The table with a cell for each condition in use: columns nobody uses in a row stay empty."""
    if "nodes" not in one.document:
        return None
    table = one.table
    inputs = [(c["id"], c["field"]) for c in table["inputs"]]
    outputs = [(c["id"], column_name(c["field"])) for c in table["outputs"]]
    rows = []
    for rule in table["rules"]:
        when = [
            (column_name(fact), cell_told(column, rule[column], fact)) for column, fact in inputs if rule.get(column)
        ]
        then = [_value(column, rule) for column, _name in outputs]
        rows.append({"id": rule["_id"], "note": rule.get("_description", ""), "when": when, "then": then})
    return {"outputs": [name for _column_id, name in outputs], "rows": rows}


def _value(column: str, rule: Mapping[str, str]) -> str:
    """An answer as it is read; a limit counts what its fact does."""
    known = FIELDS.get(json.loads(rule.get("field") or '""')) if column == "limit" else None
    cell = rule.get(column, "")
    if known is None or cell in ("", "null"):
        return cell_told(column, cell, None)
    return " ".join(part for part in (share(known.unit, cell), str(UNITS.get(known.unit, ""))) if part)


def _entries(one: RuleSet) -> list[tuple[str, str, str]]:
    """Reasons, conditions and overrides with their words and advice."""
    return [
        (code, words.said(entry["zh"], entry["en"]), words.said(entry.get("advice_zh", ""), entry.get("advice_en", "")))
        for part in ("reasons", "conditions", "overrides")
        for code, entry in one.document.get(part, {}).items()
    ]
