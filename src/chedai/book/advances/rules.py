"""Deciding about advances: who must approve, how a recovery is split, what stands against margin. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chedai.book.advances.states import ADVANCE_MOVES, AdvanceState
from chedai.engine.money import yuan_grouped
from chedai.platform.errors import Conflict, Refusal


@dataclass(frozen=True, slots=True)
class Exposure:
    """What stands at one bank (fen): its loans and what is owed on them, advances not recovered, margin put down."""

    lender_code: str
    loans: int
    owed: int
    advanced: int
    recovered: int
    margin: int

    @property
    def outstanding(self) -> int:
        """Advances that did not come back yet."""
        return self.advanced - self.recovered

    @property
    def cover(self) -> int | None:
        """Margin as a share (1e-8) of what is owed on the bank's loans; None where nothing is."""
        return self.margin * 100_000_000 // self.owed if self.owed else None


def split(waiting: Sequence[tuple[int, int]], amount: int, stated: Mapping[int, int] | None = None) -> dict[int, int]:
    """What of a recovery goes to which advance: oldest first, or as stated. The parts add up to `amount`, always.

    `waiting` are the advances with what is outstanding of each, oldest first. Errors: `Refusal` at its field for more
    than is outstanding, or a statement that is not exact.
    """
    if amount <= 0:
        raise Refusal("amount-none", "金额须大于 0", "the amount is above 0", field="amount")
    if amount > (most := sum(left for _, left in waiting)):
        told = yuan_grouped(most)
        raise Refusal(
            "beyond-advances", f"未收回的垫款只有 {told} 元", f"only {told} yuan is outstanding", field="amount"
        )
    if stated is not None:
        return _as_stated(dict(waiting), amount, stated)
    parts, left = {}, amount
    for advance, outstanding in waiting:
        part = min(outstanding, left)
        if part:
            parts[advance] = part
            left -= part
    return parts


def _as_stated(waiting: Mapping[int, int], amount: int, stated: Mapping[int, int]) -> dict[int, int]:
    parts = {advance: part for advance, part in stated.items() if part}
    if any(part < 0 or part > waiting.get(advance, 0) for advance, part in parts.items()):
        raise Refusal(
            "part-too-large", "某笔分配超过该笔未收回的垫款", "a part is more than its advance", field="parts"
        )
    if sum(parts.values()) != amount:
        raise Refusal("parts-not-exact", "各笔分配之和须等于收回金额", "the parts add up to the amount", field="parts")
    return parts


def move(state: AdvanceState, act: str) -> AdvanceState:
    """The state after an act. Errors: `Conflict` where it has a result already."""
    to = ADVANCE_MOVES.get((state, act))
    if to is None:
        raise Conflict("advance-state", "该笔垫款已有结论", "this advance has been decided already")
    return to


def refuse_entry(amount: int, on: date, today: date, reference: str, *, field: str) -> None:
    """Errors: `Refusal` for no money, a day to come, or nothing that names it at the bank."""
    if amount <= 0:
        raise Refusal("amount-none", "金额须大于 0", "the amount is above 0", field="amount")
    if on > today:
        raise Refusal("day-ahead", "日期在将来", "the day lies ahead", field=field)
    if not reference.strip():
        raise Refusal("reference-missing", "请填写银行流水号", "give the bank's reference", field="reference")


def refuse_withdrawal(amount: int, balance: int) -> None:
    """Errors: `Refusal` for more margin than there is."""
    if amount > balance:
        told = yuan_grouped(balance)
        raise Refusal(
            "beyond-margin", f"保证金余额只有 {told} 元", f"the margin holds only {told} yuan", field="amount"
        )
