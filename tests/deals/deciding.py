"""An own-book case before the approvers: officer Lin submits, analyst Wu proposes, Zhao and manager Xu may confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chedai.deals.applications.services.papers import check_accept
from chedai.deals.applications.services.proofs import BureauFigures, bureau_write
from chedai.deals.applications.services.submitting import down_payment_say
from chedai.deals.pipeline.models import Deal
from chedai.deals.underwriting.models import (
    Assessment,
    Decision,
    PayoutCondition,
    PolicyException,
    Rating,
    RuleDraft,
    RuleEdition,
    UnderwritingCase,
)
from chedai.deals.underwriting.rules.flow import Proposal
from chedai.deals.underwriting.selectors import case_of, papers_to_see
from chedai.deals.underwriting.services.cases import paper_see
from chedai.deals.underwriting.services.confirming import decision_confirm
from chedai.deals.underwriting.services.proposing import DECIDE, decision_propose
from chedai.deals.underwriting.states import Verdict
from chedai.org.access import access_of
from chedai.org.authority import capacities
from chedai.org.models import AuthorityLimit, Staff
from chedai.platform import clock
from chedai.platform.approvals.models import Approval, ApprovalDecision
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Refusal, Refusals
from tests import cast
from tests.deals.applying import Case, asked_of_us
from tests.house import SINCE, House
from tests.support.ground import given, lies

CLEAN = {
    "open_loans": 1,
    "balance": 2_000_000,
    "monthly": 100_000,
    "card_limit": 5_000_000,
    "card_used": 500_000,
    "overdue_now": 0,
    "overdue_accounts": 0,
    "worst_run": 0,
    "overdue_months": 0,
    "queries_3_months": 1,
    "queries_6_months": 2,
    "guarantees": 0,
    "bad_debt": False,
}


def figures(**changes: Any) -> BureauFigures:
    """A clean credit report, or one with something in it."""
    return BureauFigures(**CLEAN | changes)


@dataclass(slots=True)
class Chair:
    """A submitted own-book deal and the people who decide on it."""

    road: Case
    second: Staff
    chief: Staff

    @property
    def house(self) -> House:
        return self.road.house

    @property
    def case(self) -> UnderwritingCase:
        found = case_of(self.road.deal.pk)
        assert found is not None
        return found

    def propose(self, verdict: Verdict = Verdict.APPROVE, who: Staff | None = None, **said: Any) -> Decision:
        return decision_propose(
            case_id=self.case.pk,
            proposal=Proposal(verdict, **{"opinion": "资料齐全，同意"} | said),
            actor=cast.acting(who or self.house.approver),
        )

    def see(self, who: Staff) -> None:
        for paper in papers_to_see(self.road.deal.pk):
            paper_see(case_id=self.case.pk, paper_id=paper.pk, actor=cast.acting(who))

    def confirm(
        self, decision: Decision, verdict: Verdict = Verdict.APPROVE, who: Staff | None = None, **said: Any
    ) -> Decision:
        """The second person has opened every paper and speaks."""
        person = who or self.second
        self.see(person)
        return self.speak(decision, verdict, person, **said)

    def speak(self, decision: Decision, verdict: Verdict, who: Staff, **said: Any) -> Decision:
        assert decision.approval is not None
        held = capacities(
            access_of(who.user_id),
            DECIDE,
            amount=decision.amount,
            deviation=decision.deviation,
            store_id=self.house.east.pk,
            on=clock.business_date(),
        )
        return decision_confirm(
            decision_id=decision.pk,
            verdict=verdict,
            digest=decision.approval.digest,
            capacities=held,
            actor=cast.acting(who),
            **said,
        )


def limits() -> None:
    """Approvers decide up to 200,000.00 without deviation; with it, or above, the compliance officer as well."""
    for role, amount, deviation in (("approver", 20_000_000, 500), ("compliance", 100_000_000, 20_000)):
        AuthorityLimit.objects.create(action=DECIDE, since=SINCE, role=role, amount=amount, deviation=deviation)


def chair(
    bureau: dict[str, Any] | None = None,
    payer: str = "self",
    submit: bool = True,
    road: Case | None = None,
    **answers: Any,
) -> Chair:
    """The case as it lies before the approvers, in a house of its own unless a `road` is given."""
    if road is None and submit and not bureau and payer == "self" and not answers and lies(presented):
        return given(presented)
    road = road or given(asked_of_us)
    house = road.house
    if not AuthorityLimit.objects.filter(action=DECIDE).exists():
        limits()
    made = Chair(road, second(house), chief(house))
    prepare(made.road, bureau or {}, payer, **answers)
    if submit:
        made.road.submit()
    return made


def presented() -> Chair:
    """A case like any other, as it lies before the approvers."""
    return chair()


def prepare(road: Case, bureau: dict[str, Any], payer: str, **answers: Any) -> None:
    """Answers, papers, consents, the credit report, and the evidence of the down payment accepted."""
    road.complete(**answers)
    down_payment_say(application_id=road.application.pk, payer=payer, actor=road.officer)
    bureau_write(
        party_id=road.applicant.pk,
        number=f"20261120{road.deal.pk:05}",
        queried_on=clock.business_date(),
        figures=figures(**bureau),
        actor=road.approver,
    )
    for item in road.application.items.filter(code="down_payment"):
        check_accept(item_id=item.pk, actor=road.approver, day=clock.business_date())


def second(house: House) -> Staff:
    """Another analyst."""
    return _person(house, "zhao", "赵琳", "approver", everywhere=False)


def chief(house: House) -> Staff:
    """Who decides above the analysts."""
    return _person(house, "han", "韩冰", "compliance", everywhere=True)


def _person(house: House, username: str, name: str, role: str, *, everywhere: bool) -> Staff:
    known = Staff.objects.filter(user__username=username).first()
    return known or cast.person(username, name, house.east, role, everywhere=everywhere)


TABLES = (
    UnderwritingCase,
    Assessment,
    Decision,
    PayoutCondition,
    PolicyException,
    Rating,
    RuleDraft,
    RuleEdition,
    Approval,
    ApprovalDecision,
    AuditEntry,
    Deal,
)


def rows() -> list[object]:
    """Everything a decision may change."""
    return [row for table in TABLES for row in table.objects.order_by("pk").values_list()]


def refused(step: Callable[[], object], kind: type[Refusal] = Refusal) -> list[str]:
    """The codes a step is refused with; nothing has changed."""
    before = rows()
    with pytest.raises(kind) as caught:
        step()
    assert rows() == before
    found = caught.value
    return [one.code for one in found.refusals] if isinstance(found, Refusals) else [found.code]
