"""The telephone numbers of a debtor: those on file, those told later, those that may not be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time

from chedai.book.collection import selectors
from chedai.book.collection.models import CallHours, DebtorNumber
from chedai.book.collection.states import NumberSource, Whom
from chedai.crm.customers.models import Customer
from chedai.deals.applications.models import Answer, Party
from chedai.deals.applications.states import Liability
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.privacy.fields import candidates
from chedai.platform.privacy.kinds import Kind, normal
from chedai.platform.work import record, service

_ASKED = ("contact_name", "contact_relation", "contact_phone")
_LIABLE = frozenset(set(Liability) - {Liability.BORROWER, Liability.AWARE})


def numbers_prepare(customer_ids: Iterable[int], day: date) -> int:
    """Take the numbers on file of debtors that have none here yet; how many. Called inside a service."""
    wanted = set(customer_ids)
    known = set(DebtorNumber.objects.filter(customer_id__in=wanted).values_list("customer_id", flat=True))
    wanted -= known
    made = 0
    for customer in Customer.objects.filter(pk__in=wanted).order_by("pk").iterator(chunk_size=500):
        seen: set[str] = set()
        for number in (*_own(customer, day), *_of_applications(customer.pk, day)):
            phone = normal(Kind.PHONE, str(number.phone))
            if phone and phone not in seen:
                seen.add(phone)
                number.phone = phone
                number.save()
                made += 1
    return made


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


def _own(customer: Customer, day: date) -> Iterator[DebtorNumber]:
    if customer.phone:
        yield DebtorNumber(
            customer=customer,
            whom=Whom.DEBTOR,
            name=customer.name.in_full(),
            phone=customer.phone.in_full(),
            source=NumberSource.CUSTOMER,
            added_on=day,
        )


def _of_applications(customer_id: int, day: date) -> Iterator[DebtorNumber]:
    """Those who answer for the loan beside the debtor, and the contact the debtor named when applying."""
    own = Party.objects.filter(customer_id=customer_id, removed_at=None, liability=Liability.BORROWER)
    applications = own.values_list("application_id", flat=True)
    others = Party.objects.filter(application_id__in=applications, removed_at=None, liability__in=_LIABLE)
    for party in others.exclude(customer_id=customer_id).select_related("customer").order_by("pk"):
        if party.customer.phone:
            yield DebtorNumber(
                customer_id=customer_id,
                whom=Whom.GUARANTOR,
                relation=party.role,
                name=party.customer.name.in_full(),
                phone=party.customer.phone.in_full(),
                source=NumberSource.APPLICATION,
                added_on=day,
            )
    for party_id in own.order_by("pk").values_list("pk", flat=True):
        told = Answer.objects.filter(party_id=party_id, question__in=_ASKED, superseded_at=None)
        said = {answer.question: answer.value.in_full() for answer in told}
        if said.get("contact_phone"):
            yield DebtorNumber(
                customer_id=customer_id,
                whom=Whom.CONTACT,
                relation=said.get("contact_relation", "")[:30],
                name=said.get("contact_name", "") or said["contact_phone"],
                phone=said["contact_phone"],
                source=NumberSource.APPLICATION,
                consent_source="application",
                added_on=day,
            )
