"""The access review: begin one, keep or withdraw each line, close it; every list of it goes to Excel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from chedai.org import reviews as house
from chedai.org.reviews import Decision
from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.web import words
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page
from chedai.web.lists.spec import Bulk, Choice, Column, Kind, ListSpec, Primary, Row, RowAct, Text, View
from chedai.web.staff.acts import TEMPLATE, stores_for
from chedai.web.staff.forms import Options, ReasonForm, role_options

REVIEW: Final = "role.review"
_WORDS: Final = {"": gettext_lazy("待复核"), "keep": gettext_lazy("保留"), "withdraw": gettext_lazy("收回")}
_TINTS: Final = {"": "amber", "keep": "green", "withdraw": "red"}


def _reviews(request: Request) -> Any:
    return house.reviews_seen(request.access.stores(REVIEW))


def _lines(request: Request) -> Any:
    assert request.resolver_match is not None
    return house.review_lines(request.resolver_match.kwargs["pk"])


def _keep(request: Request, ids: Sequence[int]) -> str:
    for number in _lines(request).filter(pk__in=ids).values_list("pk", flat=True):
        house.line_decide(line_id=number, decision=Decision.KEEP, reason="", actor=request.actor)
    return _("已保留所选的角色")


def _withdraw_url(line: Row) -> str | None:
    return None if line.review.closed_at else reverse("review_withdraw", args=[line.pk])


def _signed_in(line: Row) -> Any:
    return line.grant.staff.user.last_login


def _where(grant: Row) -> Text:
    return grant.store.name if grant.store else gettext_lazy("整个集团")


REVIEWS: Final = ListSpec(
    key="reviews",
    title=gettext_lazy("权限复核"),
    permission=REVIEW,
    rows=_reviews,
    columns=(
        Column(
            "as_of",
            gettext_lazy("日期"),
            lambda r: r.as_of,
            Kind.DAY,
            sort="as_of",
            link=lambda r: reverse("review", args=[r.pk]),
        ),
        Column("store", gettext_lazy("范围"), _where),
        Column("total", gettext_lazy("行数"), lambda r: r.total, Kind.NUMBER),
        Column("decided", gettext_lazy("已复核"), lambda r: r.decided, Kind.NUMBER),
        Column("begun_by", gettext_lazy("发起人"), lambda r: r.begun_by.display_name),
        Column("closed_by", gettext_lazy("完成人"), lambda r: r.closed_by.display_name if r.closed_by else ""),
        Column("closed_at", gettext_lazy("完成时间"), lambda r: r.closed_at, Kind.MOMENT, sort="closed_at"),
    ),
    sort="-as_of",
    primary=Primary(gettext_lazy("发起复核"), "review_new", "plus", REVIEW),
    empty=gettext_lazy("还没有复核过。每季度至少复核一次谁有哪些权限。"),
)
LINES: Final = ListSpec(
    key="review.lines",
    title=gettext_lazy("权限复核清单"),
    permission=REVIEW,
    rows=_lines,
    columns=(
        Column(
            "name",
            gettext_lazy("姓名"),
            lambda x: x.grant.staff.user.display_name,
            sort="grant__staff__number",
            note=lambda x: x.grant.staff.number,
        ),
        Column("role", gettext_lazy("角色"), lambda x: words.role(x.grant.role), sort="grant__role"),
        Column("store", gettext_lazy("范围"), lambda x: _where(x.grant)),
        Column("since", gettext_lazy("自"), lambda x: x.grant.since, Kind.DAY, sort="grant__since"),
        Column("signed_in", gettext_lazy("最近登录"), _signed_in, Kind.MOMENT, sort="grant__staff__user__last_login"),
        Column(
            "decision",
            gettext_lazy("结论"),
            lambda x: _WORDS[x.decision],
            Kind.TAG,
            sort="decision",
            tint=lambda x: _TINTS[x.decision],
        ),
        Column("reason", gettext_lazy("原因"), lambda x: x.reason),
        Column("by", gettext_lazy("复核人"), lambda x: x.decided_by.display_name if x.decided_by else ""),
        Column("at", gettext_lazy("复核时间"), lambda x: x.decided_at, Kind.MOMENT, sort="decided_at"),
    ),
    sort="name",
    filters=(
        Choice("role", gettext_lazy("角色"), lambda request: role_options(), lambda value: Q(grant__role=value)),
        Choice(
            "decision",
            gettext_lazy("结论"),
            lambda request: [(key or "open", said) for key, said in _WORDS.items()],
            lambda value: Q(decision="" if value == "open" else value),
        ),
    ),
    views=(View(gettext_lazy("待复核"), "decision=open"), View(gettext_lazy("收回"), "decision=withdraw")),
    bulk=(Bulk("keep", gettext_lazy("保留"), REVIEW, _keep),),
    acts=(RowAct(gettext_lazy("收回"), _withdraw_url),),
)


class BeginForm(forms.Form):
    """What is reviewed."""

    store = forms.ChoiceField(label=gettext_lazy("范围"), required=False)

    def __init__(self, *args: Any, stores: Options, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["store"].choices = stores  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@door(REVIEW)
def reviews(request: Request) -> HttpResponse:
    """Every review; whether one is due this quarter."""
    is_due = house.review_is_due(clock.business_date(), request.access.stores(REVIEW))
    return list_page(request, REVIEWS, {"before": "web/reviews/due.html" if is_due else ""})


@require_http_methods(["GET", "POST"])
@door(REVIEW)
def review_new(request: Request) -> HttpResponse:
    """Begin one."""

    def save(data: dict[str, Any], request: Request) -> str:
        store_id = int(data["store"]) if data["store"] else None
        request.access.require_for(REVIEW, store_id)
        return reverse("review", args=[house.review_begin(store_id=store_id, actor=request.actor).pk])

    page = FormPage(
        key="review.new",
        form=BeginForm,
        template=TEMPLATE,
        save=save,
        options={"stores": stores_for(request, REVIEW, group=gettext_lazy("整个集团"))},
        context={
            "title": _("发起复核"),
            "lead": _("列出此刻的每一项授权，逐行保留或收回；完成时一次收回。本人的角色由别人复核。"),
            "verb": _("发起"),
            "back": reverse("reviews"),
        },
        drafts=False,
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door(REVIEW)
def review(request: Request, pk: int) -> HttpResponse:
    """The lines of one."""
    found = get_object_or_404(_reviews(request), pk=pk)
    return list_page(request, LINES, {"review": found, "before": "web/reviews/review.html"})


@require_http_methods(["GET", "POST"])
@door(REVIEW)
def review_withdraw(request: Request, pk: int) -> HttpResponse:
    """Mark a line for withdrawal, with the reason."""
    line = house.line_found(pk, request.access.stores(REVIEW))

    def save(data: dict[str, Any], request: Request) -> str:
        house.line_decide(line_id=pk, decision=Decision.WITHDRAW, reason=data["reason"], actor=request.actor)
        return reverse("review", args=[line.review_id])

    page = FormPage(
        key=f"review.withdraw.{pk}",
        form=ReasonForm,
        template=TEMPLATE,
        save=save,
        done=gettext_lazy("已标记收回，完成复核时生效"),
        context={
            "title": _("收回角色"),
            "subtitle": f"{line.grant.staff.user.display_name} · {words.role(line.grant.role)}",
            "verb": _("标记收回"),
            "back": reverse("review", args=[line.review_id]),
        },
        drafts=False,
    )
    return form_page(request, page)


@require_POST
@door(REVIEW)
def review_close(request: Request, pk: int) -> HttpResponse:
    """Close it: what was marked is withdrawn."""
    if not _reviews(request).filter(pk=pk).exists():
        raise NotFound("no-such-review", "没有这次复核", "there is no such review")
    withdrawn = house.review_close(review_id=pk, actor=request.actor)
    messages.success(request, _("复核完成，收回 %s 项角色。") % withdrawn)
    return HttpResponseRedirect(reverse("review", args=[pk]))
