"""Collection behind its addresses: an overdue loan in each store, of a collector there; agencies are the house's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from chedai.book.collection.models import Agency, CollectionCase, Contact, DebtorNumber, PreDue, Recovery
from chedai.book.loans.models import Loan
from chedai.book.loans.services.opening import loan_enter
from chedai.crm.customers.models import Customer
from chedai.org.models import Staff, Store
from chedai.platform import clock
from tests import cast
from tests.security.risk import lent_today

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]
_AT: Final = date(2026, 10, 1)


def _collector(store: Store) -> Staff:
    found = Staff.objects.filter(user__username=f"collects-{store.pk}").first()
    return found or cast.person(f"collects-{store.pk}", "催收", store, "collector")


def _loan(house: House, store: Store) -> Loan:
    found = Loan.objects.filter(number=f"MATRIX-{store.pk}").first()
    if found is not None:
        return found
    owner = house.targets[store.pk]
    customer = Customer.objects.create(
        kind="person",
        name="陈先生",
        phone=f"138001300{store.pk:02}",
        store=store,
        owner=owner,
        registered_at=clock.now(),
    )
    loan = Loan(
        number=f"MATRIX-{store.pk}",
        customer=customer,
        store=store,
        officer=owner,
        lender_code="own",
        product_code="own",
    )
    return loan_enter(loan=loan, agreed=lent_today(), actor=cast.acting(owner))


def _case(house: House, store: Store) -> CollectionCase:
    loan, today = _loan(house, store), clock.business_date()
    found = CollectionCase.objects.filter(loan=loan).first()
    if found is not None:
        return found
    collector = _collector(store)
    case = CollectionCase.objects.create(
        loan=loan,
        customer=loan.customer,
        store=store,
        collector=collector,
        opened_on=today,
        since=today - timedelta(20),
        bucket="M1",
        next_on=today,
    )
    number = DebtorNumber.objects.create(
        customer=loan.customer, whom="debtor", name="陈", phone="13800130000", source="customer", added_on=today
    )
    at = clock.now()
    facts = {"case": case, "customer": loan.customer, "number": number, "day": today, "at": at, "recorded_at": at}
    Contact.objects.create(channel="call", whom="debtor", by=collector.user, **facts)
    return case


def _values(house: House, store: Store) -> Values:
    case = _case(house, store)
    contact = Contact.objects.get(case=case)
    return {"case_id": case.pk, "what": "number", "contact_id": contact.pk}


def _managed(house: House, store: Store) -> Values:
    return {"case_id": _case(house, store).pk, "what": "assign"}


def _before(house: House, store: Store) -> Values:
    loan, today = _loan(house, store), clock.business_date()
    called = {"called_by": _collector(store)}
    entry, _ = PreDue.objects.get_or_create(
        loan=loan,
        due_on=today,
        defaults={"customer": loan.customer, "store": store, "listed_on": today, "group": "treated", **called},
    )
    return {"entry_id": entry.pk}


def _car(house: House, store: Store) -> Values:
    case = _case(house, store)
    by = house.targets[store.pk]
    car = Recovery.objects.filter(case=case).first() or Recovery.objects.create(
        case=case, taken_on=_AT, place="x", condition="x", taken_by=by, second=_collector(store)
    )
    return {"recovery_id": car.pk}


def _agency(house: House) -> Values:
    until = date(2027, 10, 1)
    agency, _ = Agency.objects.get_or_create(
        code="W1", defaults={"name": "安信", "contract_from": _AT, "contract_until": until}
    )
    return {"agency_id": agency.pk, "what": "review"}


SCREENS: Final = (
    "collection_case", "collection_dial", "collection_skip", "collection_remind", "collection_evidence",
    "collection_act",
)  # fmt: skip
OPERATIONS: Final = (
    "get /collection/cases/{case_id}",
    "post /collection/cases/{case_id}/calls",
    "post /collection/contacts/{contact_id}/result",
)
OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = {
    **dict.fromkeys((*SCREENS, *OPERATIONS), _values),
    "collection_manage": _managed,
    "collection_before_call": _before,
    "collection_car_book": _car,
}
OF_HOUSE: Final[dict[str, Callable[[House], Values]]] = dict.fromkeys(
    ("collection_agency", "collection_agency_act", "post /collection/agencies/{agency_id}/contacts"), _agency
)
BODIES: Final[dict[str, Any]] = {
    "post /collection/cases/{case_id}/calls": {"number_id": 1, "channel": "letter"},  # refused whoever the number is
    "post /collection/contacts/{contact_id}/result": {"result": "paid"},
    "post /collection/agencies/{agency_id}/contacts": {"contacts": []},
}
