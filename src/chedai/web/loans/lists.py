"""The list of loans: the own book, and the banks' loans that are watched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.book.loans.selectors import loans_seen
from chedai.book.loans.states import BookKind, LoanStatus
from chedai.org.selectors import open_stores
from chedai.platform import clock
from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Row, Search, Text, View, by_number
from chedai.web.loans import words


def _stores(request: Request) -> Sequence[tuple[str, Text]]:
    reach = request.access.stores("loan.read")
    return [(str(number), name) for number, name in open_stores() if reach is None or number in reach]


def _late(loan: Row) -> Row | None:
    return getattr(loan, "delinquency", None)


def _days(loan: Row) -> int | None:
    late = _late(loan)
    return int((clock.business_date() - late.since).days) if late else None


def _lender(loan: Row) -> str:
    """Whose money it is, by name; a loan that was taken over without a deal says the code."""
    return str((loan.deal.lender_name if loan.deal else "") or loan.lender_code)


def _how(value: str) -> Q:
    found = {
        "late": Q(delinquency__isnull=False),
        "good": Q(delinquency=None),
        "quarantine": ~Q(quarantine=""),
        "observed": Q(restructured_until__isnull=False),
    }
    return found.get(value, Q(pk__in=[]))


LOANS: Final = ListSpec(
    key="loans",
    title=_("贷款"),
    unit=_("笔"),
    permission="loan.read",
    rows=lambda request: loans_seen(request.access.records("loan.read", owner="officer_id")).select_related(
        "delinquency", "deal"
    ),
    columns=(
        Column(
            "number",
            _("贷款"),
            lambda loan: loan.number,
            Kind.CODE,
            sort="number",
            link=lambda loan: reverse("loan", args=[loan.number]),
            note=lambda loan: (loan.quarantine and _("已隔离")) or "",
        ),
        Column("customer", _("客户"), lambda loan: loan.customer.title),
        Column("book", _("账簿"), lambda loan: words.BOOKS[loan.book], group="book"),
        Column("lender", _("资方"), _lender, group="lender_code", shown=False),
        Column("principal", _("贷款额（元）"), lambda loan: loan.principal, Kind.MONEY, total="principal"),
        Column("owed", _("未还本金（元）"), lambda loan: loan.owed, Kind.MONEY, sort="owed", total="owed"),
        Column(
            "overdue",
            _("逾期，不含罚息（元）"),
            lambda loan: late.overdue if (late := _late(loan)) else None,
            Kind.MONEY,
            sort="delinquency__overdue",
            total="delinquency__overdue",
        ),
        Column("days", _("逾期（天）"), _days, Kind.NUMBER, tint=lambda loan: "red" if _late(loan) else ""),
        Column(
            "bucket",
            _("档位"),
            lambda loan: late.bucket if (late := _late(loan)) else "",
            sort="delinquency__since",
            group="delinquency__bucket",
        ),
        Column(
            "state",
            _("状态"),
            lambda loan: words.STATES[loan.state][0],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda loan: words.STATES[loan.state][1],
        ),
        Column("disbursed_on", _("放款日"), lambda loan: loan.disbursed_on, Kind.DAY, sort="disbursed_on"),
        Column("store", _("门店"), lambda loan: loan.store.name, group="store__name"),
        Column(
            "officer",
            _("专员"),
            lambda loan: loan.officer.user.display_name,
            group="officer__user__display_name",
            shown=False,
        ),
        Column("settled_on", _("结清日"), lambda loan: loan.settled_on, Kind.DAY, sort="settled_on", shown=False),
    ),
    sort="-disbursed_on",
    filters=(
        Choice(
            "how",
            _("情况"),
            lambda request: [
                ("late", _("逾期")),
                ("good", _("正常")),
                ("quarantine", _("已隔离")),
                ("observed", _("重组观察")),
            ],
            _how,
        ),
        Choice(
            "state",
            _("状态"),
            lambda request: [(state, words.STATES[state][0]) for state in LoanStatus],
            lambda value: Q(state=value),
        ),
        Choice(
            "book",
            _("账簿"),
            lambda request: [(book, words.BOOKS[book]) for book in BookKind],
            lambda value: Q(book=value),
        ),
        Choice("store", _("门店"), _stores, by_number("store")),
        Days("disbursed", _("放款日"), "disbursed_on"),
    ),
    views=(
        View(_("逾期"), "how=late&state=active", red=True),
        View(_("还款中"), "state=active"),
        View(_("已隔离"), "how=quarantine", red=True),
        View(_("资方贷款"), "book=bank"),
    ),
    search=Search(_("贷款号"), lambda typed: Q(number__startswith=typed.strip().upper())),
    empty=_("还没有贷款。放款确认后自动开立。"),
)
