"""Reminders of what falls due (还款提醒): some days before and on the day, to the debtor, never in the quiet hours.

The days are policy. Who is late already hears from collection, who has nothing to pay that day hears nothing, and who
wants no reminders gets none: that is kept with the message. What is asked for in the night goes out when the quiet
hours end. The text is the house's own template; the first reminder ever writes the shipped one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import F, QuerySet

from chedai.book.loans.close.slices import due_days
from chedai.book.loans.models import Loan, OpenItem, Plan
from chedai.book.loans.plans import unpack_many
from chedai.book.loans.states import BookKind, LoanStatus
from chedai.crm.customers.kinds import CustomerState
from chedai.engine.money import yuan_grouped
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.days.report import StepReport
from chedai.platform.errors import NotFound
from chedai.platform.messages.channels import channels
from chedai.platform.messages.models import Message
from chedai.platform.messages.outbox import Sending, messages_send_many
from chedai.platform.messages.quiet import quiet_until
from chedai.platform.messages.selectors import messages
from chedai.platform.messages.services import template_in_force, template_write
from chedai.platform.messages.states import Category
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.policies.values import Label
from chedai.platform.work import record, service

PART: Final = 500
WAYS: Final = ("sms", "console")
"""The ways out a reminder may take, best first."""
TEXTS: Final = {
    "loan.due-soon": (
        "【{house}】您的车贷 {loan} 将于 {due} 应还 {amount} 元，请提前存入扣款账户。如已还款请忽略。",
        "[{house}] Your car loan {loan}: {amount} yuan fall due on {due}. If it is paid, ignore this.",
    ),
    "loan.due-today": (
        "【{house}】您的车贷 {loan} 今天应还 {amount} 元，请在今天内还款，以免产生罚息。如已还款请忽略。",
        "[{house}] Your car loan {loan}: {amount} yuan fall due today. If it is paid, ignore this.",
    ),
}
"""The shipped texts by their code, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class _Due:
    """What of a loan falls due on a day, `ahead` days from now."""

    loan: Loan
    on: date
    ahead: int
    amount: int


@service
def reminders_send(*, day: date, actor: Actor, after: int) -> StepReport:
    """Remind one part of the loans above `after` of what falls due in the days of the policy.

    A day that has passed is not made good: a reminder too late helps nobody.
    """
    if day != clock.business_date():
        return StepReport()
    ahead = remind_days(day)
    loans = list(_part(day, ahead, after))
    if not loans:
        return StepReport()
    due = list(_falling_due(loans, day, ahead))
    sent = messages_send_many(sendings=_sendings(due, actor), actor=actor, not_before=quiet_until(clock.now()))
    if sent:
        facts: dict[str, Scalar] = {"day": day.isoformat(), "messages": sent}
        record(actor=actor, action="loans.reminded", subject=f"day:{day.isoformat()}", facts=facts)
    return StepReport(looked=len(loans), changed=sent, after=loans[-1].pk)


def remind_days(day: date) -> tuple[int, ...]:
    """How many days before the due day a reminder goes out, by the policy of a day."""
    row = book_in_force().in_force("collection_strategy.remind_days", day)
    return tuple(int(label.code) for label in row.listed(Label))


def reminders_of(loan: Loan) -> list[Message]:
    """The reminders of a loan and what became of each, newest first."""
    told = messages().filter(subject=f"customer:{loan.customer_id}").order_by("-pk")
    return [one for one in told if one.key.startswith(f"remind:{loan.pk}:")]


def _part(day: date, ahead: Sequence[int], after: int) -> QuerySet[Loan]:
    days = {one for n in ahead for one in due_days(day + timedelta(n))}
    found = Loan.objects.filter(due_day__in=days, state=LoanStatus.ACTIVE, quarantine="", delinquency=None)
    found = found.filter(customer__state=CustomerState.ACTIVE, customer__phone_index__isnull=False, pk__gt=after)
    return found.select_related("customer", "store").order_by("pk")[:PART]


def _falling_due(loans: Sequence[Loan], day: date, ahead: Sequence[int]) -> Iterator[_Due]:
    """What of each falls due, less the money held for it. Of a loan worked out today what is still open of today."""
    plans = dict(Plan.objects.filter(loan__in=loans, version=F("loan__plan_version")).values_list("loan_id", "packed"))
    planned = [loan for loan in loans if loan.pk in plans]
    if not planned:
        return
    columns = unpack_many([bytes(plans[loan.pk]) for loan in planned])
    items = OpenItem.objects.filter(loan__in=loans, due_on=day)
    billed = {item.loan_id: item.principal + item.interest + item.fee for item in items}
    for at, loan in enumerate(planned):
        part = slice(int(columns.offsets[at]), int(columns.offsets[at + 1]))
        totals = columns.principal[part] + columns.interest[part] + columns.fees[part]
        for n in ahead:
            on = day + timedelta(n)
            amount = int(totals[columns.due[part] == on.toordinal()].sum()) - loan.credit
            if n == 0 and loan.book == BookKind.OWN and loan.worked_on == day:
                amount = billed.get(loan.pk, 0)
            if amount > 0:
                yield _Due(loan, on, n, amount)


def _sendings(due: Sequence[_Due], actor: Actor) -> list[Sending]:
    channel, made = way_out(), []
    codes = {n: _template(n, channel, actor) for n in {one.ahead for one in due}}
    for one in due:
        phone = one.loan.customer.phone
        if phone is None:
            continue
        made.append(
            Sending(
                subject=f"customer:{one.loan.customer_id}",
                code=codes[one.ahead],
                channel=channel,
                address=phone.in_full(),
                values={
                    "house": one.loan.store.name,
                    "loan": one.loan.number,
                    "due": one.on.isoformat(),
                    "amount": yuan_grouped(one.amount),
                },
                key=f"remind:{one.loan.pk}:{one.on.isoformat()}:{one.ahead}",
            )
        )
    return made


def way_out() -> str:
    """The channel a reminder takes: the first of `WAYS` that the settings have."""
    installed = channels()
    return next((name for name in WAYS if name in installed), WAYS[0])


def _template(ahead: int, channel: str, actor: Actor) -> str:
    """The code of the text; the shipped one is written where the house has none."""
    code = "loan.due-soon" if ahead else "loan.due-today"
    try:
        template_in_force(code, channel, "zh-hans")
    except NotFound:
        for language, body in zip(("zh-hans", "en"), TEXTS[code], strict=True):
            template_write(
                code=code,
                channel=channel,
                language=language,
                category=Category.REMINDER,
                title="",
                body=body,
                actor=actor,
            )
    return code
