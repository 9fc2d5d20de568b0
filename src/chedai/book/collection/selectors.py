"""Finding cases, numbers, contacts and promises; the locks of collection."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from chedai.book.collection.conduct import Counted, Trail
from chedai.book.collection.models import (
    CallHours,
    CollectionCase,
    Contact,
    DebtorDay,
    DebtorNumber,
    NumberDay,
    PlanLine,
    PreDue,
    PromiseToPay,
    Recovery,
)
from chedai.book.collection.rules import Money
from chedai.book.collection.states import CALLS, CaseState, PromiseState, Whom
from chedai.book.loans.models import LoanEvent
from chedai.book.loans.states import RECEIPTS
from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.platform.messages.selectors import opted_out_of
from chedai.platform.messages.states import Category
from chedai.platform.policies.values import Hours

_SHOWN = ("loan", "customer", "store", "collector__user")


def case_lock(case_id: int) -> CollectionCase:
    """A case, locked until the transaction ends. Errors: `NotFound`."""
    found = CollectionCase.objects.select_for_update(no_key=True, of=("self",)).filter(pk=case_id)
    return _case(found)


def case_read(case_id: int) -> CollectionCase:
    """A case with its loan and debtor. Errors: `NotFound`."""
    return _case(CollectionCase.objects.filter(pk=case_id))


def cases_seen(records: Q) -> QuerySet[CollectionCase]:
    """The cases that `records` leaves to see."""
    return CollectionCase.objects.filter(records).select_related(*_SHOWN)


def queue_of(collector_id: int, day: date) -> QuerySet[PlanLine]:
    """The queue of one collector on one morning: what is worst first, what was skipped last."""
    lines = PlanLine.objects.filter(collector_id=collector_id, day=day).select_related("case__loan", "case__customer")
    return lines.order_by("skipped_at", "-priority", "-overdue", "pk")


def queue_next(collector_id: int, day: date) -> PlanLine | None:
    """The line to work now. Skipped ones come again at the end."""
    lines = queue_of(collector_id, day).filter(done_at=None, case__state=CaseState.OPEN)
    return lines.filter(skipped_at=None).first() or lines.order_by("skipped_at").first()


def queue_size(collector_id: int, day: date) -> tuple[int, int]:
    """How many lines of a queue are done, and how many there are."""
    lines = PlanLine.objects.filter(collector_id=collector_id, day=day)
    done = lines.exclude(done_at=None, case__state=CaseState.OPEN)
    return done.count(), lines.count()


def plan_line(case_id: int, day: date) -> PlanLine | None:
    """The line of a case in the plan of a day."""
    return PlanLine.objects.filter(case_id=case_id, day=day).first()


def debtor_day_lock(customer_id: int, day: date) -> DebtorDay:
    """The counter of a debtor's day, made where there is none, locked until the transaction ends."""
    DebtorDay.objects.bulk_create([DebtorDay(customer_id=customer_id, day=day)], ignore_conflicts=True)
    return DebtorDay.objects.select_for_update(no_key=True).get(customer_id=customer_id, day=day)


def number_day_lock(number: DebtorNumber, day: date) -> NumberDay:
    """The counter of a number's day, whoever's debtor it belongs to, locked. Lock the debtor's day first."""
    index = bytes(number.phone_index or b"")
    held = NumberDay.objects.filter(phone_index=index, day=day)
    if not held.exists():
        NumberDay.objects.bulk_create([NumberDay(phone_index=index, day=day)], ignore_conflicts=True)
    return NumberDay.objects.select_for_update(no_key=True).get(phone_index=index, day=day)


def counted(customer_id: int, number: DebtorNumber | None, day: date) -> Counted:
    """What has been done on a day, read without a lock: for the light."""
    held = DebtorDay.objects.filter(customer_id=customer_id, day=day).first()
    dials = 0
    if number is not None:
        index = bytes(number.phone_index or b"")
        found = NumberDay.objects.filter(phone_index=index, day=day).values_list("dials", flat=True).first()
        dials = found or 0
    return Counted(held.effective, held.open_calls, dials) if held is not None else Counted(0, 0, dials)


def trail_of(customer_id: int) -> Trail:
    """How reaching the debtor has gone: failed contacts in a row, and whether no number of the debtor is valid.

    Only what was tried in cases that are open counts: failures of arrears that are over say nothing of today.
    """
    own = DebtorNumber.objects.filter(customer_id=customer_id, whom=Whom.DEBTOR)
    valid = own.filter(invalid_at=None).exists()
    tried = Contact.objects.filter(customer_id=customer_id, whom=Whom.DEBTOR, channel__in=[*CALLS, "visit"])
    tried = tried.filter(case__state=CaseState.OPEN)
    failed = 0
    for connected in tried.exclude(result="").order_by("-at", "-pk").values_list("connected", flat=True)[:10]:
        if connected:
            break
        failed += 1
    return Trail(failed, own.exists() and not valid)


def numbers_of(customer_id: int) -> list[DebtorNumber]:
    """Every number of a debtor: the debtor's own, then guarantors', then contacts'."""
    order = {whom.value: place for place, whom in enumerate(Whom)}
    found = DebtorNumber.objects.filter(customer_id=customer_id)
    return sorted(found, key=lambda number: (order[number.whom], number.pk))


def number_read(number_id: int) -> DebtorNumber:
    """One number. Errors: `NotFound`."""
    found = DebtorNumber.objects.filter(pk=number_id).first()
    if found is None:
        raise NotFound("no-such-number", "没有这个号码", "there is no such number")
    return found


def agreed_hours(customer_id: int) -> list[Hours]:
    """The hours a debtor agreed to be reached in."""
    held = CallHours.objects.filter(customer_id=customer_id, withdrawn_at=None)
    return [Hours(one.starts, one.ends) for one in held]


def opted_out(customer_id: int) -> bool:
    """Whether the debtor wants no reminders by message."""
    return Category.REMINDER.value in opted_out_of(f"customer:{customer_id}")


def contact_lock(contact_id: int) -> Contact:
    """One contact, locked until the transaction ends. Errors: `NotFound`."""
    found = Contact.objects.select_for_update(no_key=True).filter(pk=contact_id).first()
    if found is None:
        raise NotFound("no-such-contact", "没有这条联系记录", "there is no such contact")
    return found


def contact_read(contact_id: int) -> Contact:
    """One contact with its case. Errors: `NotFound`."""
    found = Contact.objects.filter(pk=contact_id).select_related("case__loan", "case__customer", "number").first()
    if found is None:
        raise NotFound("no-such-contact", "没有这条联系记录", "there is no such contact")
    return found


def contact_on(case_id: int, user_id: int, day: date) -> Contact | None:
    """The call a person has begun today in a case and not yet written down."""
    held = Contact.objects.filter(case_id=case_id, by_id=user_id, day=day, result="", agency=None)
    return held.select_related("number").order_by("-pk").first()


def contacts_of(case_id: int) -> QuerySet[Contact]:
    """Everything that was tried in a case, newest first."""
    return Contact.objects.filter(case_id=case_id).select_related("by", "agency", "number").order_by("-at", "-pk")


def contacts_seen(records: Q) -> QuerySet[Contact]:
    """What was tried in the cases that `records` leaves to see, newest first."""
    return Contact.objects.filter(records).select_related("by", "agency", "number").order_by("-at", "-pk")


def reached(customer_id: int, since: datetime) -> tuple[int, int]:
    """How many calls to the debtor reached somebody since a moment, and how many there were."""
    calls = Contact.objects.filter(customer_id=customer_id, channel__in=CALLS, at__gte=since).exclude(result="")
    return calls.filter(connected=True).count(), calls.count()


def promises_of(case_id: int) -> list[PromiseToPay]:
    """The promises of a case, newest first."""
    return list(PromiseToPay.objects.filter(case_id=case_id).select_related("made_by__user").order_by("-pk"))


def promise_open(case_id: int) -> PromiseToPay | None:
    """The promise that waits for its money."""
    return PromiseToPay.objects.filter(case_id=case_id, state=PromiseState.OPEN).first()


def promises_seen(records: Q) -> QuerySet[PromiseToPay]:
    """The promises of the cases that `records` leaves to see."""
    shown = ("case__loan", "case__customer", "made_by__user")
    return PromiseToPay.objects.filter(records).select_related(*shown)


def promised_on(collector_id: int, day: date) -> tuple[int, int]:
    """How many promises one collector got on a day, and their fen."""
    amounts = list(PromiseToPay.objects.filter(made_by=collector_id, made_on=day).values_list("amount", flat=True))
    return len(amounts), sum(amounts)


def kept_rates(records: Q, since: date) -> list[tuple[str, int, int, int]]:
    """Of each collector: promises judged since a day, those kept, those broken; by name."""
    judged = PromiseToPay.objects.filter(records, judged_on__gte=since).exclude(state=PromiseState.OPEN)
    rows = judged.values_list("made_by__user__display_name").order_by("made_by__user__display_name")
    kept, broken = (Count("pk", filter=Q(state=state)) for state in (PromiseState.KEPT, PromiseState.BROKEN))
    return [(name, count, good, bad) for name, count, good, bad in rows.annotate(n=Count("pk"), kept=kept, bad=broken)]


def receipts_of(loan_ids: Iterable[int], since: date) -> dict[int, list[Money]]:
    """The receipts of loans that stand, by value date from a day on: reversed ones never happened."""
    rows = LoanEvent.objects.filter(loan_id__in=list(loan_ids), kind__in=RECEIPTS, on__gte=since, reversal=None)
    found: dict[int, list[Money]] = {}
    for loan_id, on, amount, at in rows.order_by("seq").values_list("loan_id", "on", "amount", "at"):
        found.setdefault(loan_id, []).append(Money(on, amount, at))
    return found


def pre_due_lock(entry_id: int) -> PreDue:
    """One entry of the list before the due day, locked. Errors: `NotFound`."""
    found = PreDue.objects.select_for_update(no_key=True).filter(pk=entry_id).first()
    if found is None:
        raise NotFound("no-such-entry", "没有这条名单", "there is no such entry")
    return found


def pre_due_read(entry_id: int) -> PreDue:
    """One entry of the list before the due day. Errors: `NotFound`."""
    found = PreDue.objects.filter(pk=entry_id).select_related("loan", "customer", "store").first()
    if found is None:
        raise NotFound("no-such-entry", "没有这条名单", "there is no such entry")
    return found


def pre_due_seen(records: Q) -> QuerySet[PreDue]:
    """The entries that `records` leaves to see."""
    return PreDue.objects.filter(records).select_related("loan", "customer", "called_by__user")


def recoveries_seen(records: Q) -> QuerySet[Recovery]:
    """The recoveries of the cases that `records` leaves to see."""
    return Recovery.objects.filter(records).select_related("case__loan", "case__customer", "case__store")


def recovery_read(recovery_id: int) -> Recovery:
    """One car taken back. Errors: `NotFound`."""
    found = Recovery.objects.filter(pk=recovery_id).select_related("case").first()
    if found is None:
        raise NotFound("no-such-recovery", "没有这次收车", "there is no such recovery")
    return found


def recovery_of(case_id: int) -> Recovery | None:
    """The newest recovery of a case."""
    return Recovery.objects.filter(case_id=case_id).order_by("-pk").first()


def month_ago(moment: datetime | None = None) -> datetime:
    """Thirty days before now."""
    return (moment or clock.now()) - timedelta(days=30)


def _case(rows: QuerySet[CollectionCase]) -> CollectionCase:
    found = rows.select_related(*_SHOWN).first()
    if found is None:
        raise NotFound("no-such-case", "没有这个催收案件", "there is no such case")
    return found
