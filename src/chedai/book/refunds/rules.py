"""Deciding about a refund: of a settled loan, no more than its credit, to the payer's own account. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from chedai.book.refunds.states import REFUND_MOVES, RefundState
from chedai.engine.money import yuan_grouped
from chedai.platform.errors import Conflict, Refusal, Refusals


@dataclass(frozen=True, slots=True)
class Payee:
    """The account the money goes to."""

    bank: str
    holder: str
    account: str

    def tidied(self) -> Payee:
        """Without the blanks and dashes people type."""
        account = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", self.account))
        return Payee(self.bank.strip(), self.holder.strip(), account)


def move(state: RefundState, act: str) -> RefundState:
    """The state after an act. Errors: `Conflict` where it has a result already."""
    to = REFUND_MOVES.get((state, act))
    if to is None:
        raise Conflict("refund-state", "该笔退款已有结论", "this refund has been decided already")
    return to


def refuse_amount(amount: int, credit: int) -> None:
    """Errors: `Refusal` for nothing, or for more than is held for the customer."""
    if amount <= 0:
        raise Refusal("amount-none", "金额须大于 0", "the amount is above 0", field="amount")
    if amount > credit:
        told = yuan_grouped(credit)
        zh, en = f"账户余款只有 {told} 元", f"only {told} yuan is held for the customer"
        raise Refusal("beyond-credit", zh, en, field="amount")


def refuse_payee(payee: Payee, payers: Collection[str]) -> None:
    """Errors: `Refusals` at the fields of an account that is incomplete, or is not of one who paid."""
    refused = []
    if not payee.bank:
        refused.append(Refusal("bank-missing", "请填写开户行", "give the bank", field="bank"))
    if not re.fullmatch(r"\d{8,30}", payee.account):
        refused.append(
            Refusal("account-form", "账号须为 8 至 30 位数字", "an account has 8 to 30 digits", field="account")
        )
    if payee.holder not in payers:
        zh, en = "退款须退回付款人本人账户，户名与付款人不符", "a refund goes to the account of who paid"
        refused.append(Refusal("holder-other", zh, en, field="holder"))
    if refused:
        raise Refusals(refused)
