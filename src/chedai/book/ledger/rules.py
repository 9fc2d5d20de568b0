"""What is posted: pure, from balances before and after. See docs/ledger.md for every case worked to the fen.

A loan's balances are of two sorts: what stands (principal, interest due ...) and what ever was (interest billed,
penalties received ...). One identity ties them to the money that moved; where it does not hold nothing is posted.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from chedai.book.ledger import chart
from chedai.book.ledger.chart import Code
from chedai.engine.money import yuan


class Unbalanced(ValueError):
    """The balances moved by more, or by less, than the money explains; `gap` is what nothing explains (fen)."""

    def __init__(self, gap: int) -> None:
        self.gap, self.rule = gap, f"the books do not explain {yuan(gap)} yuan of the money"
        self.rule_zh = f"账务不平，{yuan(gap)} 元没有来历"
        super().__init__(self.rule)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A posting: `amount` fen, positive, from the account credited to the account debited."""

    debit: Code
    credit: Code
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """A loan as the ledger sees it; amounts in fen, none negative.

    What stands: `principal` owed, due or not; `interest_due` and `fee_due`, fallen due and unpaid; `penalty_due`, run
    and unpaid, which stands in no account because penalties are income when received; `credit`, money held for the
    customer, what was paid ahead of its due day included. While `suspended` interest due stands off the balance.

    What ever was, growing with time and shrinking only where a fact is taken back: interest and fees that fell due,
    interest made principal, penalties received, interest and fees forgiven, principal written off, and money received
    after a write-off.
    """

    principal: int = 0
    interest_due: int = 0
    fee_due: int = 0
    penalty_due: int = 0
    credit: int = 0
    interest_billed: int = 0
    interest_capitalised: int = 0
    interest_waived: int = 0
    fee_billed: int = 0
    fee_waived: int = 0
    penalty_received: int = 0
    written_off: int = 0
    recovered: int = 0
    suspended: bool = False


NOTHING = Balances()
"""Before the payout."""


def postings(before: Balances, after: Balances, cash: int, *, account: Code = chart.BANK) -> tuple[Transfer, ...]:
    """The transfers that take a loan from `before` to `after`, while `cash` fen came in (negative: went out).

    `account` is where the money moved: the bank, `UNALLOCATED` for a receipt that was parked, `CARS` for a car taken in
    payment. Errors: `Unbalanced`.
    """
    legs = _legs(before, after)
    gap = cash + sum(legs.values())
    if gap:
        raise Unbalanced(gap)
    memo = _suspense(after) - _suspense(before)
    return (
        *transfers({**legs, account: legs.get(account, 0) + cash}),
        *transfers({chart.SUSPENSE: memo, chart.MEMO_CONTRA: -memo}),
    )


def explained(before: Balances, after: Balances, cash: int) -> Balances:
    """`before`, told so that nothing is left unexplained: what nobody can tell any more was interest billed.

    For a loan whose booked events make no plan, so that only what stands of it is known.
    """
    return replace(before, interest_billed=before.interest_billed - cash - sum(_legs(before, after).values()))


def _legs(before: Balances, after: Balances) -> dict[Code, int]:
    """What each account on the balance sheet moves by, debit positive, the money aside."""
    move = {f.name: getattr(after, f.name) - getattr(before, f.name) for f in fields(Balances)}
    due = _on_balance(after) - _on_balance(before)
    unearned, lost = _unearned(after) - _unearned(before), _lost(after) - _lost(before)
    never = move["interest_waived"] + _suspense(after) - _suspense(before) + unearned + lost
    earned = move["interest_billed"] - never
    billed = 0 if before.suspended or after.suspended else move["interest_billed"]
    return {
        chart.PRINCIPAL: move["principal"],
        chart.INTEREST_DUE: due,
        chart.INTEREST_ACCRUED: -billed,
        chart.FEES_DUE: move["fee_due"],
        chart.ALLOWANCE: move["written_off"] - lost,
        chart.CREDIT: -move["credit"],
        chart.UNEARNED: -unearned,
        chart.INTEREST_INCOME: billed - earned,
        chart.PENALTY_INCOME: -move["penalty_received"],
        chart.FEE_INCOME: move["fee_waived"] - move["fee_billed"],
        chart.RECOVERY: -move["recovered"],
    }


def _on_balance(balances: Balances) -> int:
    return 0 if balances.suspended else balances.interest_due


def _suspense(balances: Balances) -> int:
    return balances.interest_due if balances.suspended else 0


def _unearned(balances: Balances) -> int:
    """Interest made principal while in suspense is no income before the loan pays again (cured, or settled)."""
    return min(balances.interest_capitalised - _lost(balances), balances.principal) if balances.suspended else 0


def _lost(balances: Balances) -> int:
    """Such interest written off with the principal it became: it was never income, so no allowance is used for it."""
    return min(balances.interest_capitalised, balances.written_off) if balances.suspended else 0


def transfers(legs: dict[Code, int]) -> tuple[Transfer, ...]:
    """Legs that sum to nothing as transfers, each account used on one side only, in the order of the codes."""
    owing = [(code, -amount) for code, amount in sorted(legs.items()) if amount < 0]
    made: list[Transfer] = []
    for debit, amount in sorted(legs.items()):
        while amount > 0:
            credit, left = owing.pop(0)
            part = min(amount, left)
            made.append(Transfer(debit, credit, part))
            amount -= part
            if left > part:
                owing.insert(0, (credit, left - part))
    return tuple(made)
