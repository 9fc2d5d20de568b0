"""权证: the list, one thing with everything that happened to it, and its hand-overs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chedai.deals.custody import selectors
from chedai.deals.custody.reach import may, require
from chedai.deals.custody.services.moving import (
    custody_enter,
    custody_recall,
    custody_receive,
    custody_return,
    custody_send,
)
from chedai.deals.custody.states import CustodyKind, HolderKind
from chedai.web.contracts.acts import deal_form
from chedai.web.contracts.opened import deal_for
from chedai.web.custody.forms import EnterForm, ReceiveForm, ReturnForm, SendForm, courier_typed, holder_typed
from chedai.web.custody.lists import THINGS
from chedai.web.custody.words import ACTS, KINDS, late, next_one, state_of, who
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page


@require_http_methods(["GET", "POST"])
@door("custody.read")
def things(request: Request) -> HttpResponse:
    """Everything in custody, what is late first."""
    return list_page(request, THINGS)


@require_GET
@door("custody.read")
def thing(request: Request, label: str) -> HttpResponse:
    """One thing: who has it, who is to take it over, and what happened to it."""
    one = _thing(request, label, "custody.read")
    deal = one.item.deal
    moves = [
        {
            "it": m,
            "word": ACTS[m.act],
            "who": who(m, deal),
            "next": next_one(m, deal),
            "proof": getattr(m, "proof", None),
        }
        for m in selectors.movements_of(one.item_id)
    ]
    moving = bool(one.next_holder)
    works = may(request.access, "custody.move", one)
    missed = selectors.missing_in(one.item_id)
    one.lost = missed is not None
    context = {
        "one": one,
        "kind": KINDS[one.item.kind],
        "moves": moves,
        "may_send": works and not moving and not one.lost and one.holder != HolderKind.GONE,
        "may_receive": works and not one.lost and (moving or one.holder != HolderKind.SAFE),
        "may_recall": works and moving,
        "missed": missed,
        "may_settle": missed is not None and request.access.may("custody.count", store_id=missed.count.store_id),
    }
    return render(request, "web/custody/thing.html", context | _where(one))


@require_http_methods(["GET", "POST"])
@door("custody.move")
def enter(request: Request, number: str) -> HttpResponse:
    """A thing comes in."""
    deal = deal_for(request, number, "custody.move")

    def save(data: dict[str, Any], req: Request) -> str:
        kind = CustodyKind(data.pop("kind"))
        made = custody_enter(deal_id=deal.pk, kind=kind, actor=req.actor, **data)
        return reverse("custody_item", args=[made.item.label])

    return deal_form(
        request,
        deal,
        "custody",
        EnterForm,
        save,
        title=_("登记权证"),
        verb=_("登记"),
        lead=_("登记后生成编号，贴在实物上，盘点时扫描。"),
        done=_("已登记权证"),
        drafts=False,
    )


@require_http_methods(["GET", "POST"])
@door("custody.move")
def give_back(request: Request, number: str) -> HttpResponse:
    """A lost deal gives everything back."""
    deal = deal_for(request, number, "custody.move")

    def save(data: dict[str, Any], req: Request) -> str:
        custody_return(deal_id=deal.pk, proof=data["proof"], actor=req.actor)
        return reverse("deal_after", args=[deal.number])

    return deal_form(
        request,
        deal,
        "custody.back",
        ReturnForm,
        save,
        title=_("归还客户"),
        verb=_("归还客户"),
        lead=_("案卷关闭后，绿本、钥匙与资料全部归还客户本人签收。"),
        done=_("已归还客户"),
        drafts=False,
    )


@require_http_methods(["GET", "POST"])
@door("custody.move")
def send(request: Request, label: str) -> HttpResponse:
    """Give it to somebody."""
    one = _thing(request, label, "custody.move")

    def save(data: dict[str, Any], req: Request) -> str:
        custody_send(
            label=label,
            to=holder_typed(data["to"]),
            seen=data["seen"],
            courier=courier_typed(data),
            back_by=data["back_by"],
            actor=req.actor,
        )
        return _address(label)

    return _form(request, one, "send", SendForm, save, _("交出"), {"store_id": one.answers_id})


@require_http_methods(["GET", "POST"])
@door("custody.move")
def receive(request: Request, label: str) -> HttpResponse:
    """Take it over."""
    one = _thing(request, label, "custody.move")
    return _taken(request, one, "receive", custody_receive, _("签收"), HolderKind(one.next_holder or HolderKind.SAFE))


@require_http_methods(["GET", "POST"])
@door("custody.move")
def recall(request: Request, label: str) -> HttpResponse:
    """Nobody took it over."""
    one = _thing(request, label, "custody.move")
    to = HolderKind.SAFE if one.holder == HolderKind.COURIER else HolderKind.STAFF
    return _taken(request, one, "recall", custody_recall, _("撤回"), to)


def of_deal(deal_id: int) -> list[dict[str, Any]]:
    """The things of a deal, as the tab of the deal shows them."""
    return [{"it": one, "word": KINDS[one.item.kind], **_where(one)} for one in selectors.holdings_of(deal_id)]


def _where(one: Any) -> dict[str, Any]:
    """Who has a thing, who is to take it over, and how late that is."""
    deal = one.item.deal
    return {"state": state_of(one), "who": who(one, deal), "next": next_one(one, deal), "late": late(one)}


def _thing(request: Request, label: str, right: str) -> Any:
    one = selectors.holding_read(label)
    require(request.access, right, one)
    return one


def _taken(request: Request, one: Any, act: str, take: Callable[..., Any], verb: str, to: HolderKind) -> HttpResponse:
    """A thing comes to `to`: whoever takes it saw it as it stands, and signs."""
    label = one.item.label

    def save(data: dict[str, Any], req: Request) -> str:
        take(label=label, actor=req.actor, **data)
        return _address(label)

    return _form(request, one, act, ReceiveForm, save, verb, {"to": to})


def _form(
    request: Request, one: Any, act: str, form: Any, save: Any, verb: str, options: dict[str, Any]
) -> HttpResponse:
    page = FormPage(
        key=f"custody.{act}.{one.item.pk}.{one.seq}",
        form=form,
        template="web/custody/move.html",
        save=save,
        done=verb,
        initial={"seen": one.seq},
        options=options,
        context={
            "title": f"{verb} · {one.item.label}",
            "verb": verb,
            "kind": KINDS[one.item.kind],
            **_where(one),
        },
        drafts=False,
    )
    return form_page(request, page)


def _address(label: str) -> str:
    return reverse("custody_item", args=[label])
