"""The screens of decisions: papers opened one by one, four buttons, the next case; rules drafted and tried."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from chedai.book.loans.models import BucketMove
from chedai.deals.underwriting.models import Decision, PaperSeen, RuleDraft
from chedai.deals.underwriting.rulebooks import text_on
from chedai.deals.underwriting.rules.book import text_digest
from chedai.deals.underwriting.selectors import papers_to_see
from chedai.deals.underwriting.services.drafting import rule_draft_submit, rule_draft_write
from chedai.deals.underwriting.states import Verdict
from chedai.org.models import Staff
from tests import cast
from tests.conftest import MOMENT
from tests.deals.applying import asked_of_us
from tests.deals.deciding import Chair, chair, presented
from tests.deals.quoting import shelf
from tests.support.ground import begins_with
from tests.web.test_loan_of_deal import lent_for

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, asked_of_us, presented),
    pytest.mark.usefixtures("held_clock"),
]

Browse = Callable[[Staff], Client]


@pytest.fixture
def at() -> Chair:
    return chair()


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_the_first_person_proposes_and_the_second_opens_the_papers(at: Chair, browse: Browse) -> None:
    maker, checker = browse(at.house.approver), browse(at.second)
    path = f"/decisions/{at.case.pk}/"
    text = page(maker, path)
    assert "106,250.00" in text
    assert "受限于" in text
    said = maker.post(path, {"verdict": "approve", "opinion": "资料齐全"})
    assert (said.status_code, said["Location"]) == (302, "/decisions/")
    digest = Decision.objects.get().approval.digest  # type: ignore[union-attr]
    vote = {"verdict": "approve", "opinion": "同意", "digest": digest}
    unread = checker.post(path, vote)
    assert (unread.status_code, "须看过资料再表决" in unread.content.decode()) == (422, True)
    papers = list(papers_to_see(at.road.deal.pk))
    for paper in papers:
        assert checker.get(f"{path}papers/{paper.pk}/").status_code == 200
    assert PaperSeen.objects.filter(user=at.second.user_id).count() == len(papers)
    assert "已全部看过" in page(checker, f"{path}papers/left/")
    assert checker.post(path, vote).status_code == 302
    assert Decision.objects.get().state == "confirmed"
    assert "审批结论" in page(maker, f"/deals/{at.road.deal.number}/decision/")


@pytest.mark.parametrize("verdict", ["approve", "conditional", "return", "decline"])
def test_each_button_asks_for_a_reason(at: Chair, browse: Browse, verdict: str) -> None:
    answer = browse(at.house.approver).post(f"/decisions/{at.case.pk}/", {"verdict": verdict, "opinion": ""})
    assert (answer.status_code, "请写明意见。" in answer.content.decode()) == (422, True)
    assert Decision.objects.count() == 0


def test_the_maker_sees_why_they_may_not_confirm(at: Chair, browse: Browse) -> None:
    at.propose()
    text = page(browse(at.house.approver), f"/decisions/{at.case.pk}/")
    assert "提交人不得审批自己的申请" in text
    assert 'data-key="a"' not in text


def test_the_queue_leads_to_what_this_person_may_decide(at: Chair, browse: Browse) -> None:
    at.propose()
    assert browse(at.second).get("/decisions/next/")["Location"] == f"/decisions/{at.case.pk}/"
    assert browse(at.house.approver).get("/decisions/next/")["Location"] == "/decisions/"


def test_the_memo_is_a_pdf(at: Chair, browse: Browse) -> None:
    answer = browse(at.second).get(f"/decisions/{at.case.pk}/memo/")
    assert (answer["Content-Type"], answer.content[:4]) == ("application/pdf", b"%PDF")


def test_a_draft_of_rules_says_its_faults_and_what_it_would_change(at: Chair, browse: Browse) -> None:
    client = browse(at.house.approver)
    text = text_on("grade", MOMENT.date())
    given = {"content": text.replace('">= 660"', '">= 690"'), "reason": "收紧", "base": text_digest(text)}
    address = client.post("/decisions/rules/grade/write/", given)["Location"]
    assert "660 起没有分箱" in page(client, address)
    whole = given | {"content": text.replace("660", "690").replace('"version": "2026-11-01"', '"version": "2"')}
    again = client.post(f"{address}write/", whole)["Location"]
    shown = page(client, again)
    assert "1 件旧案按草案重算" in shown
    assert at.road.deal.number in shown
    assert RuleDraft.objects.count() == 1
    assert "（100.0%）" not in shown
    lent = lent_for(at.road.deal)
    late = {"day": MOMENT.date(), "was": "M1", "now": "M2", "overdue": 1, "balance": 1, "missed": 2}
    BucketMove.objects.create(loan=lent.loan, **late)
    assert page(client, again).count("1 / 1（100.0%）") == 2  # what was said then, and what the draft says


def test_the_pre_check_says_no_with_rule_and_version(at: Chair, browse: Browse) -> None:
    client = browse(at.house.officer)
    given = {"born": "1961-11-20", "months": "24"}
    text = client.post("/decisions/precheck/", given).content.decode()
    assert "到期年龄 67，上限 65" in text
    assert "eligibility.age_plus_term_max/2024" in text
    assert "不符合" in text


@begins_with(shelf, asked_of_us)
def test_a_declined_customer_is_told_why_and_what_would_pass(browse: Browse) -> None:
    at = chair(income_verified=600_000)
    at.confirm(at.propose(Verdict.DECLINE, reasons=("over-income",)), opinion="同意")
    text = page(browse(at.house.officer), f"/deals/{at.road.deal.number}/decision/")
    assert "申请 100,000.00 元，按核实收入最多 42,808.95 元" in text
    assert "83,000.00" in text
    assert "按今天的规则测算，不是承诺" in text


def test_the_page_of_approvals_leads_to_the_case_and_shows_what_rules_change(at: Chair, browse: Browse) -> None:
    decision = at.propose()
    text = page(browse(at.second), f"/approvals/{decision.approval_id}/")
    assert f'href="/decisions/{at.case.pk}/"' in text
    rules = text_on("grade", MOMENT.date())
    draft = rule_draft_write(
        name="grade",
        content=rules.replace("660", "690").replace('"version": "2026-11-01"', '"version": "2"'),
        reason="收紧",
        base_digest=text_digest(rules),
        actor=cast.acting(at.house.approver),
    )
    sent = rule_draft_submit(draft_id=draft.pk, steps=("compliance",), actor=cast.acting(at.house.approver))
    shown = page(browse(at.chief), f"/approvals/{sent.approval_id}/")
    assert "不小于 690 分" in shown
    assert "grade-6" in shown
