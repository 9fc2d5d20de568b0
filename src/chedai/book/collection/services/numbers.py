"""The telephone numbers of a debtor: those on file, those told later, those that may not be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from typing import NamedTuple

from chedai.book.collection import selectors
from chedai.book.collection.codes import Result
from chedai.book.collection.models import CallHours, DebtorNumber
from chedai.book.collection.states import NumberSource, Whom
from chedai.crm.customers.models import Customer
from chedai.deals.applications.models import Answer, Party
from chedai.deals.applications.states import Liability
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.bulk import rows_among
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.inserting import rows_write
from chedai.platform.privacy.fields import candidates, columns_sealed
from chedai.platform.privacy.kinds import Kind, normal
from chedai.platform.work import record, service

_ASKED = ("contact_name", "contact_relation", "contact_phone")
_LIABLE = frozenset(set(Liability) - {Liability.BORROWER, Liability.AWARE})


class OnFile(NamedTuple):
    """A number that the house has of a debtor already, as a row of `DebtorNumber` is to hold it."""

    customer_id: int
    whom: Whom
    relation: str
    name: str
    phone: str
    source: NumberSource
    consent_source: str


def numbers_prepare(customer_ids: Iterable[int], day: date) -> int:
    """Take the numbers on file of debtors that have none here yet; how many. Called inside a service."""
    wanted = set(customer_ids)
    known = DebtorNumber.objects.filter(rows_among("customer_id", list(wanted)))
    wanted -= set(known.values_list("customer_id", flat=True))
    if not wanted:
        return 0
    found: dict[tuple[int, str], OnFile] = {}
    borrowers = _borrowers(list(wanted))
    for one in (*_own(list(wanted)), *_guarantors(borrowers), *_contacts(borrowers)):
        phone = normal(Kind.PHONE, one.phone)
        if phone:
            found.setdefault((one.customer_id, phone), one._replace(phone=phone))
    rows = sorted(found.values(), key=lambda one: one.customer_id)  # of one debtor, as they were found
    if rows:
        columns = {name: [getattr(one, name) for one in rows] for name in OnFile._fields}
        columns |= columns_sealed(DebtorNumber, {name: columns[name] for name in ("name", "phone")})
        rows_write(DebtorNumber, {**columns, "added_on": day})
    return len(rows)


@service
def number_add(
    *,
    customer_id: int,
    whom: Whom,
    name: str,
    phone: str,
    source: NumberSource,
    actor: Actor,
    relation: str = "",
    consent_source: str = "",
) -> DebtorNumber:
    """Write down a number and where it comes from. One that the debtor did not give is kept and may not be called.

    Errors: `Refusal` at its field; `Conflict` where the debtor has it already.
    """
    if not name.strip() or not normal(Kind.PHONE, phone):
        field = "phone" if name.strip() else "name"
        raise Refusal("number-missing", "请填写姓名和号码", "give the name and the number", field=field)
    if whom is Whom.CONTACT and source is not NumberSource.FOUND and not consent_source.strip():
        zh, en = "请写明联系人信息的来源依据", "say on what ground the contact was named"
        raise Refusal("consent-missing", zh, en, field="consent_source")
    if DebtorNumber.objects.filter(customer_id=customer_id, phone_index__in=candidates(Kind.PHONE, phone)).exists():
        raise Conflict("number-known", "该号码已登记", "the number is on file already")
    number = DebtorNumber.objects.create(
        customer_id=customer_id,
        whom=whom,
        relation=relation.strip(),
        name=name.strip(),
        phone=phone,
        source=source,
        consent_source=consent_source.strip(),
        added_on=clock.business_date(),
    )
    facts = {"number": number.pk, "whom": whom.value, "source": source.value}
    record(actor=actor, action="collection.number_added", subject=f"customer:{customer_id}", facts=facts)
    return number


def number_mark(number: DebtorNumber, came: Result) -> None:
    """Note on a number what a contact by it told, ours or an agency's: it is dead, or who answers refuses."""
    if came.invalid and number.invalid_at is None:
        number.invalid_at = clock.now()
        number.save(update_fields=["invalid_at"])
    if came.refused and number.refused_at is None:
        number.refused_at = clock.now()
        number.save(update_fields=["refused_at"])


@service
def contact_refuse(*, number_id: int, actor: Actor) -> DebtorNumber:
    """Somebody does not want to be asked: the number is not used again."""
    number = selectors.number_read(number_id)
    if number.refused_at is None:
        number.refused_at = clock.now()
        number.save(update_fields=["refused_at"])
        subject = f"customer:{number.customer_id}"
        record(actor=actor, action="collection.contact_refused", subject=subject, facts={"number": number.pk})
    return number


@service
def call_hours_agree(*, customer_id: int, starts: time, ends: time, source: str, actor: Actor) -> CallHours:
    """The debtor agreed to be reached at these hours; `source` says where that is written. Errors: `Refusal`."""
    if not source.strip() or starts == ends:
        zh, en = "请写明约定时段和依据（录音号或书面）", "give the hours and where the agreement is written"
        raise Refusal("agreement-missing", zh, en, field="source")
    made = CallHours.objects.create(
        customer_id=customer_id,
        starts=starts,
        ends=ends,
        agreed_on=clock.business_date(),
        source=source.strip(),
        recorded_by_id=actor.ref,
    )
    facts = {"starts": starts.isoformat(), "ends": ends.isoformat()}
    record(actor=actor, action="collection.hours_agreed", subject=f"customer:{customer_id}", facts=facts)
    return made


@service
def call_hours_withdraw(*, customer_id: int, actor: Actor) -> int:
    """The debtor takes the agreement back: the quiet hours hold again; how many agreements ended."""
    gone = CallHours.objects.filter(customer_id=customer_id, withdrawn_at=None).update(withdrawn_at=clock.now())
    if gone:
        record(actor=actor, action="collection.hours_withdrawn", subject=f"customer:{customer_id}")
    return gone


def _own(customers: Sequence[int]) -> Iterator[OnFile]:
    rows = Customer.objects.filter(rows_among("id", customers)).order_by("pk")
    for pk, name, phone in rows.values_list("pk", "name", "phone"):
        if phone:
            yield OnFile(pk, Whom.DEBTOR, "", name.in_full(), phone.in_full(), NumberSource.CUSTOMER, "")


def _guarantors(borrowers: Sequence[tuple[int, int, int]]) -> Iterator[OnFile]:
    """Those who answer for the loan beside the debtor."""
    debtors: dict[int, list[int]] = {}
    for _, application, customer in borrowers:
        debtors.setdefault(application, []).append(customer)
    others = Party.objects.filter(application_id__in=debtors, removed_at=None, liability__in=_LIABLE).order_by("pk")
    named = others.values_list("application_id", "customer_id", "role", "customer__name", "customer__phone")
    for application, party, role, name, phone in named:
        for debtor in debtors[application]:
            if party != debtor and phone:
                told = (role, name.in_full(), phone.in_full())
                yield OnFile(debtor, Whom.GUARANTOR, *told, NumberSource.APPLICATION, "")


def _contacts(borrowers: Sequence[tuple[int, int, int]]) -> Iterator[OnFile]:
    """The contacts that the debtors named when applying."""
    debtors = {party: customer for party, _, customer in borrowers}
    told = Answer.objects.filter(party_id__in=debtors, question__in=_ASKED, superseded_at=None)
    said: dict[int, dict[str, str]] = {party: {} for party in debtors}
    for party, question, value in told.values_list("party_id", "question", "value"):
        said[party][question] = value.in_full()
    for party, answers in said.items():
        if phone := answers.get("contact_phone"):
            told_of = (answers.get("contact_relation", "")[:30], answers.get("contact_name", "") or phone, phone)
            yield OnFile(debtors[party], Whom.CONTACT, *told_of, NumberSource.APPLICATION, "application")


def _borrowers(customers: Sequence[int]) -> list[tuple[int, int, int]]:
    """The parties that these customers are as borrowers: party, application, customer."""
    own = Party.objects.filter(removed_at=None, liability=Liability.BORROWER)
    own = own.filter(rows_among("customer_id", customers))
    return list(own.order_by("pk").values_list("pk", "application_id", "customer_id"))
