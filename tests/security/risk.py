"""Watching behind its addresses: in each store an alert with its playbook, and a watched loan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from chedai.book.loans.forms import Agreement
from chedai.book.loans.models import Loan
from chedai.book.loans.services.opening import loan_enter
from chedai.book.risk.models import Alert, WatchItem
from chedai.book.risk.scanning import playbook_begin
from chedai.book.risk.states import WatchReason
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.org.models import Store
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.work import work
from tests import cast
from tests.book.loans.lending import AGREED

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]


def lent_today() -> Agreement:
    """Terms of a loan paid out today: nothing of it is due."""
    return replace(AGREED, terms=replace(AGREED.terms, disbursed_on=clock.business_date()))


def loan_of(house: House, store: Store) -> Loan:
    """A loan of the officer of a store."""
    by = house.targets[store.pk]
    found = Loan.objects.filter(officer=by).first()
    if found is not None:
        return found
    customer = customer_register(
        kind=CustomerKind.PERSON, name="王芳", store_id=store.pk, owner_id=by.pk, actor=cast.acting(by)
    )
    loan = Loan(
        number=f"{store.code}-L{by.pk}",
        customer=customer,
        store=store,
        officer=by,
        lender_code="own",
        product_code="own",
    )
    return loan_enter(loan=loan, agreed=lent_today(), actor=cast.acting(by))


def _alert(house: House, store: Store) -> Alert:
    day = clock.business_date()
    alert, made = Alert.objects.get_or_create(
        indicator="overdue_share",
        subject=f"store:{store.pk}",
        defaults={
            "store": store,
            "value": 6_000_000,
            "limit": 5_000_000,
            "policy": "early_warning.indicators/v1",
            "evidence": {},
            "opened_on": day,
            "opened_at": clock.now(),
        },
    )
    if made:
        with work():
            playbook_begin("store_review", alert=alert, store_id=store.pk, day=day, actor=system("test"))
    return alert


def _step(house: House, store: Store) -> Values:
    return {"step_id": _alert(house, store).run.steps.first().pk}


def _watched(house: House, store: Store) -> Values:
    due = clock.business_date() + timedelta(30)
    facts = {"since": clock.business_date(), "review_due": due}
    item, _ = WatchItem.objects.get_or_create(
        loan=loan_of(house, store), reason=WatchReason.MANUAL, ended_on=None, defaults=facts
    )
    return {"item_id": item.pk}


OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = {
    "alert": lambda house, store: {"alert_id": _alert(house, store).pk},
    "alert_close": lambda house, store: {"alert_id": _alert(house, store).pk},
    "playbook_step": _step,
    "watch_item": _watched,
}
