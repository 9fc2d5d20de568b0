"""The memo prints the same bytes for ever; after a decline there is something to offer."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from chedai.deals.underwriting.memo import memo_of, memo_pdf
from chedai.deals.underwriting.nextbest import next_best
from chedai.deals.underwriting.selectors import assessment_of, result_in
from chedai.deals.underwriting.states import Verdict
from chedai.deals.underwriting.telling import reasons_told
from chedai.platform import clock
from tests.conftest import MOMENT
from tests.deals.applying import asked_of_us
from tests.deals.deciding import Chair, chair, presented
from tests.deals.quoting import shelf
from tests.support.ground import begins_with

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, asked_of_us, presented),
    pytest.mark.usefixtures("held_clock"),
]


def memo(at: Chair) -> bytes:
    found = assessment_of(at.case.pk)
    assert found is not None
    return memo_pdf(found)


def test_the_memo_of_a_decision_is_the_same_bytes_a_year_later() -> None:
    at = chair()
    at.confirm(at.propose())
    before = memo(at)
    with clock.frozen(MOMENT + timedelta(days=365)):
        assert memo(at) == before
    assert before.startswith(b"%PDF")


def test_the_memo_says_grade_limit_binding_and_who_decided(tmp_path: Path) -> None:
    at = chair()
    at.confirm(at.propose())
    found = assessment_of(at.case.pk)
    assert found is not None
    said = memo_of(found)
    assert (said["grade"], said["score"], said["limit"], said["binding"]) == ("A", 670, 10_625_000, "车辆成数")
    assert sum(line["points"] for line in said["points"]) == 670
    assert said["decision"]["verdict"] == "通过"
    assert (said["decision"]["proposed_by"], said["decision"]["closed_by"]) == ("吴敏", "赵琳")
    paper = tmp_path / "memo.pdf"
    paper.write_bytes(memo_pdf(found))
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True).stdout
    for figure in ("106,250.00", "100,000.00", "80.00%", "35.98%", "670", "受限于车辆成数", found.digest[:16]):
        assert figure in text


def test_before_the_decision_the_memo_has_none() -> None:
    at = chair()
    at.propose()
    found = assessment_of(at.case.pk)
    assert found is not None
    assert memo_of(found)["decision"] is None


@begins_with(shelf, asked_of_us)
def test_a_decline_is_told_in_plain_words_with_what_would_pass() -> None:
    at = chair(income_verified=600_000)
    found = assessment_of(at.case.pk)
    assert found is not None
    best = next_best(found)
    levers = {change.lever: (change.before, change.after) for change in best.changes}
    # 42,808.95 can be carried: 57,191.05 more, in whole thousands
    assert levers["down_payment"] == (2_500_000, 8_300_000)
    assert best.wish.down_payment == 8_300_000
    assert best.plans
    assert all(plan.down_payment >= 8_300_000 for plan in best.plans)
    decision = at.confirm(at.propose(Verdict.DECLINE, reasons=("over-income",)))
    said = reasons_told(result_in(decision.assessment), tuple(decision.reasons))
    assert [one.zh for one in said] == ["申请 100,000.00 元，按核实收入最多 42,808.95 元"]
    assert said[0].advice_zh == "可增加首付款、延长期限，或由有核实收入的配偶、共同借款人一起申请。"
