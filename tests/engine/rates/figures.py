"""The figures of the pages on rates: under each case of a `figures` block, what the engine must answer.

    plan: principal 100000, rate 6, periods 36, fees 服务费:3000:upfront
    simple: 8.0573%

A case is one of the words of `BUILD`. Amounts are in yuan, rates in percent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from chedai.engine.errors import EngineError
from chedai.engine.money import divide, fen, percent, rate_units, yuan
from chedai.engine.rates import (
    AnnualRates,
    Cap,
    FlatPer,
    Payer,
    Programme,
    Repricing,
    all_in,
    annual_rates,
    annual_rates_dated,
    charge_room,
    check_caps,
    flat_truth,
    parse_fee,
    percent_text,
    public_subsidy,
    rate_path,
    settled_early,
    split_subsidy,
    subsidy_upfront,
)
from tests.engine.rates.plans import rows

FOLDER = Path(__file__).parents[3] / "docs" / "algorithms"
PAGES = ("irr", "xirr", "all_in_cost", "flat_rate", "subsidy", "rate_cap", "lpr")
Answers = dict[str, str]


@dataclass(frozen=True)
class Case:
    """One case of a page and the figures it states."""

    page: str
    kind: str
    facts: str
    figures: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.page}: {self.kind} {self.facts}"


def cases() -> list[Case]:
    """Every case of every page, in order."""
    return [case for page in PAGES for case in read(page, (FOLDER / f"{page}.md").read_text(encoding="utf-8"))]


def read(page: str, text: str) -> Iterator[Case]:
    """The cases of one page."""
    for block in re.findall(r"```figures\n(.*?)```", text, re.DOTALL):
        for chunk in block.strip().split("\n\n"):
            (kind, facts), *figures = (tuple(line.split(": ", 1)) for line in chunk.splitlines())
            yield Case(page, kind, facts, [(name, value) for name, value in figures])


def answers(case: Case) -> Answers:
    """What the engine says to a case, written as the pages write it."""
    try:
        return BUILD[case.kind](case.facts)
    except EngineError as refusal:
        return {"refused": refusal.rule, "拒绝": refusal.rule_zh}


def _facts(text: str) -> dict[str, str]:
    return dict(fact.strip().split(" ", 1) for fact in text.split(","))  # type: ignore[misc]


def _rates(rates: AnnualRates) -> Answers:
    shown = {"period": rates.period, "simple": rates.nominal, "compound": rates.effective, "higher": rates.higher}
    return {name: percent_text(rate, 4) for name, rate in shown.items()} | {"digest": rates.digest}


def _flows(text: str) -> Answers:
    """`20000 6*-3933.33`: the payout, then the payments, a period apart."""
    flows: list[int] = []
    for part in text.split():
        count, _, amount = part.rpartition("*")
        flows += [fen(amount)] * int(count or 1)
    return _rates(annual_rates(flows))


def _dated(text: str) -> Answers:
    """`2026-01-01 10000, 2027-01-01 -11000`."""
    pairs = [flow.split() for flow in text.split(",")]
    return _rates(annual_rates_dated([fen(amount) for _, amount in pairs], [date.fromisoformat(on) for on, _ in pairs]))


def _plan(text: str) -> Answers:
    """A level plan with fees."""
    facts = _facts(text)
    plan = rows(facts["principal"], facts["rate"], int(facts["periods"]))
    fees = [parse_fee(fee) for fee in facts.get("fees", "").split()]
    cost = all_in(fen(facts["principal"]), [row.total for row in plan], fees)
    items = {f"item {i.name}": f"{yuan(i.amount)} {percent_text(i.annual, 4)}" for i in cost.items}
    contingent = {f"contingent {i.name}": yuan(i.amount) for i in cost.contingent}
    payees = {f"payee {payee}": yuan(amount) for payee, amount in cost.by_payee()}
    contract = {"contract": percent_text(cost.contract.nominal, 4), "total": yuan(cost.total)}
    return _rates(cost.all_in) | items | contingent | payees | contract


def _settled(text: str) -> Answers:
    """A level plan cleared right after an instalment, with a fee on the balance."""
    facts = _facts(text)
    paid = rows(facts["principal"], facts["rate"], int(facts["periods"]))[: int(facts["after"])]
    fee = divide(paid[-1].balance * rate_units(facts["fee"]), 10**8)
    interest = {"interest": yuan(sum(row.interest for row in paid))}
    rates = settled_early(fen(facts["principal"]), [row.total for row in paid], paid[-1].balance + fee)
    return _rates(rates) | interest | {"balance": yuan(paid[-1].balance), "fee": yuan(fee)}


def _flat(text: str) -> Answers:
    facts = _facts(text)
    truth = flat_truth(
        fen(facts["principal"]),
        int(facts["periods"]),
        rate_units(facts["rate"]),
        per=FlatPer(facts.get("per", "period")),
    )
    return _rates(truth.true) | {
        "instalment": yuan(truth.instalments[0]),
        "last": yuan(truth.instalments[-1]),
        "total fee": yuan(truth.total_fee),
        "advertised": percent_text(truth.advertised),
        "plan": percent_text(truth.plan.nominal, 4),
    }


def _subsidy(text: str) -> Answers:
    """A level plan at the customer's rate; the standard rate is the lender's. `maker` and `dealer` are shares."""
    facts = _facts(text)
    plan = rows(facts["principal"], facts["customer"], int(facts["periods"]))
    standard, instalment = rate_units(facts["standard"]), plan[0].total
    upfront = subsidy_upfront(fen(facts["principal"]), [instalment] * len(plan), standard)
    payers = [Payer(name, rate_units(facts[name])) for name in ("maker", "dealer") if name in facts]
    opening = [row.balance + row.principal for row in plan]
    split = split_subsidy(opening, [row.interest for row in plan], standard, payers)
    row = {"row 1": " ".join(yuan(a) for a in (split.standard[0], split.customer[0], *(p[0] for _, p in split.parts)))}
    totals = {name: yuan(amount) for name, amount in split.totals()}
    sums = {"standard": yuan(sum(split.standard)), "customer": yuan(sum(split.customer))}
    return {"instalment": yuan(instalment), "upfront": yuan(upfront)} | sums | totals | row


def _public(text: str) -> Answers:
    """A public programme on the interest of the first year of a level plan."""
    facts = _facts(text)
    interest = sum(row.interest for row in rows(facts["principal"], facts["rate"], int(facts["periods"]))[:12])
    programme = Programme(
        rate_units(facts["point"]),
        rate_units(facts["most"]),
        cap=fen(facts["cap"]),
        base=fen(facts["base"]) if "base" in facts else None,
    )
    given = public_subsidy(
        interest,
        fen(facts["principal"]),
        rate_units(facts["rate"]),
        programme,
        already=fen(facts.get("already", "0")),
    )
    amounts = {"interest": yuan(interest), "subsidy": yuan(given.amount), "customer": yuan(given.customer)}
    return amounts | {"rate": f"{percent(given.rate)}%", "limits": " ".join(given.limits)}


def _caps(text: str) -> Answers:
    """A level plan with fees against caps: `caps 24 6`."""
    facts = _facts(text)
    plan = rows(facts["principal"], facts["rate"], int(facts["periods"]))
    fees = [parse_fee(fee) for fee in facts.get("fees", "").split()]
    caps = [Cap(f"{rate}%", rate_units(rate)) for rate in facts["caps"].split()]
    verdict = check_caps(all_in(fen(facts["principal"]), [row.total for row in plan], fees).all_in, caps)
    said = {"figure": percent_text(verdict.figure, 4), "ok": "yes" if verdict.ok else "no"}
    binding = {
        "binding": verdict.binding.name if verdict.binding else "",
        "margin": percent_text(verdict.margin or 0, 4),
    }
    return said | binding | {"exceeded": " ".join(reason.cap.name for reason in verdict.reasons)}


def _guard(text: str) -> Answers:
    facts = _facts(text)
    stretches = [(int(facts["days"]), fen(facts["principal"]))]
    room = charge_room(fen(facts["charged"]), stretches, rate_units(facts["cap"]), basis=int(facts["basis"]))
    return {
        "allowed": yuan(room.allowed),
        "receivable": yuan(room.receivable),
        "waivable": yuan(room.waivable),
    }


LPR_1Y = (("2024-07-22", "3.35"), ("2024-10-21", "3.10"), ("2025-05-20", "3.00"))


def _lpr(text: str) -> Answers:
    """The 1-year LPR of 2024 and 2025 and a spread in basis points."""
    facts = _facts(text)
    path = rate_path(
        [(date.fromisoformat(on), rate_units(rate)) for on, rate in LPR_1Y],
        int(facts["spread"]),
        date.fromisoformat(facts["contract"]),
        Repricing(facts["repricing"]),
        date.fromisoformat(facts["until"]),
    )
    return {"path": ", ".join(f"{day} {percent_text(rate / 1e8)}" for day, rate in path)}


BUILD: dict[str, Callable[[str], Answers]] = {
    "flows": _flows,
    "dated": _dated,
    "plan": _plan,
    "settled": _settled,
    "flat": _flat,
    "subsidy": _subsidy,
    "public": _public,
    "caps": _caps,
    "guard": _guard,
    "lpr": _lpr,
}
