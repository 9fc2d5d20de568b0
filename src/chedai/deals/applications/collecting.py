"""The facts of an application for a decision, gathered into one frozen value."""

from __future__ import annotations

from datetime import date
from typing import Final

from chedai.crm.customers.rules import birthday
from chedai.deals.applications.facts import BureauFacts, Facts, Figure, Match, PartyFacts
from chedai.deals.applications.models import Answer, Party
from chedai.deals.applications.questions import question
from chedai.deals.applications.readiness import CREDIT_DAYS, stale_days
from chedai.deals.applications.rules import HANDED, is_stale
from chedai.deals.applications.selectors import (
    answers_in_force,
    application_read,
    bureau_newest,
    differences_of,
    flags_of,
    guaranteed_elsewhere,
    items_of,
    parties_of,
)
from chedai.deals.applications.states import (
    DifferenceState,
    FlagKind,
    FlagState,
    ItemState,
    Liability,
    Role,
)
from chedai.platform import clock

PROVINCES: Final = {
    "北京": "11", "天津": "12", "河北": "13", "山西": "14", "内蒙古": "15", "辽宁": "21", "吉林": "22",
    "黑龙江": "23", "上海": "31", "江苏": "32", "浙江": "33", "安徽": "34", "福建": "35", "江西": "36",
    "山东": "37", "河南": "41", "湖北": "42", "湖南": "43", "广东": "44", "广西": "45", "海南": "46",
    "重庆": "50", "四川": "51", "贵州": "52", "云南": "53", "西藏": "54", "陕西": "61", "甘肃": "62",
    "青海": "63", "宁夏": "64", "新疆": "65",
}  # fmt: skip
"""The first two digits of an identity number by province (GB/T 2260)."""


def facts_of(application_id: int) -> Facts:
    """Everything a decision may know, on the business date. Errors: `NotFound`."""
    application = application_read(application_id)
    on = clock.business_date()
    parties = parties_of(application.pk)
    answers = answers_in_force(party.pk for party in parties)
    items, flags = items_of(application.pk), flags_of(application.pk)
    down_payment = [item for item in items if item.code == "down_payment"]
    return Facts(
        application_id=application.pk,
        deal_id=application.deal_id,
        deal_number=application.deal.number,
        mode=application.deal.mode,
        round=application.round,
        on=on,
        region=application.deal.store.region,
        down_payment_payer=application.down_payment_payer or None,
        down_payment_proved=any(item.state == ItemState.ACCEPTED for item in down_payment),
        title_moved_on=application.title_moved_on,
        parties=tuple(_party(party, answers[party.pk], on) for party in parties),
        matches=tuple(
            Match(FlagKind(flag.kind), tuple(flag.others), flag.state == FlagState.RESOLVED)
            for flag in flags
            if flag.kind != FlagKind.STATEMENT
        ),
        statement_faults=sum(1 for f in flags if f.kind == FlagKind.STATEMENT and f.state == FlagState.OPEN),
        differences_open=sum(1 for d in differences_of(application.pk) if d.state == DifferenceState.OPEN),
        papers_missing=tuple(item.code for item in items if item.is_required and ItemState(item.state) not in HANDED),
    )


def region_of_address(address: str) -> str | None:
    """The province an address begins with, as two digits; None where it begins with none."""
    return next((code for name, code in PROVINCES.items() if address.startswith(name)), None)


def _party(party: Party, answers: dict[str, Answer], on: date) -> PartyFacts:
    number = party.customer.id_number.in_full() if party.customer.id_number else ""
    person = party.customer.kind == "person"
    plain = {code: answer.value.in_full() for code, answer in answers.items()}
    return PartyFacts(
        party_id=party.pk,
        customer_id=party.customer_id,
        role=Role(party.role),
        liability=Liability(party.liability),
        liability_amount=party.liability_amount,
        kind=party.customer.kind,
        born=birthday(number) if number and person else None,
        id_region=number[:2] if person else "",
        marital=plain.get("marital"),
        residence=plain.get("residence"),
        residence_months=_whole(plain, "residence_months"),
        residence_region=region_of_address(plain.get("home_address", "")),
        job=plain.get("job"),
        job_months=_whole(plain, "job_months"),
        licence=plain.get("licence"),
        income_stated=_figure(answers, "turnover" if not person else "income_stated", on),
        income_verified=_figure(answers, "income_verified", on),
        debt_monthly=_figure(answers, "debt_monthly", on),
        debt_balance=_figure(answers, "debt_balance", on),
        bureau=_bureau(party, on),
        guaranteed_elsewhere=guaranteed_elsewhere(party),
    )


def _whole(plain: dict[str, str], code: str) -> int | None:
    return int(plain[code]) if code in plain else None


def _figure(answers: dict[str, Answer], code: str, on: date) -> Figure | None:
    answer = answers.get(code)
    if answer is None:
        return None
    stale = is_stale(answer.as_of, on, stale_days(question(code).stale, on))
    return Figure(int(answer.value.in_full()), answer.source, answer.as_of, stale)


def _bureau(party: Party, on: date) -> BureauFacts | None:
    report = bureau_newest(party.pk)
    if report is None:
        return None
    stale = is_stale(report.queried_on, on, stale_days(CREDIT_DAYS, on))
    names = [name for name in BureauFacts.__struct_fields__ if name != "stale"]
    return BureauFacts(stale=stale, **{name: getattr(report, name) for name in names})
