"""One deal's way, a step a method, each by whose step it is and at its own hour; the services do the work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from chedai.catalog.vehicles.models import VehicleModel
from chedai.crm.customers.models import Customer
from chedai.deals.applications import checklists
from chedai.deals.applications.selectors import application_of, items_of, parties_of, submissions_of
from chedai.deals.applications.services.answers import answers_write
from chedai.deals.applications.services.lenders import Answer, submission_answer, submission_send, submission_win
from chedai.deals.applications.services.papers import check_accept, check_hand_in
from chedai.deals.applications.services.proofs import BureauFigures, bureau_write
from chedai.deals.applications.services.submitting import application_submit, down_payment_say
from chedai.deals.applications.states import SubmissionState
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.services import deal_lose, deal_open
from chedai.deals.pipeline.states import LostReason, Mode, Stage
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.services import quote_accept, quote_offer, quote_prepare
from chedai.deals.quotes.wishes import DeskWish
from chedai.deals.underwriting.rules.flow import Proposal, overrides, suggested
from chedai.deals.underwriting.selectors import assessment_of, case_of, papers_to_see, result_in
from chedai.deals.underwriting.services.cases import paper_see
from chedai.deals.underwriting.services.confirming import decision_confirm
from chedai.deals.underwriting.services.proposing import DECIDE, decision_propose
from chedai.deals.underwriting.states import Verdict
from chedai.engine.compare import VehicleKind
from chedai.journey.demo.house import House, acting
from chedai.journey.demo.papers import paper
from chedai.journey.demo.people import Person
from chedai.org.access import access_of
from chedai.org.authority import capacities
from chedai.org.models import Staff, Store
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.approvals.states import State
from chedai.platform.privacy.services import consent_give
from chedai.platform.work import work

OWN: Final = "tongzhou-own..0.36"
BANK: Final = "jianghe-auto..0.{term}"
CARD: Final = "changqiao-card..0.36"
_PURPOSES: Final = ("sensitive", "credit_bureau", "share_lender", "location")
_OPENS: Final = 9
_CLOSES: Final = 18
_SAID: Final = {SubmissionState.DECLINED: "收入证明不足", SubmissionState.ASKED_MORE: "请补近三个月流水"}
"""What a lender says beside; another has been taken before anybody answers it."""
_STEPS: Final = 3


@dataclass(slots=True)
class Road:
    """One deal on its way. `at` is the hour of its next step, which never lies after `last`."""

    house: House
    store: Store
    officer: Staff
    customer: Customer
    person: Person
    model: VehicleModel
    mode: Mode
    number: int
    rng: Random
    at: datetime
    last: datetime
    weak: bool = False  # an income that does not carry the loan
    deal: Deal | None = None
    _plan: FrozenPlan | None = None

    @property
    def actor(self) -> Actor:
        """The officer."""
        return acting(self.officer)

    @property
    def analyst(self) -> Staff:
        """Who looks at the file first; the second person is another."""
        return self.house.group["approver"][self.number % 2]

    @property
    def guest(self) -> Actor:
        """The customer behind their link."""
        return Actor(ActorKind.GUEST, self.number + 1, f"link-{self.number + 1}")

    @property
    def key(self) -> int:
        """The number of the deal."""
        if self.deal is None:
            raise LookupError("there is no deal yet")
        return self.deal.pk

    @property
    def plan(self) -> FrozenPlan:
        """The plan that was accepted, and is the one that is approved."""
        if self._plan is None:
            self._plan = plan_in_hand(self.key)
        return self._plan

    @property
    def stage(self) -> Stage:
        """Where the deal stands."""
        return Stage(Deal.objects.values_list("stage", flat=True).get(pk=self.key))

    def later(self, least: int, most: int) -> datetime:
        """Some working hours on, within the opening hours of the shop."""
        self.at += timedelta(minutes=self.rng.randrange(least * 60, most * 60 + 1))
        local = self.at.astimezone(clock.SHANGHAI)
        if local.hour >= _CLOSES:
            local = (local + timedelta(days=1)).replace(hour=_OPENS, minute=self.rng.randrange(60))
        elif local.hour < _OPENS:
            local = local.replace(hour=_OPENS, minute=self.rng.randrange(60))
        self.at = min(local, self.last)
        return self.at

    @contextmanager
    def step(self, least: int, most: int) -> Iterator[None]:
        """What is done in one go, some working hours on."""
        with clock.frozen(self.later(least, most)), work():
            yield

    def quote(self, *, accept: bool) -> None:
        """A deal at the desk: plans compared, offered, and one of them taken."""
        price = self.model.guide_price
        own = self.mode is Mode.OWN_BOOK
        term = self.rng.choice((24, 36, 36, 48))
        keys = (OWN,) if own else (BANK.format(term=term), CARD)
        wish = DeskWish(
            price=price,
            down_payment=price * (40 if own else 25) // 100 // 10_000 * 10_000,
            vehicle_kind=VehicleKind(self.model.kind),
            vehicle=str(self.model),
            term=36 if own else term,
        )
        with self.step(0, 1):
            self.deal = deal_open(
                customer_id=self.customer.pk,
                store_id=self.store.pk,
                mode=self.mode,
                officer_id=self.officer.pk,
                vehicle=str(self.model),
                actor=self.actor,
            )
            prepared = quote_prepare(
                desk=wish,
                chosen=keys,
                preferred=keys[0],
                store_id=self.store.pk,
                officer_id=self.officer.pk,
                deal_id=self.key,
                actor=self.actor,
            )
            offered = quote_offer(quote_id=prepared.pk, actor=self.actor)
        if accept:
            with self.step(1, 20):
                quote_accept(quote_id=offered.pk, plan=1, actor=self.actor)

    def fill(self, *, complete: bool) -> None:
        """Answers, consents and papers; not all of them where the file is still being filled."""
        application = application_of(self.key)
        party = parties_of(application.pk)[0]
        with self.step(1, 6):
            for purpose in _PURPOSES:
                consent_give(
                    subject=f"customer:{self.customer.pk}",
                    purpose=purpose,
                    wording=f"SQ-2025-10-{purpose}",
                    evidence=f"filed:{self.deal.number if self.deal else ''}",
                    actor=self.actor,
                )
            answers_write(party_id=party.pk, values=self._answers(), actor=self.actor)
            down_payment_say(application_id=application.pk, payer="self", actor=self.actor)
        with self.step(1, 10):
            items = items_of(application.pk)
            for item in items if complete else items[: len(items) // 2]:
                content = paper(checklists.item(item.code).zh, f"{self.number} {item.code} {item.party_id}")
                check_hand_in(item_id=item.pk, name=f"{item.code}.png", content=content, actor=self.actor)
        if complete and self.mode is Mode.OWN_BOOK:
            with self.step(1, 4):
                self._bureau(party.pk)
                for item in items_of(application.pk):
                    if item.code == "down_payment":
                        check_accept(item_id=item.pk, actor=acting(self.analyst), day=self.at.date())

    def submit(self) -> None:
        """The file goes to the approvers, or is ready for the lenders."""
        with self.step(0, 3):
            application_submit(application_id=application_of(self.key).pk, actor=self.actor)

    def send(self) -> None:
        """To the lenders of the quote, in parallel."""
        with self.step(0, 2):
            submission_send(
                application_id=application_of(self.key).pk, codes=("jianghe", "changqiao"), actor=self.actor
            )

    def lenders_answer(self, *, decline: bool = False) -> None:
        """One lender approves, the other declines or asks for more; the approval is taken."""
        bank, card = sorted(submissions_of(application_of(self.key).pk), key=lambda one: one.lender_code != "jianghe")
        with self.step(4, 20):
            said = SubmissionState.DECLINED if decline or self.rng.random() < 0.5 else SubmissionState.ASKED_MORE
            self._hear(card.pk, said)
        if decline:
            with self.step(1, 6):
                self._hear(bank.pk, SubmissionState.DECLINED)
            return
        with self.step(2, 16):
            self._hear(bank.pk, SubmissionState.APPROVED)
        with self.step(0, 4):
            submission_win(submission_id=bank.pk, actor=self.actor)

    def decide(self) -> None:
        """Our own approvers: one proposes what the rules say, another opens the papers and agrees."""
        case = case_of(self.key)
        assessment = assessment_of(case.pk) if case is not None else None
        if case is None or assessment is None:
            raise LookupError("no case was opened")
        result = result_in(assessment)
        verdict, said = Verdict.APPROVE, Proposal(Verdict.APPROVE, opinion="收入与流水相符，车辆清楚")
        if overrides(result):
            codes = suggested(result)
            verdict, said = Verdict.DECLINE, Proposal(Verdict.DECLINE, opinion="不符合准入", reasons=codes)
        with self.step(1, 8):
            decision = decision_propose(case_id=case.pk, proposal=said, actor=acting(self.analyst))
        for _ in range(_STEPS):
            if decision.approval is None or decision.approval.state != State.PENDING:
                return
            with self.step(1, 8):
                decision = self._confirm(decision, case.pk, verdict)

    def lose(self, because: LostReason | None = None) -> None:
        """The deal comes to nothing."""
        reason = because or self.rng.choice((LostReason.PAID_CASH, LostReason.OTHER_SHOP, LostReason.WITHDRAWN))
        with self.step(4, 40):
            deal_lose(deal_id=self.key, reason=reason, note="", actor=self.actor)

    def _answers(self) -> dict[str, str | int]:
        person = self.person
        income = person.income if self.weak else max(person.income, self.plan.instalment * 3)
        return {
            "marital": "single",
            "residence": self.rng.choice(("owned", "mortgaged", "family")),
            "home_address": person.address,
            "residence_months": self.rng.randrange(14, 200),
            "licence": "own",
            "job": "salaried",
            "employer": person.employer,
            "employer_phone": person.employer_phone,
            "job_months": self.rng.randrange(14, 150),
            "income_stated": income,
            "income_verified": income * 95 // 100,
            "debt_monthly": person.debt,
            "debt_balance": person.debt * 12,
            "contact_name": "家属",
            "contact_relation": "parent",
            "contact_phone": f"1390000{self.number % 10_000:04}",
        }

    def _bureau(self, party_id: int) -> None:
        figures = BureauFigures(
            open_loans=1 if self.person.debt else 0,
            balance=self.person.debt * 12,
            monthly=self.person.debt,
            card_limit=5_000_000,
            card_used=self.rng.randrange(0, 2_500_000),
            overdue_now=0,
            overdue_accounts=0,
            worst_run=0,
            overdue_months=0,
            queries_3_months=self.rng.randrange(3),
            queries_6_months=2,
            guarantees=0,
            bad_debt=False,
        )
        number = f"{self.at:%Y%m%d}{self.number:07}"
        analyst = acting(self.analyst)
        bureau_write(party_id=party_id, number=number, queried_on=self.at.date(), figures=figures, actor=analyst)

    def _hear(self, submission_id: int, state: SubmissionState) -> None:
        plan = self.plan
        good = state is SubmissionState.APPROVED
        answer = Answer(
            message=f"{submission_id}-{state}",
            seq=1,
            state=state,
            amount=plan.principal if good else None,
            annual_rate=plan.annual_rate if good else None,
            periods=plan.periods if good else None,
            reason=_SAID.get(state, ""),
        )
        submission_answer(submission_id=submission_id, answer=answer, actor=self.actor)

    def _confirm(self, decision: Any, case_id: int, verdict: Verdict) -> Any:
        role = decision.approval.steps[decision.approval.step]
        people = [one for one in self.house.group[role] if one.user_id != decision.proposed_by_id]
        second = people[self.number % len(people)]
        for one in papers_to_see(self.key):
            paper_see(case_id=case_id, paper_id=one.pk, actor=acting(second))
        held = capacities(
            access_of(second.user_id),
            DECIDE,
            amount=decision.amount,
            deviation=decision.deviation,
            store_id=self.store.pk,
            on=clock.business_date(),
        )
        decided = decision_confirm(
            decision_id=decision.pk,
            verdict=verdict,
            digest=decision.approval.digest,
            capacities=held,
            actor=acting(second),
            opinion="同意",
        )
        if decided.approval is not None:
            decided.approval.refresh_from_db()
        return decided

    def soon(self, days: int) -> date:
        return self.at.astimezone(clock.SHANGHAI).date() + timedelta(days=days)
