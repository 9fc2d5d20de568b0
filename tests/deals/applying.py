"""A desk with an application: a quote of two lenders accepted, answers and papers in order, consents on file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from chedai.catalog.partners.models import Lender
from chedai.catalog.partners.services import lender_change
from chedai.catalog.partners.states import Channel
from chedai.crm.customers.services import customer_change
from chedai.deals.applications.models import (
    Answer,
    Application,
    CheckItem,
    CheckStep,
    Difference,
    Flag,
    Party,
    Submission,
)
from chedai.deals.applications.selectors import application_of, items_of, parties_of
from chedai.deals.applications.services.answers import answers_write
from chedai.deals.applications.services.lenders import submission_send
from chedai.deals.applications.services.papers import check_hand_in
from chedai.deals.applications.services.submitting import application_submit
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_read
from chedai.deals.pipeline.states import Mode
from chedai.deals.quotes.services import quote_accept
from chedai.journey.demo.people import identity
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Refusals
from chedai.platform.files.models import Paper
from chedai.platform.privacy.services import consent_give
from tests import cast
from tests.deals.quoting import CARD, LEVEL, SEED, Desk, deal_for, desk
from tests.house import House, build
from tests.support.ground import given

ANSWERS: dict[str, str | int] = {
    "marital": "single",
    "residence": "owned",
    "home_address": "浙江省杭州市西湖区文三路 100 号",
    "residence_months": 60,
    "licence": "own",
    "job": "salaried",
    "employer": "杭州云途科技有限公司",
    "employer_phone": "057188001266",
    "job_months": 36,
    "income_stated": 1_500_000,
    "income_verified": 1_400_000,
    "debt_monthly": 200_000,
    "debt_balance": 2_000_000,
    "contact_name": "王建国",
    "contact_relation": "parent",
    "contact_phone": "13900001111",
}
"""What Wang Fang says of herself; money in fen."""

PURPOSES = ("sensitive", "credit_bureau", "share_lender")


def paper(text: str) -> bytes:
    """A small PDF, different for each text."""
    return b"%PDF-1.4\n%" + text.encode() + b"\n%%EOF\n"


@dataclass(slots=True)
class Case:
    """An application and the people around it."""

    desk: Desk
    deal: Deal

    @property
    def house(self) -> House:
        return self.desk.house

    @property
    def officer(self) -> Any:
        return cast.acting(self.house.officer)

    @property
    def approver(self) -> Any:
        return cast.acting(self.house.approver)

    @property
    def application(self) -> Application:
        return application_of(self.deal.pk)

    @property
    def applicant(self) -> Party:
        return parties_of(self.application.pk)[0]

    def answer(self, **changes: str | int) -> None:
        answers_write(party_id=self.applicant.pk, values=ANSWERS | changes, actor=self.officer)

    def agree(self) -> None:
        for party in parties_of(self.application.pk):
            for purpose in PURPOSES:
                consent_give(
                    subject=f"customer:{party.customer_id}",
                    purpose=purpose,
                    wording=f"{purpose}-2026-11",
                    evidence="paper:1",
                    actor=self.officer,
                )

    def hand_in(self) -> None:
        for item in items_of(self.application.pk):
            if item.state != "accepted":
                content = paper(f"{self.deal.number} {item.code} {item.party_id} {item.round}")
                check_hand_in(item_id=item.pk, name=f"{item.code}.pdf", content=content, actor=self.officer)

    def renew(self, code: str) -> None:
        """Hand in one paper anew."""
        wanted = item(self, code)
        content = paper(f"{self.deal.number} {code} {wanted.round} new")
        check_hand_in(item_id=wanted.pk, name=f"{code}.pdf", content=content, actor=self.officer)

    def identify(self) -> None:
        """Everybody's number is on file: made up, and another one for each."""
        for party in parties_of(self.application.pk):
            if not party.customer.id_number:
                number = identity("330106", date(1991, 3, 7), party.customer_id % 500)
                customer_change(customer_id=party.customer_id, reason="登记证件", id_number=number, actor=self.officer)

    def complete(self, **changes: str | int) -> Case:
        self.identify()
        self.answer(**changes)
        self.agree()
        self.hand_in()
        return self

    def submit(self) -> Application:
        return application_submit(application_id=self.application.pk, actor=self.officer)

    def send(self, *codes: str) -> list[Submission]:
        return submission_send(
            application_id=self.application.pk, codes=codes or ("jianghe", "changqiao"), actor=self.officer
        )


def opened(house: House, mode: Mode = Mode.DEALER_DESK, place: Desk | None = None) -> Case:
    """The application as it opens when the quote of Jianghe and Changqiao is accepted."""
    at = place or desk(house)
    if place is None:
        identity = "330106199003070022"
        customer_change(customer_id=at.deal.customer_id, reason="登记证件", id_number=identity, actor=at.actor)
    Deal.objects.filter(pk=at.deal.pk).update(mode=mode)
    quote = at.offer(LEVEL, CARD)
    quote_accept(quote_id=quote.pk, plan=1, actor=at.actor)
    at.deal.refresh_from_db()
    return Case(at, at.deal)


def asked_for() -> Case:
    """The application of a dealer's desk, as it opens."""
    return opened(build())


def completed() -> Case:
    """The same with everything in it, not handed in yet."""
    return given(asked_for).complete()


def asked_of_us() -> Case:
    """The application for a loan of our own book, as it opens."""
    return opened(build(), Mode.OWN_BOOK)


def channel(code: str, endpoint: str, secret: str) -> Lender:
    """A lender answers over HTTP from now on."""
    lender = Lender.objects.get(code=code)
    return lender_change(lender_id=lender.pk, channel=Channel.HTTP, endpoint=endpoint, secret=secret, actor=SEED)


TODAY = date(2026, 11, 20)


def rows() -> list[object]:
    """Everything an application consists of."""
    tables = (Application, Party, Answer, CheckItem, CheckStep, Difference, Flag, Deal, Paper, AuditEntry)
    return [row for table in tables for row in table.objects.order_by("pk").values_list()]


def codes(refused: Refusals) -> list[str]:
    """What was refused, by code."""
    return [one.code for one in refused.refusals]


def item(case: Case, code: str) -> CheckItem:
    """One paper of the checklist."""
    return next(one for one in items_of(case.application.pk) if one.code == code)


def another(case: Case, name: str, phone: str = "") -> Case:
    """One more deal of the officer's, for somebody else, with its own application."""
    return opened(case.house, place=Desk(case.house, deal_for(case.house, name, phone)))


def second_deal(case: Case) -> Deal:
    """Another deal of the same customer."""
    from_first = case.deal
    fresh = deal_for(case.house, "占位", "13700000009")
    Deal.objects.filter(pk=fresh.pk).update(customer=from_first.customer)
    return deal_read(fresh.pk)
