"""What the engine answers to the cases of the pages on the value of the car and on what a customer can carry."""

from __future__ import annotations

from chedai.engine.affordability import (
    Binding,
    Limits,
    affordability,
    level_instalments,
    maximal_instalment,
    maximal_loan,
    maximal_principal,
    stressed,
)
from chedai.engine.money import RATE_SCALE, fen, rate_units, yuan
from chedai.engine.schedule import schedule
from chedai.engine.valuation import (
    DepreciationCurve,
    equity_over_time,
    loan_to_value,
    max_loan,
    price_base,
    value_over_time,
    within_ltv,
)
from tests.engine.state.money_figures import loan_terms
from tests.engine.state.words import Answers, Facts, pct, yes


def _ltv(f: Facts) -> Answers:
    price = price_base(fen(f["deal"]), fen(f["subsidy"]), fen(f["reference"]))
    loan = fen(f["loan"])
    ratio = loan_to_value(loan, fen(f["add_ons"]), price)
    return {
        "price": yuan(int(price[0])),
        "regulatory": pct(int(ratio.regulatory[0])),
        "all-in": pct(int(ratio.all_in[0])),
        "within 80%": yes(within_ltv(loan, price, rate_units("80"))[0]),
        "largest loan at 80%": yuan(int(max_loan(price, rate_units("80"))[0])),
    }


def curve(f: Facts) -> DepreciationCurve:
    knots = [knot.split(":") for knot in f["curve"].split()]
    return DepreciationCurve(tuple(int(m) for m, _ in knots), tuple(rate_units(s) for _, s in knots))


def _equity(f: Facts) -> Answers:
    terms = loan_terms(f | {"principal": f["price"]})
    balance = [terms.principal, *(row.balance for row in schedule(terms).rows)]
    value = value_over_time(terms.principal, curve(f), terms.periods)
    path = equity_over_time([balance], value)
    said = {
        "first month under water": str(path.first_negative[0]),
        "last month under water": str(path.last_negative[0]),
    }
    for k in (1, 2):
        said[f"value {k}"] = yuan(int(value[0, k]))
        said[f"balance {k}"] = yuan(balance[k])
        said[f"equity {k}"] = yuan(int(path.equity[0, k]))
        said[f"ltv {k}"] = pct(int(path.ltv[0, k]))
    return said


def _value(f: Facts) -> Answers:
    months = int(f["after"])
    value = value_over_time(fen(f["price"]), curve(f), months, age_months=int(f["age"]))
    return {"value": yuan(int(value[0, months]))}


def limits(f: Facts) -> Limits:
    return Limits(dti=rate_units(f["dti"]), pti=rate_units(f["pti"]))


def _afford(f: Facts) -> Answers:
    proven, said, debts, new = (fen(f[name]) for name in ("verified", "stated", "debts", "instalment"))
    seen = affordability(proven, said, debts, new, limits(f))
    most = maximal_instalment(proven, debts, limits(f))
    answer = {
        "largest instalment": yuan(int(most.amount[0])),
        "binding": Binding(int(most.binding[0])).name,
    }
    for name, burden in seen._asdict().items():
        answer |= {
            f"{name} dti before": pct(int(burden.dti_before[0])),
            f"{name} dti after": pct(int(burden.dti_after[0])),
            f"{name} pti": pct(int(burden.pti[0])),
            f"{name} within": yes(burden.within[0]),
        }
    return answer


def _principal(f: Facts) -> Answers:
    rate, periods = rate_units(f["rate"]), int(f["periods"])
    most = int(maximal_principal(fen(f["instalment"]), rate, periods)[0])
    kept, over = (yuan(int(x)) for x in level_instalments([most, most + 1], rate, periods))
    return {"largest": yuan(most), "instalment of it": kept, "instalment of a fen more": over}


def _loan(f: Facts) -> Answers:
    cap = fen(f["cap"]) if "cap" in f else None
    rate, periods = rate_units(f["rate"]), int(f["periods"])
    most = maximal_loan(fen(f["income"]), fen(f["debts"]), limits(f), rate, periods, loan_cap=cap)
    return {"largest": yuan(int(most.amount[0])), "binding": Binding(int(most.binding[0])).name}


def _stress(f: Facts) -> Answers:
    rate, periods, rise = rate_units(f["rate"]), int(f["periods"]), rate_units(f["rise"])
    income, debts, principal = (fen(f[name]) for name in ("income", "debts", "principal"))
    fall = RATE_SCALE // 100 * int(f["fall"])
    burden = stressed(income, debts, principal, rate, periods, limits(f), rate_rise=rise, income_fall=fall)
    return {
        "instalment": yuan(int(level_instalments(principal, rate + rise, periods)[0])),
        "dti after": pct(int(burden.dti_after[0])),
        "pti": pct(int(burden.pti[0])),
        "within": yes(burden.within[0]),
    }


CARRY = {
    "ltv": _ltv,
    "equity": _equity,
    "value": _value,
    "afford": _afford,
    "principal": _principal,
    "loan": _loan,
    "stress": _stress,
}
