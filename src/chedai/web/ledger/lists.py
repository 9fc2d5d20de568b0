"""The list of journal entries."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.selectors import entries, head
from chedai.web.ledger import parts
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Search

JOURNAL: Final = ListSpec(
    key="journal",
    title=_("记账凭证"),
    unit=_("张"),
    permission="ledger.read",
    rows=lambda request: entries(),
    columns=(
        Column(
            "seq",
            _("凭证号"),
            lambda entry: entry.seq,
            sort="pk",
            link=lambda entry: reverse("journal_entry", args=[entry.seq]),
        ),
        Column("day", _("记账日"), lambda entry: entry.day, Kind.DAY, sort="day"),
        Column("value_on", _("起息日"), lambda entry: entry.value_on, Kind.DAY),
        Column("kind", _("事项"), lambda entry: entry.kind_words),
        Column("subject", _("对象"), lambda entry: entry.about, is_wide=True),
        Column("recorded_at", _("录入时间"), lambda entry: entry.recorded_at, Kind.MOMENT, sort="pk"),
    ),
    sort="-seq",
    filters=(
        Choice(
            "kind",
            _("事项"),
            lambda request: [(kind.value, parts.kind(kind)) for kind in EntryKind],
            lambda value: Q(kind=value),
        ),
        Days("day", _("记账日"), "day"),
    ),
    search=Search(_("贷款号"), parts.about_where),
    empty=_("还没有记账凭证。"),
    fast_count=lambda: head()[0],
    enrich=parts.hang_words,
)
