"""What a customer agreed to: given purpose by purpose with its proof, withdrawn, and the proof to look at."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.crm.customers import selectors
from chedai.org.permissions import Permission
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.files.selectors import paper_content, papers_of
from chedai.platform.files.services import paper_hand_in
from chedai.platform.messages.selectors import opted_out_of
from chedai.platform.messages.services import opt_in, opt_out
from chedai.platform.messages.states import Category
from chedai.platform.operations.logs import looks_personal
from chedai.platform.privacy.registry import purposes
from chedai.platform.privacy.services import consent_give, consent_withdraw
from chedai.web.approvals.papers import inline
from chedai.web.customers import words
from chedai.web.customers.acts import one
from chedai.web.customers.forms import ConsentForm
from chedai.web.customers.pages import customer_seen
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.messages.views import CATEGORIES, REFUSABLE

CONSENT: Final[Permission] = "privacy.consent"
PURPOSE: Final = "consent"
"""For what the photograph of a consent is handed in."""
_KINDS: Final = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})


@require_http_methods(["GET", "POST"])
@door("privacy.consent")
def consent_new(request: Request, pk: int) -> HttpResponse:
    """Note that the customer agreed to one purpose, with the photograph or the number of the paper."""
    found = customer_seen(request, pk, CONSENT)

    def save(data: dict[str, Any], request: Request) -> str:
        subject = f"customer:{pk}"
        proof = _evidence(subject, data, request)
        purpose, wording = data["purpose"], data["wording"]
        consent_give(subject=subject, purpose=purpose, wording=wording, evidence=proof, actor=request.actor)
        return one(pk)

    asked = request.GET.get("purpose", "")
    page = FormPage(
        key=f"consent.new.{pk}",
        form=ConsentForm,
        template="web/customers/consent.html",
        save=save,
        done=gettext_lazy("已登记授权"),
        initial={"purpose": asked} if asked in purposes() else {},
        options={"offered": [(code, words.purpose(code)) for code in purposes()]},
        context={"customer": found, "back": one(pk)},
        drafts=False,
    )
    return form_page(request, page)


def _evidence(subject: str, data: dict[str, Any], request: Request) -> str:
    """Where the proof is: paper:17, or filed:A-2026-031. It goes into the log: no number of a person in it."""
    for field in ("filed", "wording"):
        if looks_personal(data[field]):
            zh, en = "归档编号、文本版本中不要写电话、证件号或账号", "leave numbers of people out of it"
            raise Refusal("filed-personal", zh, en, field=field)
    file = data["file"]
    if file is None:
        return f"filed:{data['filed']}"
    paper = paper_hand_in(
        subject=subject,
        purpose=PURPOSE,
        name=str(file.name),
        content=file.read(),
        actor=request.actor,
        allowed=_KINDS,
    )
    return f"paper:{paper.pk}"


@require_POST
@door("privacy.consent")
def consent_end(request: Request, pk: int, purpose: str) -> HttpResponse:
    """The customer no longer agrees; from now on what the consent gated is refused."""
    found = customer_seen(request, pk, CONSENT)
    consent_withdraw(subject=f"customer:{found.pk}", purpose=purpose, actor=request.actor)
    messages.success(request, _("已撤回授权：%s") % words.purpose(purpose))
    return HttpResponseRedirect(one(pk))


@require_POST
@door("privacy.consent")
def customer_mute(request: Request, pk: int, category: str) -> HttpResponse:
    """The customer wants no more messages of a category, or wants them again."""
    found = customer_seen(request, pk, CONSENT)
    if category not in REFUSABLE:
        raise NotFound("no-such-category", "没有这类消息", "there is no such kind of message")
    subject, kind = f"customer:{found.pk}", Category(category)
    if category in opted_out_of(subject):
        opt_in(subject=subject, category=kind, actor=request.actor)
        messages.success(request, _("已恢复接收：%s") % CATEGORIES[category])
    else:
        opt_out(subject=subject, category=kind, actor=request.actor)
        messages.success(request, _("已登记拒收：%s") % CATEGORIES[category])
    return HttpResponseRedirect(one(pk))


@require_GET
@door("file.read")
def customer_paper(request: Request, pk: int, paper_id: int) -> HttpResponse:
    """A paper of a customer, or of a record merged into it."""
    found = customer_seen(request, pk, "file.read")
    for subject in selectors.history_subjects(found):
        if papers_of(subject).filter(pk=paper_id).exists():
            return inline(*paper_content(paper_id))
    raise NotFound("no-such-paper", "没有这份文件", "there is no such paper")
