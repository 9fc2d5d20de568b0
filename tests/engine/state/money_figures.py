"""What the engine answers to the cases of the pages on allocation, penalty and settlement."""

from __future__ import annotations

from datetime import date, timedelta

from chedai.engine.accrual import GraceMissed, PenaltyTerms, Piece, penalty_rate, penalty_statement
from chedai.engine.money import fen, percent, rate_units, yuan
from chedai.engine.schedule import schedule
from chedai.engine.settlement import ContractRow, FeeTier, SettlementFee, position_on, settle
from chedai.engine.settlement_cost import settlement_cost
from chedai.engine.terms import LoanTerms
from chedai.engine.waterfall import Component, PayOrder, allocate_open
from tests.engine.state.words import Answers, Facts, amounts, day, whole


def _allocate(f: Facts) -> Answers:
    due = [amounts(row) for row in f["due"].split(" / ")]
    order = PayOrder.of(f["order"].split(), f["direction"])
    paid, left = allocate_open(due, [0, len(due)], [fen(f["payment"])], (order,))
    rows = {f"paid {k}": " ".join(yuan(int(x)) for x in row) for k, row in enumerate(paid, start=1)}
    return rows | {"left": yuan(int(left[0]))}


def _penalty(f: Facts) -> Answers:
    misuse = rate_units(f["misuse"]) if "misuse" in f else None
    terms = PenaltyTerms(
        rate=penalty_rate(rate_units(f["rate"]), rate_units(f["markup"]), misuse_markup=misuse),
        basis=int(f.get("basis", "360")),
        grace_days=int(f.get("grace", "0")),
        grace_missed=GraceMissed(f.get("missed", "backdated")),
        cap_amount=fen(f["cap"]) if "cap" in f else None,
    )
    due = date(2026, 2, 10)
    if "pieces" in f:
        parts = [p.split("/") for p in f["pieces"].split()]
        pieces = [Piece(Component.PRINCIPAL, fen(a), due, due + timedelta(days=int(d))) for a, d in parts]
    else:
        until = due + timedelta(days=int(f["days"]))
        pieces = [
            Piece(Component.PRINCIPAL, fen(f["principal"]), due, until),
            Piece(Component.INTEREST, fen(f["interest"]), due, until),
        ]
    made = penalty_statement(pieces, terms)
    named = {f"on {x.component}": yuan(x.amount) for x in made.lines}
    lines = {f"line {k}": f"{x.days} days {yuan(x.amount)}" for k, x in enumerate(made.lines, start=1)}
    sums = {"rate": str(percent(terms.rate)), "total": yuan(made.total), "waived": yuan(made.waived)}
    return named | lines | sums


def loan_terms(f: Facts) -> LoanTerms:
    return LoanTerms(
        principal=fen(f["principal"]),
        annual_rate=rate_units(f["rate"]),
        periods=int(f["periods"]),
        disbursed_on=day(f.get("disbursed", "2026-01-10")),
    )


def _fee(f: Facts) -> SettlementFee:
    tiers = [t.split(":") for t in f.get("tiers", "").split()]
    return SettlementFee(
        share=rate_units(f.get("fee", "0")),
        tiers=tuple(FeeTier(int(m), rate_units(s)) for m, s in tiers),
        interest_months=int(f.get("months", "0")),
        locked_months=int(f.get("locked", "0")),
    )


def _settle(f: Facts) -> Answers:
    terms, on = loan_terms(f), day(f["on"])
    rows = [ContractRow(due_on=r.due, principal=r.principal, interest=r.interest) for r in schedule(terms).rows]
    basis = None if f.get("basis") == "contract" else int(f.get("basis", "360"))
    position = position_on(on, rows, disbursed_on=terms.disbursed_on, annual_rate=terms.annual_rate, basis=basis)
    quote = settle(position, _fee(f), on)
    beyond = sum(line.amount for line in quote.beyond_balance)
    sums = {"total": quote.total, "beyond the balance": beyond, "per day": quote.per_day}
    return {str(x.kind): yuan(x.amount) for x in quote.lines} | {name: yuan(x) for name, x in sums.items()}


def _cost(f: Facts) -> Answers:
    rows = schedule(loan_terms(f)).rows
    rule = SettlementFee(share=rate_units(f["fee"]))
    cost = settlement_cost(
        [[r.principal for r in rows]],
        [[r.interest for r in rows]],
        annual_rate=rate_units(f["rate"]),
        rules=(rule,),
        months=whole(f["months"]),
    )
    return {
        name.replace("_", " "): " ".join(yuan(int(x)) for x in cost_of[0]) for name, cost_of in cost._asdict().items()
    }


MONEY = {"allocate": _allocate, "penalty": _penalty, "settle": _settle, "cost": _cost}
