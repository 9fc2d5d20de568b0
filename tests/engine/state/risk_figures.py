"""What the engine answers to the cases of the pages on age, classes and expected losses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from chedai.engine.accrual import GraceMissed
from chedai.engine.aging import Buckets, OverdueDefinition, aging, overdue_ratio
from chedai.engine.classify import (
    CLASS_ZH,
    ClassTable,
    RiskClass,
    bad_share,
    class_floor,
    cured,
    override,
    restructured,
)
from chedai.engine.ecl import expected_loss, loss_given_default, stage, survival_curve
from chedai.engine.money import fen, rate_units, yuan
from tests.engine.state.words import Answers, Facts, amounts, day, of, whole, yes

CLASS_OF = {name: number for number, name in CLASS_ZH.items()}
RULE_OF_2023 = ClassTable(
    technical_days=7,
    substandard_above=90,
    doubtful_above=270,
    loss_above=360,
    doubtful_from_loss_share=50_000_000,
    loss_from_loss_share=90_000_000,
)


def _classes(values: Sequence[Any]) -> str:
    return " ".join(CLASS_ZH[RiskClass(int(v))] for v in values)


def _age(f: Facts) -> Answers:
    due_on = [date(2026, month, 10).toordinal() for month in range(1, 7)]
    age = aging(
        due_on,
        [100_000] * 6,
        amounts(f["paid"]),
        [0, 6],
        day(f["on"]),
        grace_days=int(f.get("grace", "0")),
        grace_missed=GraceMissed(f.get("missed", "backdated")),
    )
    buckets = Buckets()
    return {
        "days past due": str(age.days_past_due[0]),
        "missed": str(age.missed[0]),
        "overdue": yuan(int(age.overdue[0])),
        "bucket by days": buckets.names[buckets.by_days(age.days_past_due)[0]],
        "bucket by count": buckets.names[buckets.by_count(age.missed)[0]],
    }


def _bucket(f: Facts) -> Answers:
    said = {}
    for edges in ((30, 60, 90, 120, 150, 180), (29, 59, 89, 119, 149, 179)):
        buckets = Buckets((0, *edges))
        names = " ".join(buckets.names[k] for k in buckets.by_days(whole(f["days"])))
        said[f"edges {' '.join(map(str, edges))}"] = names
    return said


def _ratio(f: Facts) -> Answers:
    loans = [loan.split("/") for loan in f["loans"].split()]
    columns = [int(x[0]) for x in loans], [fen(x[1]) for x in loans], [fen(x[2]) for x in loans]
    return {str(d): of(overdue_ratio(*columns, d)) for d in OverdueDefinition}


def _class(f: Facts) -> Answers:
    days = whole(f["days"])
    loss = amounts(f.get("expected", "0"))
    arguments = {"impaired": "impaired" in f, "expected_loss": loss, "balance": fen(f.get("balance", "0"))}
    return {
        "floor": _classes(class_floor(days, RULE_OF_2023, **arguments)),
        "technical": _classes(class_floor(days, RULE_OF_2023, technical=True, **arguments)),
    }


def _override(f: Facts) -> Answers:
    return {"class": _classes(override(CLASS_OF[f["floor"]], CLASS_OF[f["manual"]]))}


def _watch(f: Facts) -> Answers:
    breach = day(f["breach"]).toordinal() if "breach" in f else 0
    first, kept = [day(f["first due"]).toordinal()], int(f["kept"])
    watch = restructured(day(f["on"]), first, breach, kept, "was bad" in f, months=12, periods=2)
    return {"class": _classes(watch.floor)}


def _cure(f: Facts) -> Answers:
    cleared = day(f["cleared"]).toordinal()
    return {"cured": yes(cured(day(f["on"]), cleared, int(f["kept"]), months=6, periods=2)[0])}


def _bad(f: Facts) -> Answers:
    loans = [loan.split("/") for loan in f["loans"].split()]
    share = bad_share([CLASS_OF[x[0]] for x in loans], [fen(x[1]) for x in loans], [fen(x[2]) for x in loans])
    by_number = f"{share.loans.part} of {share.loans.whole}"
    return {"by number": by_number, "small": of(share.small), "large": of(share.large)}


def _ecl(f: Facts) -> Answers:
    months, owed, part = int(f["months"]), fen(f["exposure"]), fen(f["part"])
    chances, lost = (np.array(whole(f[name])) / 100 for name in ("pd", "lgd"))
    provision = expected_loss(
        [[owed - part * month for month in range(months)]] * 3,
        fen(f["now"]),
        [1, 2, 3],
        rate_units(f["eir"]),
        survival=np.stack([survival_curve(float(pd), months)[None, :] for pd in chances]),
        lgd=lost[:, None],
        weights=np.array(whole(f.get("weights", "100"))) / 100,
    )
    return {f"stage {k}": yuan(int(x)) for k, x in enumerate(provision, start=1)}


def _stage(f: Facts) -> Answers:
    return {"stages": " ".join(map(str, stage(whole(f["days"]), sicr_above=30, default_above=90)))}


def _lgd(f: Facts) -> Answers:
    amounts = [fen(f["sale"])], [fen(f["costs"])], [int(f["months"])]
    return {"lgd": f"{loss_given_default(fen(f['exposure']), *amounts, rate_units(f['eir'])) * 100:.4f}%"}


RISK = {
    "age": _age,
    "bucket": _bucket,
    "ratio": _ratio,
    "class": _class,
    "override": _override,
    "watch": _watch,
    "cure": _cure,
    "bad": _bad,
    "ecl": _ecl,
    "stage": _stage,
    "lgd": _lgd,
}
