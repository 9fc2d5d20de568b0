"""The life of a loan: a replay of dated events over frozen terms.

What was agreed is never edited. Payments, charges, new rates, moved dates, pauses, new plans and corrections are events
with a day; the state of the loan on any day is what they tell, replayed in one canonical order.
"""

from chedai.engine.life.conventions import AdvanceRule, Conventions, PayoffInterest, Recalculation
from chedai.engine.life.figures import Figures, OpenRow, Sums, replay_figures
from chedai.engine.life.lateness import RowPenalty
from chedai.engine.life.quote import penalties_explained, settlement_position
from chedai.engine.life.replay import replay, states_after
from chedai.engine.life.state import Entry, LoanState, Posting, Row, Totals

__all__ = [
    "AdvanceRule",
    "Conventions",
    "Entry",
    "Figures",
    "LoanState",
    "OpenRow",
    "PayoffInterest",
    "Posting",
    "Recalculation",
    "Row",
    "RowPenalty",
    "Sums",
    "Totals",
    "penalties_explained",
    "replay",
    "replay_figures",
    "settlement_position",
    "states_after",
]
