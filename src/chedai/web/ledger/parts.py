"""What the pages of the ledger share: days of an address, names of accounts and kinds, what an entry is about."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chedai.book.ledger.chart import Account, AccountKind
from chedai.book.ledger.closing import BOOK
from chedai.book.ledger.exports import kind_words
from chedai.web import words

KINDS: Final[dict[AccountKind, Promise]] = {
    AccountKind.ASSET: _("资产"),
    AccountKind.LIABILITY: _("负债"),
    AccountKind.INCOME: _("收入"),
    AccountKind.EXPENSE: _("费用"),
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


def about(subject: str) -> str:
    """`loan:17` as 贷款 17; what is posted for the whole book says so."""
    return str(_("自营账簿")) if subject == BOOK else words.subject(subject)


def hang_words(rows: Any) -> None:
    """Hang onto entries what they are about and of which kind, in words."""
    for row in rows:
        row.about, row.kind_words = about(row.subject), kind(row.kind)
