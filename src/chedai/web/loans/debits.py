"""Direct debit on the screen: the batches, one batch with what came of it, making, sending, dropping, its file."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.book.loans.bulk import debits as desk
from chedai.book.loans.bulk.debit_codes import debit_codes
from chedai.book.loans.bulk.debit_files import debit_file
from chedai.book.loans.bulk.states import DebitState, LineState
from chedai.org.selectors import open_stores
from chedai.platform import clock
from chedai.platform.imports.selectors import batches_seen
from chedai.web.doors import Request, door
from chedai.web.forms.fields import DayField
from chedai.web.forms.page import FormPage, form_page
from chedai.web.imports.words import STATES as IMPORT_STATES
from chedai.web.imports.words import counts_line
from chedai.web.lists.page import list_page
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Primary, Search, View
from chedai.web.loans import words
from chedai.web.services import list_exported

RIGHT: Final = "loan.debit"
MOST: Final = 200
"""Lines shown on the page of a batch; the file has them all."""
STATES: Final[dict[str, tuple[Promise, str]]] = {
    DebitState.MADE: (gettext_lazy("待发送"), "amber"),
    DebitState.SENT: (gettext_lazy("待回盘"), "blue"),
    DebitState.DONE: (gettext_lazy("已回盘"), "green"),
}
LINES: Final[dict[str, tuple[Promise, str]]] = {
    LineState.WAITING: (gettext_lazy("待回盘"), "blue"),
    LineState.PAID: (gettext_lazy("扣款成功"), "green"),
    LineState.FAILED: (gettext_lazy("扣款失败"), "red"),
}

DEBITS: Final = ListSpec(
    key="debits",
    title=gettext_lazy("代扣批次"),
    unit=gettext_lazy("批"),
    permission=RIGHT,
    rows=lambda request: desk.debits_seen(request.access.records(RIGHT)),
    columns=(
        Column(
            "number",
            gettext_lazy("批次"),
            lambda batch: batch.number,
            Kind.CODE,
            sort="number",
            link=lambda batch: reverse("debit", args=[batch.number]),
        ),
        Column("day", gettext_lazy("扣款日"), lambda batch: batch.day, Kind.DAY, sort="day"),
        Column("store", gettext_lazy("门店"), lambda batch: batch.store.name, group="store__name"),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda batch: STATES[batch.state][0],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda batch: STATES[batch.state][1],
        ),
        Column("count", gettext_lazy("代扣笔数"), lambda batch: batch.count, Kind.NUMBER),
        Column("total", gettext_lazy("金额（元）"), lambda batch: batch.total, Kind.MONEY, sort="total", total="total"),
        Column("paid", gettext_lazy("成功"), lambda batch: batch.paid, Kind.NUMBER),
        Column("failed", gettext_lazy("失败"), lambda batch: batch.failed, Kind.NUMBER),
        Column("paid_total", gettext_lazy("已扣（元）"), lambda batch: batch.paid_total, Kind.MONEY),
    ),
    sort="-day",
    filters=(
        Choice(
            "state",
            gettext_lazy("状态"),
            lambda request: [(state, said) for state, (said, _tint) in STATES.items()],
            lambda value: desk.in_state(value),
        ),
        Days("day", gettext_lazy("扣款日"), "day"),
    ),
    views=(View(gettext_lazy("待发送"), "state=made"), View(gettext_lazy("待回盘"), "state=sent")),
    search=Search(gettext_lazy("批次号"), desk.numbered),
    primary=Primary(gettext_lazy("生成代扣批次"), "debit_new", "plus", RIGHT),
    empty=gettext_lazy("还没有代扣批次。先在贷款上登记代扣授权。"),
)


class MakeForm(forms.Form):
    """Which store, which day."""

    store = forms.ChoiceField(label=gettext_lazy("门店"))
    day = DayField(label=gettext_lazy("扣款日"))

    def __init__(self, *args: Any, stores: list[tuple[str, str]], **kwargs: Any) -> None:
        """`stores` are those the person may debit for."""
        super().__init__(*args, **kwargs)
        self.fields["store"].choices = stores  # type: ignore[attr-defined]


class DropForm(forms.Form):
    """Why it is dropped."""

    reason = forms.CharField(label=gettext_lazy("作废原因"), max_length=200)


@require_http_methods(["GET", "POST"])
@door("loan.debit")
def debits(request: Request) -> HttpResponse:
    """The batches of the stores the person may debit for."""
    return list_page(request, DEBITS)


@require_http_methods(["GET", "POST"])
@door("loan.debit")
def debit_new(request: Request) -> HttpResponse:
    """Make the batch of a store and a day."""

    def save(data: dict[str, Any], req: Request) -> str:
        store_id = int(data["store"])
        req.access.require(RIGHT, store_id=store_id)
        return reverse("debit", args=[desk.debit_make(day=data["day"], store_id=store_id, actor=req.actor).number])

    reach = request.access.stores(RIGHT)
    stores = [(str(number), name) for number, name in open_stores() if reach is None or number in reach]
    page = FormPage(
        key="loan.debit.new",
        form=MakeForm,
        template="web/loans/desk_form.html",
        save=save,
        done=gettext_lazy("已生成代扣批次"),
        initial={"day": clock.business_date()} | ({"store": stores[0][0]} if stores else {}),
        options={"stores": stores},
        context={
            "title": gettext_lazy("生成代扣批次"),
            "verb": gettext_lazy("生成代扣批次"),
            "hint": gettext_lazy("有代扣授权的贷款中，当日到期与已逾期未还的全部款项；上一批还没有回盘的不再列入。"),
        },
        drafts=False,
    )
    return form_page(request, page)


@require_GET
@door("loan.debit")
def debit(request: Request, number: str) -> HttpResponse:
    """One batch: what was asked, what came of it, and that the two agree."""
    found = _batch(request, number)
    sums = desk.debit_sums(found)
    codes, chinese = debit_codes(), words.is_chinese()
    said = LINES | ({LineState.WAITING: STATES[found.state]} if found.state == DebitState.MADE else {})
    lines = [
        (one, said[one.state], (codes[one.code].zh if chinese else codes[one.code].en) if one.code else "")
        for one in desk.lines_of(found)[:MOST]
    ]
    context = {
        "batch": found,
        "state": STATES[found.state],
        "figures": [(*said[state], *sums[state]) for state in LineState],
        "agrees": sum(fen for _many, fen in sums.values()) == found.total,
        "lines": lines,
        "more": max(found.count - MOST, 0),
        "returns": _returns(request),
    }
    return render(request, "web/loans/debit.html", context)


@require_POST
@door("loan.debit")
def debit_send(request: Request, number: str) -> HttpResponse:
    """The batch goes to the bank."""
    desk.debit_send(batch_id=_batch(request, number).pk, actor=request.actor)
    messages.success(request, _("批次已发送，请下载扣款文件交给银行"))
    return HttpResponseRedirect(reverse("debit", args=[number]))


@require_http_methods(["GET", "POST"])
@door("loan.debit")
def debit_drop(request: Request, number: str) -> HttpResponse:
    """Throw a batch away that was not sent."""
    found = _batch(request, number)

    def save(data: dict[str, Any], req: Request) -> str:
        desk.debit_drop(batch_id=found.pk, reason=data["reason"], actor=req.actor)
        return reverse("debits")

    page = FormPage(
        key=f"loan.debit.drop.{found.pk}",
        form=DropForm,
        template="web/loans/desk_form.html",
        save=save,
        done=gettext_lazy("已作废该批次"),
        context={"title": gettext_lazy("作废代扣批次"), "verb": gettext_lazy("作废代扣批次"), "hint": found.number},
        drafts=False,
    )
    return form_page(request, page)


@require_POST
@door("loan.debit")
def debit_take(request: Request, number: str) -> HttpResponse:
    """The file for the bank: accounts in full, so that it left is on record."""
    found = _batch(request, number)
    body = debit_file(found)
    list_exported(list_key=f"debit:{found.pk}", rows=found.count, columns=["account"], actor=request.actor)
    headers = {"Content-Disposition": content_disposition_header(True, f"{found.number}.csv") or "attachment"}
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


def _batch(request: Request, number: str) -> Any:
    """The batch, where the person may debit for its store. Errors: `NotFound`, `NotAllowed`."""
    found = desk.debit_of_number(number)
    request.access.require(RIGHT, store_id=found.store_id)
    return found


def _returns(request: Request) -> list[tuple[Any, tuple[Promise, str], str]]:
    """The last answers of banks the person brought in, with their counts."""
    found = batches_seen([], ["debit_return"], request.actor.key)[:5]
    return [(one, IMPORT_STATES[one.state], counts_line(one.counts)) for one in found]
