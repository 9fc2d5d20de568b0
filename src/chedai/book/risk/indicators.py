"""The indicators (风险指标): each in words anybody can check, and how it is counted.

An indicator is counted by group (store, officer, product, month of payout) or loan by loan. Shares are units of 1e-8.
Overdue share (逾期率) here is the small definition (小口径): what is overdue over all principal owed; the page shows
the large one beside it. A first-payment default is a loan whose first instalment was late for the days of the policy,
among those whose first due day is as long ago, and no longer than the policy looks back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from chedai.book.loans.models import Delinquency, Loan, LoanEvent
from chedai.book.loans.selectors import first_due_unpaid
from chedai.book.loans.states import EventKind, LoanStatus
from chedai.book.risk import limits
from chedai.book.risk.models import WatchItem
from chedai.book.risk.values import worth_less
from chedai.crm.models import Customer
from chedai.deals.applications.models.answers import Answer
from chedai.deals.collateral.models import CollateralItem, InsurancePolicy
from chedai.deals.collateral.states import Cover, ItemKind, ItemState
from chedai.engine.money import RATE_SCALE
from chedai.org.models import Staff
from chedai.platform.policies.book import PolicyBook

SHOWN: Final = 20
"""How many loans an alert names as evidence."""
_SETTLED: Final = (EventKind.PAYOFF,)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one group or loan came to. `loans` is what the value is counted over, `store_id` whose business it is."""

    subject: str
    value: int
    loans: int
    evidence: Mapping[str, Any]
    store_id: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a measure may look at: the day, the kind of group, the rules of the day."""

    day: date
    by: str
    rules: PolicyBook


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its name and its formula in both languages, and how it is counted.

    `is_share` says that values and limits are shares; else they are fen or counts.
    """

    zh: str
    en: str
    formula_zh: str
    formula_en: str
    measure: Callable[[Asked], Iterable[Measured]]
    is_share: bool = False
    groups: tuple[str, ...] = field(default=("loan",))


_KEYS: Final = MappingProxyType({"store": "store_id", "officer": "officer_id", "product": "product_code"})
_NAMES: Final = MappingProxyType({"store": "store", "officer": "staff", "product": "product", "month": "month"})


def _grouped(loans: QuerySet[Any], by: str, path: str = "") -> tuple[QuerySet[Any], str]:
    if by == "month":
        return loans.annotate(month=TruncMonth(f"{path}disbursed_on")).values("month"), "month"
    key = f"{path}{_KEYS[by]}"
    return loans.values(key), key


def _subject(by: str, key: object) -> str:
    return f"{_NAMES[by]}:{key.isoformat()[:7] if isinstance(key, date) else key}"


def _store(by: str, key: object) -> int | None:
    """Whose business a group is: its store, or the store an officer is at home in; else nobody's in particular."""
    if by == "officer":
        return Staff.objects.filter(pk=int(str(key))).values_list("home_id", flat=True).first()
    return int(str(key)) if by == "store" else None


def _alive() -> QuerySet[Loan]:
    return Loan.objects.filter(state=LoanStatus.ACTIVE)


def overdue_share(asked: Asked) -> Iterable[Measured]:
    """Overdue over owed, by group."""
    rows, key = _grouped(_alive(), asked.by)
    groups = {row[key]: row for row in rows.annotate(n=Count("pk"), owed=Sum("owed")).order_by()}
    late, late_key = _grouped(Delinquency.objects.filter(loan__state=LoanStatus.ACTIVE), asked.by, "loan__")
    sums = late.annotate(n=Count("pk"), overdue=Sum("overdue"), whole=Sum("loan__owed")).order_by()
    for row in sums:
        group = groups[row[late_key]]
        if not group["owed"]:
            continue
        evidence = {
            "overdue": row["overdue"],
            "owed": group["owed"],
            "whole": row["whole"],
            "loans": group["n"],
            "late": row["n"],
            "numbers": _late_numbers(asked.by, late_key, row[late_key]),
        }
        value = row["overdue"] * RATE_SCALE // group["owed"]
        yield Measured(_subject(asked.by, row[late_key]), value, group["n"], evidence, _store(asked.by, row[late_key]))


def _late_numbers(by: str, key: str, value: object) -> list[str]:
    late = Delinquency.objects.filter(loan__state=LoanStatus.ACTIVE)
    if by == "month":
        late = late.annotate(month=TruncMonth("loan__disbursed_on"))
    most = late.filter(**{key: value}).order_by("-overdue", "loan_id")
    return list(most.values_list("loan__number", flat=True)[:SHOWN])


def first_payment_default(asked: Asked) -> Iterable[Measured]:
    """Loans whose first instalment became so late as the policy says, over those old enough to tell."""
    days = asked.rules.in_force(limits.FIRST_PAYMENT_DAYS, asked.day).number
    back = asked.rules.in_force(limits.FIRST_PAYMENT_LOOKS_BACK, asked.day).number
    last = asked.day - timedelta(days=days)
    ripe = Loan.objects.filter(first_due__lte=last, first_due__gt=last - timedelta(days=back))
    rows, key = _grouped(ripe, asked.by)
    ripe_by = {row[key]: row["n"] for row in rows.annotate(n=Count("pk")).order_by()}
    reached: dict[object, list[str]] = {}
    found = first_due_unpaid(ripe, days)
    path = "disbursed_on" if asked.by == "month" else _KEYS[asked.by]
    for number, group in found.order_by("pk").values_list("number", path):
        reached.setdefault(group.replace(day=1) if isinstance(group, date) else group, []).append(number)
    for group, numbers in reached.items():
        evidence = {"late": len(numbers), "loans": ripe_by[group], "numbers": numbers[:SHOWN]}
        value = len(numbers) * RATE_SCALE // ripe_by[group]
        yield Measured(_subject(asked.by, group), value, ripe_by[group], evidence, _store(asked.by, group))


def value_below_balance(asked: Asked) -> Iterable[Measured]:
    """Cars worth less than what is owed on them, by how many fen; counted on the first of a month.

    Less than the amount of the policy is nothing to look at.
    """
    if asked.day.day != 1:
        return
    least = asked.rules.in_force(limits.SHORTFALL, asked.day).money
    for loan, value in worth_less(asked.day, asked.rules):
        if loan.owed - value < least:
            continue
        evidence = {"owed": loan.owed, "value": value, "numbers": [loan.number]}
        yield Measured(f"loan:{loan.pk}", loan.owed - value, 1, evidence, loan.store_id)


def insurance_lapsing(asked: Asked) -> Iterable[Measured]:
    """Loans whose commercial insurance ends within the days of the policy, or has ended: days without cover to come."""
    ahead = asked.day + timedelta(days=asked.rules.in_force(limits.INSURANCE_DAYS, asked.day).number)
    held = InsurancePolicy.objects.filter(
        cover=Cover.COMMERCIAL, withdrawn_at=None, deal__loan__state=LoanStatus.ACTIVE
    ).values("deal__loan__pk", "deal__loan__number", "deal__loan__store_id")
    for row in held.annotate(last=Max("ends")).filter(last__lte=ahead).order_by("deal__loan__pk"):
        evidence = {"ends": row["last"].isoformat(), "numbers": [row["deal__loan__number"]]}
        days = (ahead - row["last"]).days + 1
        yield Measured(f"loan:{row['deal__loan__pk']}", days, 1, evidence, row["deal__loan__store_id"])


def lien_overdue(asked: Asked) -> Iterable[Measured]:
    """Loans paid out whose lien is not filed in its time, or was lost again, by days late."""
    undone = (ItemState.OPEN, ItemState.LAPSED)
    waiting = CollateralItem.objects.filter(
        kind=ItemKind.LIEN, state__in=undone, due_on__lt=asked.day, deal__loan__state=LoanStatus.ACTIVE
    ).select_related("deal__loan")
    for item in waiting.order_by("pk"):
        loan, due = item.deal.loan, item.due_on or asked.day
        evidence = {"due": due.isoformat(), "numbers": [loan.number]}
        yield Measured(f"loan:{loan.pk}", (asked.day - due).days, 1, evidence, loan.store_id)


def early_settlements(asked: Asked) -> Iterable[Measured]:
    """Loans settled before their time in the last days, over those that lived then."""
    since = asked.day - timedelta(days=asked.rules.in_force(limits.SETTLEMENT_DAYS, asked.day).number)
    key = f"loan__{_KEYS[asked.by]}"
    paid = LoanEvent.objects.filter(kind__in=_SETTLED, on__gt=since, on__lte=asked.day, reversal=None)
    left: dict[object, list[str]] = {}
    for number, group in paid.order_by("pk").values_list("loan__number", key):
        left.setdefault(group, []).append(number)
    rows, name = _grouped(Loan.objects.filter(Q(state=LoanStatus.ACTIVE) | Q(settled_on__gt=since)), asked.by)
    lived = {row[name]: row["n"] for row in rows.annotate(n=Count("pk")).order_by()}
    for group, numbers in left.items():
        loans = max(lived.get(group, 0), len(numbers))
        evidence = {"settled": len(numbers), "loans": loans, "numbers": numbers[:SHOWN]}
        value = len(numbers) * RATE_SCALE // loans
        yield Measured(_subject(asked.by, group), value, loans, evidence, _store(asked.by, group))


def shared_phone(asked: Asked) -> Iterable[Measured]:
    """Telephones that several customers with a loan call their own."""
    alive = Customer.objects.filter(loans__state=LoanStatus.ACTIVE).exclude(phone_index=None)
    shared = alive.values("phone_index").annotate(n=Count("pk", distinct=True)).filter(n__gt=1).order_by("phone_index")
    for row in shared:
        loans = _alive().filter(customer__phone_index=row["phone_index"])
        yield _alike("phone", row["phone_index"], row["n"], loans)


def shared_employer(asked: Asked) -> Iterable[Measured]:
    """Employers named by many customers with a loan."""
    said = Answer.objects.filter(
        question="employer", superseded_at=None, party__application__deal__loan__state=LoanStatus.ACTIVE
    ).exclude(match_index=None)
    people = Count("party__customer", distinct=True)
    for row in said.values("match_index").annotate(n=people).filter(n__gt=1).order_by("match_index"):
        deals = said.filter(match_index=row["match_index"]).values("party__application__deal")
        yield _alike("employer", row["match_index"], row["n"], _alive().filter(deal__in=deals))


def _alike(kind: str, index: object, people: int, loans: QuerySet[Loan]) -> Measured:
    """The subject is a piece of the blind index: the same telephone gives the same subject, nobody can read it back."""
    name = bytes(index).hex()[:24] if isinstance(index, bytes | memoryview) else str(index)[:24]
    numbers = list(loans.order_by("pk").values_list("number", flat=True)[:SHOWN])
    stores = set(loans.values_list("store_id", flat=True))
    evidence = {"people": people, "numbers": numbers}
    return Measured(f"{kind}:{name}", people, people, evidence, stores.pop() if len(stores) == 1 else None)


def watch_review_overdue(asked: Asked) -> Iterable[Measured]:
    """Watched loans whose review is overdue, by days."""
    late = WatchItem.objects.filter(ended_on=None, review_due__lt=asked.day).select_related("loan").order_by("pk")
    seen: dict[int, Measured] = {}
    for item in late:
        evidence = {"due": item.review_due.isoformat(), "numbers": [item.loan.number]}
        days = (asked.day - item.review_due).days
        seen.setdefault(item.loan_id, Measured(f"loan:{item.loan_id}", days, 1, evidence, item.loan.store_id))
    return seen.values()


_GROUPS: Final[Sequence[str]] = ("store", "officer", "product")

CATALOGUE: Final[Mapping[str, Indicator]] = MappingProxyType(
    {
        "overdue_share": Indicator(
            "逾期率（小口径）",
            "overdue share, part overdue",
            "逾期未还金额 ÷ 未还本金",
            "amount overdue / principal owed",
            overdue_share,
            True,
            (*_GROUPS, "month"),
        ),
        "first_payment_default": Indicator(
            "首期逾期率（FPD）",
            "first-payment default",
            "首期逾期满政策天数的贷款数 ÷ 首期到期满该天数且在回看期内的贷款数",
            "loans whose first instalment was late for the policy's days / loans first due as long ago, looked back on",
            first_payment_default,
            True,
            (*_GROUPS, "month"),
        ),
        "value_below_balance": Indicator(
            "车值低于余额",
            "value below balance",
            "未还本金 − 按月折旧的车值（元），每月 1 日，达到政策金额的才计",
            "principal owed - value of the car depreciated by the month, on the first; from the policy's amount on",
            value_below_balance,
        ),
        "insurance_lapsing": Indicator(
            "商业险将到期或已到期",
            "insurance lapsing",
            "预警截止日 − 商业险到期日（天）",
            "days from the end of the commercial insurance to the edge of the warning",
            insurance_lapsing,
        ),
        "lien_overdue": Indicator(
            "抵押登记逾期",
            "lien overdue",
            "今天 − 抵押登记期限（天）",
            "days past the time limit of the lien",
            lien_overdue,
        ),
        "early_settlements": Indicator(
            "集中提前结清",
            "sudden early settlements",
            "期间提前结清笔数 ÷ 期间在贷笔数",
            "loans settled early in the period / loans alive in it",
            early_settlements,
            True,
            tuple(_GROUPS),
        ),
        "shared_phone": Indicator(
            "多人共用电话",
            "one telephone, many customers",
            "登记同一电话且在贷的客户数",
            "customers with a loan who gave the same telephone",
            shared_phone,
            groups=("phone",),
        ),
        "shared_employer": Indicator(
            "多人同一单位",
            "one employer, many customers",
            "登记同一单位且在贷的客户数",
            "customers with a loan who named the same employer",
            shared_employer,
            groups=("employer",),
        ),
        "watch_review_overdue": Indicator(
            "关注名单复核逾期",
            "watch review overdue",
            "今天 − 复核期限（天）",
            "days past the day of the review",
            watch_review_overdue,
        ),
    }
)
"""Every indicator by its code."""

SHARES: Final = frozenset(code for code, indicator in CATALOGUE.items() if indicator.is_share)
"""Those whose values and limits are shares."""
