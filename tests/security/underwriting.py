"""Decisions behind their addresses: a decided case in each store, of somebody there; drafts of who wrote them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from chedai.deals.pipeline.models import Deal
from chedai.deals.underwriting.models import Assessment, Decision, PayoutCondition, UnderwritingCase
from chedai.deals.underwriting.rulebooks import book_on, text_on, texts_keep
from chedai.deals.underwriting.rules.book import text_digest
from chedai.deals.underwriting.rules.deciding import decide
from chedai.deals.underwriting.rules.values import canonical, canonical_rules, digest_of
from chedai.deals.underwriting.services.drafting import PUBLISH, rule_draft_write
from chedai.org.models import AuthorityLimit, Staff, Store
from chedai.platform import clock
from chedai.platform.files.services import paper_hand_in
from tests import cast
from tests.browser.customers import PNG
from tests.deals.underwriting_cases import case as inputs
from tests.house import SINCE
from tests.security import applications

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]


def _case(house: House, store: Store) -> UnderwritingCase:
    """A decided case on the deal of the officer of a store."""
    deal = Deal.objects.get(number=applications.OF_STORE["deal_application"](house, store)["number"])
    found = UnderwritingCase.objects.filter(deal=deal).first()
    if found is not None:
        return found
    now = clock.now()
    made = UnderwritingCase.objects.create(
        deal=deal, application=0, kind="full", state="decided", opened_at=now, due_at=now
    )
    _decision(made, house.targets[store.pk])
    return made


def _decision(case: UnderwritingCase, by: Staff) -> None:
    book = book_on(clock.business_date())
    result = decide(inputs(), book)
    with_rules = canonical(inputs()), canonical_rules(result.rules), canonical(result)
    texts_keep(book)
    assessment = Assessment.objects.create(
        case=case,
        inputs=with_rules[0],
        rules=with_rules[1],
        result=with_rules[2],
        digest=digest_of(*with_rules),
        outcome=result.outcome,
        made_at=clock.now(),
    )
    decision = Decision.objects.create(
        case=case,
        assessment=assessment,
        state="confirmed",
        verdict="return",
        amount=1,
        annual_rate=1,
        periods=1,
        lender_code="x",
        plan_digest="0" * 64,
        proposed_by=by.user,
        proposed_at=clock.now(),
    )
    PayoutCondition.objects.create(
        deal_id=case.deal_id, source="decision", source_id=decision.pk, code="gps", zh="定位", en="gps", set_by="system"
    )


def _values(house: House, store: Store) -> Values:
    case = _case(house, store)
    by = house.targets[store.pk]
    paper = paper_hand_in(
        subject=f"deal:{case.deal_id}", purpose="check:1", name="x.png", content=PNG, actor=cast.acting(by)
    )
    decision = case.decisions.get()
    condition = PayoutCondition.objects.get(source_id=decision.pk, source="decision")
    return {
        "case_id": case.pk,
        "paper_id": paper.pk,
        "decision_id": decision.pk,
        "condition_id": condition.pk,
        "number": case.deal.number,
    }


def _draft(by: Staff) -> Values:
    AuthorityLimit.objects.get_or_create(
        action=PUBLISH, since=SINCE, role="compliance", defaults={"amount": 0, "deviation": 0}
    )
    text = text_on("grade", clock.business_date())
    written = rule_draft_write(
        name="grade",
        content=text.replace('"version": "2026-11-01"', '"version": "2026-12-01"'),
        reason="新版本",
        base_digest=text_digest(text),
        actor=cast.acting(by),
    )
    return {"draft_id": written.pk}


SCREENS: Final = (
    "case", "case_paper", "case_papers_left", "case_assess", "case_rate", "case_memo", "decision_withdraw", "condition",
    "deal_decision",
)  # fmt: skip
OPERATIONS: Final = (
    "get /cases/{case_id}",
    "post /cases/{case_id}/assessments",
    "post /cases/{case_id}/papers/{paper_id}/views",
    "post /cases/{case_id}/ratings",
    "post /cases/{case_id}/decisions",
    "get /decisions/{decision_id}",
    "get /decisions/{decision_id}/replay",
    "get /decisions/{decision_id}/conditions",
    "post /decisions/{decision_id}/confirmations",
    "post /decisions/{decision_id}/withdrawal",
    "post /conditions/{condition_id}/met",
)
OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = dict.fromkeys((*SCREENS, *OPERATIONS), _values)
OF_PERSON: Final[dict[str, Callable[[Staff], Values]]] = dict.fromkeys(
    ("rule_draft_submit", "rule_draft_withdraw"), _draft
)
OF_HOUSE: Final[dict[str, Callable[[House], Values]]] = {
    **dict.fromkeys(("rule_set", "rule_write", "rule_grid"), lambda house: {"name": "grade"}),
    **dict.fromkeys(
        ("rule_draft", "rule_draft_edit", "rule_draft_grid"), lambda house: _draft(house.targets[house.here.pk])
    ),
    "get /rules/{name}": lambda house: {"name": "grade"},
    "post /rules/{name}/drafts": lambda house: {"name": "grade"},
}
BODIES: Final[dict[str, Any]] = {
    "post /cases/{case_id}/ratings": {"answers": {}},
    "post /cases/{case_id}/decisions": {"verdict": "approve"},
    "post /decisions/{decision_id}/confirmations": {"verdict": "approve", "digest": "0" * 64},
    "post /conditions/{condition_id}/met": {"evidence": "已核对"},
    "post /rules/{name}/drafts": {"document": {}, "reason": "新版本", "base_digest": "0" * 64},
}
