"""What the pages of the ledger share: days of an address, names of accounts and kinds, what an entry is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chedai.book.ledger.chart import Account, AccountKind
from chedai.book.ledger.closing import BOOK
from chedai.book.ledger.exports import kind_words
from chedai.book.loans.selectors import loans_seen
from chedai.web import words

_LOAN: Final = "loan:"
_MOST: Final = 200
"""Loans one search reaches: a number begins with its store and month."""

KINDS: Final[dict[AccountKind, Promise]] = {
    AccountKind.ASSET: _("资产"),
    AccountKind.LIABILITY: _("负债"),
    AccountKind.INCOME: _("收入"),
    AccountKind.EXPENSE: _("成本费用"),
    AccountKind.MEMO: _("表外"),
}


def language() -> str:
    """The language of the reader."""
    return get_language() or "zh-hans"


def day_of(text: str, otherwise: date) -> date:
    """A day as an address gives it; what is none is the usual one."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return found if date(2000, 1, 1) <= found <= date(2199, 12, 31) else otherwise


def named(account: Account) -> str:
    """1301 贷款本金."""
    return f"{account.code} {account.name(language())}"


def kind(code: str) -> str:
    """`billing` as 到期应收."""
    return kind_words(code, language())


def hang_words(rows: Iterable[Any]) -> None:
    """Hang onto entries their kind in words, and what they are about: its name and its page.

    A loan has a page of its own; of anything else the page lists its entries.
    """
    found = list(rows)
    numbers = _loan_numbers({row.subject for row in found if row.subject.startswith(_LOAN)})
    for row in found:
        row.kind_words = kind(row.kind)
        number = numbers.get(row.subject)
        row.about = str(_("贷款 %s")) % number if number else about(row.subject)
        listed = f"{reverse('journal')}?{urlencode({'q': row.subject})}"
        row.about_url = reverse("loan", args=[number]) if number else listed


def _loan_numbers(subjects: set[str]) -> dict[str, str]:
    """The numbers of loans as they are printed, by subject."""
    if not subjects:
        return {}
    keys = [int(subject.removeprefix(_LOAN)) for subject in subjects]
    return {f"{_LOAN}{pk}": number for pk, number in loans_seen(Q(pk__in=keys)).values_list("pk", "number")}


def about_where(typed: str) -> Q:
    """What was posted about the loans whose number begins so, or about a subject as addresses name it (`loan:17`)."""
    if ":" in typed:
        return Q(subject=typed)
    found = loans_seen(Q(number__startswith=typed.strip().upper())).values_list("pk", flat=True)[:_MOST]
    return Q(subject__in=[f"{_LOAN}{pk}" for pk in found])


def about(subject: str) -> str:
    """What is posted for the whole book says so; anything else as the audit log words it."""
    return str(_("自营账簿")) if subject == BOOK else words.subject(subject)
