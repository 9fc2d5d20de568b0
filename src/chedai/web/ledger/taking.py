"""Taking the ledger out of the house: postings or trial balance as CSV or Excel, the books for beancount. On record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chedai.book.ledger import exports
from chedai.book.ledger.selectors import postings_count
from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.platform.imports.columns import Column
from chedai.platform.imports.export import csv_text, workbook
from chedai.web import services
from chedai.web.doors import Request, door
from chedai.web.ledger import parts
from chedai.web.lists.export import MOST, XLSX

_TYPES: Final = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8", "beancount": "text/plain; charset=utf-8"}


class TakeForm(forms.Form):
    """What, from which day to which, and as what."""

    what = forms.ChoiceField(choices=[("postings", ""), ("balances", "")])
    kind = forms.ChoiceField(choices=[(kind, "") for kind in _TYPES])
    since = forms.DateField()
    on = forms.DateField()


@require_POST
@door("ledger.read")
def take(request: Request) -> HttpResponse:
    """The file. Errors: `Refusal` for a form that says nothing, or for more than a file holds."""
    request.access.require("export.run")
    form = TakeForm(request.POST)
    if not form.is_valid() or form.cleaned_data["since"] > form.cleaned_data["on"]:
        raise Refusal("take-form", "请给出起止日期与格式", "say from when to when, and as what", field="since")
    what, kind = form.cleaned_data["what"], form.cleaned_data["kind"]
    since, on = form.cleaned_data["since"], form.cleaned_data["on"]
    number = postings_count(since, on)
    if number > MOST and what == "postings":
        zh = f"一次最多导出 {MOST:,} 条分录，当前 {number:,} 条；请缩短日期，或用命令 chedai ledger export"
        raise Refusal("take-long", zh, f"at most {MOST:,} postings, here are {number:,}: take fewer days")
    columns, body = _file(request, what, kind, since, on)
    services.list_exported(list_key=f"ledger.{what}", rows=number, columns=columns, actor=request.actor)
    name = f"{_('总账')}-{since:%Y%m%d}-{on:%Y%m%d}.{kind}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(body, content_type=_TYPES[kind], headers=headers)


def _file(request: Request, what: str, kind: str, since: date, on: date) -> tuple[Sequence[str], bytes | str]:
    """The names of the columns, and the file."""
    if kind == "beancount":
        return ["beancount"], "".join(exports.beancount(since, on))
    columns: tuple[Column, ...] = exports.POSTINGS if what == "postings" else exports.BALANCES
    language = parts.language()
    rows: Any
    if what == "postings":
        rows = exports.posting_rows(since, on, language)
    else:
        rows = exports.balance_rows(on, since, language)
    if kind == "csv":
        return [column.name for column in columns], csv_text(columns, rows, language=language)
    stamp = f"{request.actor.name} {clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    book = workbook(_("总账"), columns, rows, language=language, watermark=stamp)
    return [column.name for column in columns], book
