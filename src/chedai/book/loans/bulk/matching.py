"""Which loan a line of a bank means: by the number in its own column, else by a number that stands in the memo."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet

from chedai.book.loans.models import Loan, LoanEvent
from chedai.org.access import access_of
from chedai.org.permissions import Permission
from chedai.platform.actors import Actor
from chedai.platform.errors import Refusal
from chedai.platform.privacy.keys import fingerprint

_NUMBER: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{4,39}")
_OF_DEAL: Final = "-L"
"""A loan is numbered as its deal with this behind: a memo that names the deal means its loan."""


def numbers_in(text: str) -> list[str]:
    """What in a text may be the number of a loan, as it may be written there."""
    found = [token.rstrip("-") for token in _NUMBER.findall(unicodedata.normalize("NFKC", text).upper())]
    return [one for token in found for one in (token, f"{token}{_OF_DEAL}")]


def loans_meant(lines: Sequence[tuple[str, str]], among: QuerySet[Loan]) -> list[Loan | Refusal]:
    """The loan of each line, given as (number, memo), or why there is none. One query for all of them."""
    wanted = [numbers_in(number or memo) for number, memo in lines]
    every = {one for numbers in wanted for one in numbers}
    known = {loan.number: loan for loan in among.filter(number__in=every)}
    return [_one(line, [known[n] for n in numbers if n in known]) for line, numbers in zip(lines, wanted, strict=True)]


def _one(line: tuple[str, str], found: Sequence[Loan]) -> Loan | Refusal:
    number, _memo = line
    if len({loan.pk for loan in found}) == 1:
        return found[0]
    if found:
        zh, en = "附言里有几笔贷款的编号", "the memo names several loans"
        return Refusal("loan-ambiguous", zh, en, field="memo")
    if number:
        return Refusal("no-such-loan", f"没有贷款 {number}", f"there is no loan {number}", field="loan")
    zh, en = "找不到对应的贷款：没有贷款号，附言里也没有", "no loan found: no number, and none in the memo"
    return Refusal("loan-unmatched", zh, en, field="loan")


def loans_permitted(found: Sequence[Loan | Refusal], right: Permission, actor: Actor) -> list[Loan | Refusal]:
    """The same, with a refusal for every loan on which the actor does not hold the right."""
    access, made = access_of(actor.ref), list[Loan | Refusal]()
    for one in found:
        if isinstance(one, Loan) and not access.may(right, store_id=one.store_id, owner_id=one.officer_id):
            zh, en = f"贷款 {one.number} 不在权限范围内", f"the loan {one.number} is out of reach"
            one = Refusal("loan-out-of-reach", zh, en, field="loan")
        made.append(one)
    return made


def key_of(room: str, said: str) -> str:
    """The key of a receipt from what tells its line apart: a keyed hash, because that may hold a name."""
    return f"{room}:{fingerprint(said.encode())}"


def key_free(key: str) -> tuple[str, LoanEvent | None]:
    """The key to book under and None, or the receipt that stands under it. What was taken back is booked anew."""
    attempt, turn = key, 1
    while (row := LoanEvent.objects.filter(key=attempt).select_related("loan", "reversal").first()) is not None:
        if not hasattr(row, "reversal"):
            return attempt, row
        turn += 1
        attempt = f"{key}#{turn}"
    return attempt, None
