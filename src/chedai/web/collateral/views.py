"""The tab after the payout, and the tracker."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chedai.deals.collateral import selectors
from chedai.deals.collateral.rules import days_left
from chedai.deals.collateral.services import collateral_finish, policy_record, policy_withdraw
from chedai.deals.collateral.states import Cover, ItemKind, ItemState
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.pipeline.states import DealState, Stage
from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.web.applications.opened import chosen
from chedai.web.collateral.lists import TRACKER
from chedai.web.collateral.words import COVERS, ITEMS, REFERENCES, STATES
from chedai.web.contracts.acts import deal_form
from chedai.web.contracts.forms import file_field, named
from chedai.web.contracts.opened import deal_for, may
from chedai.web.custody.views import of_deal
from chedai.web.deals.jacket import jacket
from chedai.web.doors import Request, door
from chedai.web.forms.fields import DayField, MoneyField
from chedai.web.lists.page import list_page

_INSURANCE = (ItemKind.COMPULSORY, ItemKind.COMMERCIAL)


class DoneForm(forms.Form):
    """What is done."""

    reference = forms.CharField(label=gettext_lazy("号码"), max_length=60)
    done_on = DayField(label=gettext_lazy("办理日期"))
    file = file_field(gettext_lazy("凭证"), required=False)


class PolicyForm(forms.Form):
    """An insurance policy."""

    cover = forms.ChoiceField(
        label=gettext_lazy("险种"), choices=list(COVERS.items()), widget=forms.RadioSelect, initial=Cover.COMPULSORY
    )
    insurer = forms.CharField(label=gettext_lazy("保险公司"), max_length=60)
    number = forms.CharField(label=gettext_lazy("保单号"), max_length=60)
    starts = DayField(label=gettext_lazy("起期"))
    ends = DayField(label=gettext_lazy("止期"))
    damage = MoneyField(label=gettext_lazy("车损险保额"), required=False)
    third_party = MoneyField(label=gettext_lazy("第三者责任险保额"), required=False)
    beneficiary = forms.BooleanField(label=gettext_lazy("第一受益人为贷款人"), required=False)
    file = file_field(gettext_lazy("保单或批单"), required=False, help_text=gettext_lazy("写明第一受益人的须上传。"))


class WithdrawForm(forms.Form):
    """Why a policy no longer counts."""

    reason = forms.CharField(label=gettext_lazy("原因"), max_length=100)


@require_http_methods(["GET", "POST"])
@door("collateral.read")
def tracker(request: Request) -> HttpResponse:
    """Everything owed for cars."""
    return list_page(request, TRACKER)


@require_GET
@door("collateral.read")
def after(request: Request, number: str) -> HttpResponse:
    """Plate, lien, green book, insurance of one deal, each on its clock."""
    deal = deal_for(request, number, "collateral.read")
    context = jacket(request, deal.number, "after")
    items = selectors.items_of(deal.pk)
    today = clock.business_date()
    context |= {
        "items": sorted((_item(one) for one in items), key=lambda row: row["rank"]),
        "covers": [_cover(one) for one in selectors.insured(deal, today)] if items else [],
        "policies": [(COVERS[one.cover], one) for one in selectors.policies_of(deal.pk)],
        "lender": plan_in_hand(deal.pk).lender_name if items else "",
        "lender_code": plan_in_hand(deal.pk).lender_code if items else "",
        "works": may(request, deal, "collateral.work")
        and deal.stage in (Stage.DISBURSEMENT, Stage.COLLATERAL, Stage.COMPLETE),
        "may_see_custody": may(request, deal, "custody.read"),
        "may_enter": may(request, deal, "custody.move") and deal.state != DealState.LOST,
        "may_return": may(request, deal, "custody.move") and deal.state == DealState.LOST,
        "custody": of_deal(deal.pk),
    }
    return render(request, "web/collateral/after.html", context)


def _item(one: Any) -> dict[str, Any]:
    word, tint = STATES[one.state]
    left = days_left(one.due_on, clock.business_date()) if one.state in selectors.UNDONE else None
    late = -left if left is not None and left < 0 else 0
    rank = (one.state == ItemState.DONE, left if left is not None else 10_000, one.pk)
    reference = one.reference.in_full()[-4:] if one.reference else ""
    by_hand = one.kind not in _INSURANCE and one.state in selectors.UNDONE
    facts = {"word": ITEMS[one.kind], "state": word, "tint": "red" if late else tint, "left": left, "late": late}
    return {"it": one, **facts, "rank": rank, "reference": reference, "by_hand": by_hand}


def _cover(one: Any) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    lacking = [refusal.text(language) for refusal in one.lacking]
    return {"word": COVERS[one.cover], "it": one, "lacking": lacking}


@require_http_methods(["GET", "POST"])
@door("collateral.work")
def done(request: Request, number: str, kind: str) -> HttpResponse:
    """Something owed is done."""
    deal = deal_for(request, number, "collateral.work")
    item = next((one for one in selectors.items_of(deal.pk) if one.kind == kind), None)
    if item is None:
        raise Refusal("no-such-item", "没有这个事项", "there is no such item")
    found = selectors.item_read(item.pk)

    def save(data: dict[str, Any], request: Request) -> str:
        collateral_finish(
            item_id=found.pk,
            reference=data["reference"],
            done_on=data["done_on"],
            actor=request.actor,
            **named(data),
        )
        return _address(deal)

    return deal_form(
        request,
        deal,
        f"done.{kind}",
        DoneForm,
        save,
        title=str(ITEMS[found.kind]),
        verb=_("登记完成"),
        lead=_("请填写%(what)s。") % {"what": REFERENCES.get(found.kind, ITEMS[found.kind])},
        done=_("已登记完成"),
        initial={"done_on": clock.business_date()},
        drafts=False,
    )


@require_http_methods(["GET", "POST"])
@door("collateral.work")
def insurance(request: Request, number: str) -> HttpResponse:
    """Record an insurance policy."""
    deal = deal_for(request, number, "collateral.work")
    plan = plan_in_hand(deal.pk)

    def save(data: dict[str, Any], request: Request) -> str:
        policy_record(
            deal_id=deal.pk,
            cover=Cover(data["cover"]),
            insurer=data["insurer"],
            number=data["number"],
            starts=data["starts"],
            ends=data["ends"],
            damage=data["damage"] or 0,
            third_party=data["third_party"] or 0,
            first_beneficiary=plan.lender_code if data["beneficiary"] else "",
            actor=request.actor,
            **named(data),
        )
        return _address(deal)

    return deal_form(
        request,
        deal,
        "insurance",
        PolicyForm,
        save,
        title=_("登记保单"),
        verb=_("登记保单"),
        lead=_("商业险第一受益人应为 %(lender)s。") % {"lender": plan.lender_name},
        done=_("已登记保单"),
        initial={"starts": clock.business_date()},
        drafts=False,
    )


@require_http_methods(["GET", "POST"])
@door("collateral.work")
def withdraw(request: Request, number: str) -> HttpResponse:
    """A policy no longer counts."""
    deal = deal_for(request, number, "collateral.work")
    policy = chosen(request, "policy", selectors.policies_of(deal.pk))

    def save(data: dict[str, Any], request: Request) -> str:
        policy_withdraw(policy_id=policy.pk, reason=data["reason"], actor=request.actor)
        return _address(deal)

    return deal_form(
        request,
        deal,
        f"policy.{policy.pk}",
        WithdrawForm,
        save,
        title=_("注销保单"),
        verb=_("注销保单"),
        lead=_("录入错误或退保的保单不再计入。"),
        done=_("已注销保单"),
        drafts=False,
    )


def _address(deal: Any) -> str:
    return reverse("deal_after", args=[deal.number])
