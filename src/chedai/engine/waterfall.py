"""Where a payment goes: the ordered allocation of money to what is due (入账顺序, 冲账).

What a loan owes is a list of items, each an instalment's fee, penalty, interest or principal. An order of payment is
a permutation of that list, so every order a contract can name is one rule: put the dues in paying order, add them up,
and each item gets what of the payment reaches past the items before it, `clip(payment - before, 0, due)`. Nothing is
lost on the way: on every row `paid.sum() + left == payment`.

The legal default is fees, interest, principal (民法典 561); a contract may say otherwise, and an order may change
when a loan is long overdue. Which order applies is therefore an argument, per row where it must be, never a rule here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from chedai.engine.columns import fen_matrix, row_column, row_offsets, running_total
from chedai.engine.errors import AmountOverflow, InvalidArgument
from chedai.engine.money import FenColumn

_BLOCK: Final = 8192  # loans a step, so that the work stays in the processor's cache
_BLOCK_ITEMS: Final = 2**15  # instalments a step
_LARGEST_DUE: Final = 2**62 // (4 * _BLOCK_ITEMS) - 1  # 350 billion yuan; a whole block adds up to less than 2**62
_LARGEST_PAYMENT: Final = 2**62


class Component(StrEnum):
    """What an instalment is made of. Compound interest (复利) counts as penalty."""

    FEE = "fee"
    PENALTY = "penalty"
    INTEREST = "interest"
    PRINCIPAL = "principal"


COMPONENTS: Final = tuple(Component)
"""The columns of every matrix of dues, in this order: fee, penalty, interest, principal."""


class Direction(StrEnum):
    """Which way a payment runs over several unpaid instalments."""

    HORIZONTAL = "horizontal"  # 横向: the oldest instalment first, all its components
    VERTICAL = "vertical"  # 纵向: one component of all instalments, oldest first, then the next component


@dataclass(frozen=True, slots=True)
class PayOrder:
    """One order of payment: each component once, and the direction over instalments."""

    components: tuple[Component, ...] = COMPONENTS
    direction: Direction = Direction.HORIZONTAL

    def __post_init__(self) -> None:
        if sorted(self.components) != sorted(COMPONENTS):
            raise _components_refused(self.components)

    @classmethod
    def of(cls, components: Sequence[str], direction: str = Direction.HORIZONTAL) -> PayOrder:
        """The order as a contract or a policy file writes it: ("fee", "penalty", "interest", "principal")."""
        if direction not in tuple(Direction):
            rule, rule_zh = "must be horizontal or vertical", "必须是横向(horizontal)或纵向(vertical)"
            raise InvalidArgument("direction", rule, rule_zh, value=direction)
        if not set(components) <= set(COMPONENTS):
            raise _components_refused(components)
        return cls(tuple(Component(name) for name in components), Direction(direction))

    @property
    def columns(self) -> FenColumn:
        """The positions of the components in `COMPONENTS`, first paid first."""
        return np.array([COMPONENTS.index(c) for c in self.components], dtype=np.int64)


def _components_refused(components: Sequence[str]) -> InvalidArgument:
    rule, rule_zh = "must name fee, penalty, interest, principal once each", "费用、罚息、利息、本金须各一次"
    return InvalidArgument("components", rule, rule_zh, value=", ".join(components))


class Allocation(NamedTuple):
    """`paid` has the shape of the dues, `left` is what of each loan's payment found nothing to pay."""

    paid: FenColumn
    left: FenColumn


def order_items(
    components: Sequence[str] = COMPONENTS, direction: str = Direction.HORIZONTAL, instalments: int = 1
) -> FenColumn:
    """The permutation that puts the dues of `instalments` instalments in paying order.

    Item `k * 4 + c` is `COMPONENTS[c]` of instalment `k`, oldest first, as `dues.reshape(-1)` of a matrix
    [instalment, component] gives them. `dues.reshape(-1)[order]` is in paying order, `back[order] = paid` undoes it.
    """
    if instalments < 1:
        raise InvalidArgument("instalments", "must be at least 1", "不得小于 1", value=instalments)
    order = PayOrder.of(components, direction)
    grid = np.arange(instalments, dtype=np.int64)[:, None] * len(COMPONENTS) + order.columns[None, :]
    return (grid if order.direction is Direction.HORIZONTAL else grid.T).reshape(-1)


def allocate_one(due: Sequence[int], payment: int) -> tuple[list[int], int]:
    """One loan, plain integers: what each item of `due` (in paying order) gets, and what is left."""
    if payment < 0:
        raise InvalidArgument("payment", "must be at least 0", "不得小于 0", value=payment)
    paid: list[int] = []
    for row, amount in enumerate(due):
        if amount < 0:
            raise InvalidArgument("due", "must be at least 0", "不得小于 0", row=row, value=amount)
        paid.append(min(amount, payment))
        payment -= paid[-1]
    return paid, payment


def allocate(due: ArrayLike, payment: ArrayLike) -> Allocation:
    """Many loans with the same number of items: `due` int64[loan, item] in paying order, `payment` int64[loan], in fen.

    Errors: `InvalidArgument` (negative, not whole), `LengthMismatch`.
    """
    dues = fen_matrix("due", due)
    payments = row_column("payment", payment, dues.shape[0], stretch=False)
    paid, left = np.empty_like(dues), payments.copy()
    for start in range(0, left.size, _BLOCK):
        rows = slice(start, start + _BLOCK)
        _pay_columns(dues[rows], left[rows], range(dues.shape[1]), paid[rows])
    return Allocation(paid, left)


def allocate_open(
    due: ArrayLike,
    offsets: ArrayLike,
    payment: ArrayLike,
    orders: Sequence[PayOrder] = (PayOrder(),),
    order_of: ArrayLike | None = None,
) -> Allocation:
    """Many loans with their open instalments as ragged rows.

    `due` int64[instalment, 4] holds fee, penalty, interest, principal of each open instalment, oldest first within its
    loan; `offsets` int64[loan + 1]; `payment` int64[loan]; `order_of` int64[loan] picks the order of each loan from
    `orders` (None: the first for all). Returns `paid` shaped as `due` and `left` int64[loan].

    Errors: `InvalidArgument`, `LengthMismatch`, `AmountOverflow` for amounts that could not be added up.
    """
    dues = fen_matrix("due", due, columns=len(COMPONENTS))
    starts = row_offsets("offsets", offsets, items=dues.shape[0])
    loans = starts.size - 1
    payments = row_column("payment", payment, loans, stretch=False)
    choice = None if order_of is None or len(orders) == 1 else _choices(order_of, loans, len(orders))
    paid, left = np.empty_like(dues), np.empty(loans, dtype=np.int64)
    start = 0
    while start < loans:
        # A block holds many loans, but never so many instalments that their amounts could leave int64 together.
        fits = int(np.searchsorted(starts, starts[start] + _BLOCK_ITEMS, side="right")) - 1
        stop = min(start + _BLOCK, max(fits, start + 1))
        low, high = int(starts[start]), int(starts[stop])
        block = _Block(dues[low:high], starts[start : stop + 1] - low, payments[start:stop])
        block.refuse_too_large(start)
        if choice is None:
            block.pay(orders[0], paid[low:high], left[start:stop])
        else:
            block.pay_each(orders, choice[start:stop], paid[low:high], left[start:stop])
        start = stop
    return Allocation(paid, left)


class _Block(NamedTuple):
    """Some loans: their open instalments [instalment, 4], offsets from 0, payments."""

    due: FenColumn
    offsets: FenColumn
    payment: FenColumn

    def pay(self, order: PayOrder, paid: FenColumn, left: FenColumn) -> None:
        """One order for all: fills `paid` and `left`."""
        loan = np.repeat(np.arange(self.payment.size), np.diff(self.offsets))
        left[:] = self.payment
        if order.direction is Direction.VERTICAL:
            for column in order.columns:
                paid[:, column] = self._reach(self.due[:, column], loan, left)
            return
        total = self.due[:, 0] + self.due[:, 1]
        total += self.due[:, 2]
        total += self.due[:, 3]
        _pay_columns(self.due, self._reach(total, loan, left), order.columns, paid)

    def pay_each(self, orders: Sequence[PayOrder], choice: FenColumn, paid: FenColumn, left: FenColumn) -> None:
        """Each loan by the order it has chosen: all by the most common one, then the others over again."""
        common = int(np.bincount(choice).argmax())
        self.pay(orders[common], paid, left)
        counts = np.diff(self.offsets)
        for number in np.unique(choice[choice != common]):
            loans = np.flatnonzero(choice == number)
            own = running_total(counts[loans])
            items = np.repeat(self.offsets[loans] - own[:-1], counts[loans]) + np.arange(own[-1])
            block = _Block(self.due[items], own, self.payment[loans])
            own_paid, own_left = np.empty_like(block.due), np.empty_like(block.payment)
            block.pay(orders[number], own_paid, own_left)
            paid[items], left[loans] = own_paid, own_left

    def refuse_too_large(self, first: int) -> None:
        """Refuses amounts that the block could not add up inside int64; they are far above any loan."""
        if self.due.shape[0] > _BLOCK_ITEMS:
            rule, rule_zh = f"leaves a loan more than {_BLOCK_ITEMS} instalments", f"未结清期数超过 {_BLOCK_ITEMS}"
            raise AmountOverflow("offsets", rule, rule_zh, row=first)
        if self.due.size and int(self.due.max()) > _LARGEST_DUE:
            item = int((self.due > _LARGEST_DUE).any(axis=1).argmax())
            row = first + int(np.searchsorted(self.offsets, item, side="right")) - 1
            raise AmountOverflow("due", f"must be at most {_LARGEST_DUE} fen", f"不得超过 {_LARGEST_DUE} 分", row=row)
        if int(self.payment.max()) > _LARGEST_PAYMENT:
            row = first + int(self.payment.argmax())
            rule, rule_zh = f"must be at most {_LARGEST_PAYMENT} fen", f"不得超过 {_LARGEST_PAYMENT} 分"
            raise AmountOverflow("payment", rule, rule_zh, row=row)

    def _reach(self, due: FenColumn, loan: FenColumn, left: FenColumn) -> FenColumn:
        """What of `left` (one a loan, reduced here) reaches each item of one ragged column: the rule of this module."""
        level = running_total(due)
        edge = level[self.offsets]
        end = edge[:-1] + left
        np.maximum(end - edge[1:], 0, out=left)
        limit = end[loan]
        reached: FenColumn = np.minimum(level[1:], limit)
        reached -= np.minimum(level[:-1], limit, out=limit)
        return reached


def _pay_columns(due: FenColumn, left: FenColumn, columns: Iterable[int], paid: FenColumn) -> None:
    """Pays the columns of a matrix one after the other out of `left`, which is reduced by what they take."""
    for column in columns:
        np.minimum(left, due[:, column], out=paid[:, column])
        np.subtract(left, paid[:, column], out=left)


def _choices(order_of: ArrayLike, loans: int, orders: int) -> FenColumn:
    choice = row_column("order_of", order_of, loans)
    high = np.flatnonzero(choice >= orders)
    if high.size:
        row = int(high[0])
        rule, rule_zh = f"must be below the {orders} orders given", f"必须小于给定的 {orders} 种顺序"
        raise InvalidArgument("order_of", rule, rule_zh, row=row, value=int(choice[row]))
    return choice
