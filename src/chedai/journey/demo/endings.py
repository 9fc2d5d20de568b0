"""What a loan's end brings: the certificate at once, then the lien, the device and the papers, each on its own day."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from chedai.book.closing.selectors import closure_of, items_of
from chedai.book.closing.services import certificate_issue, closure_complete, closure_item_finish
from chedai.book.closing.states import ClosingItem, ClosingItemState
from chedai.platform import clock

if TYPE_CHECKING:
    from chedai.journey.demo.diary import Diary

_DAYS: Final = {ClosingItem.GPS: 2, ClosingItem.LIEN: 4, ClosingItem.PAPERS: 6}
_PROOF: Final = {ClosingItem.GPS: "拆机单 CJ-{0:05}", ClosingItem.LIEN: "浙A解押 {0:08}"}


def certify(diary: Diary, loan_id: int, papers: str = "客户本人签收") -> None:
    """The loan is settled: the customer takes the certificate along, the rest follows; `papers` says who has them."""
    closure = closure_of(loan_id)
    if closure is None:
        return
    certificate_issue(closure_id=closure.pk, actor=diary.finance)
    for kind, days in _DAYS.items():
        diary.plan(diary.day + timedelta(days), partial(_finish, diary, closure.pk, kind, papers))


def _finish(diary: Diary, closure_id: int, kind: ClosingItem, papers: str) -> None:
    """One of them is done; with the last the loan is closed."""
    with clock.frozen(diary.at(16, 20)):
        for item in items_of(closure_id):
            if item.kind == kind:
                proof = _PROOF.get(kind, papers).format(closure_id)
                closure_item_finish(item_id=item.pk, reference=proof, done_on=diary.day, actor=diary.finance)
        if not [one for one in items_of(closure_id) if one.state == ClosingItemState.OPEN]:
            closure_complete(closure_id=closure_id, actor=diary.finance)
