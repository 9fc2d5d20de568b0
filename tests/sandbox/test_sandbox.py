"""The house and the sandbox, two processes: a file goes out signed, answers come back late, twice, in any order."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from pytest_django.live_server_helper import LiveServer

from chedai.deals.applications.models import LenderAnswer, PaperAsk, Submission
from chedai.deals.applications.selectors import items_of, papers_by_item
from chedai.deals.applications.sending import document_of
from chedai.deals.applications.services.lenders import submission_win, submission_withdraw
from chedai.deals.applications.services.lending_papers import paper_token
from chedai.platform import clock
from chedai.platform.audit.models import AuditEntry
from chedai.platform.jobs import worker
from chedai.platform.jobs.models import Job
from tests.conftest import MOMENT
from tests.deals.applying import Case, channel, opened
from tests.house import build
from tests.sandbox.house import SECRET, Sandbox, sandbox

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lenders(live_server: LiveServer) -> Iterator[Sandbox]:
    with sandbox(f"{live_server.url}/lender-callback/{{lender}}/") as started:
        yield started


@pytest.fixture
def case(lenders: Sandbox) -> Case:
    with clock.frozen(MOMENT):
        made = opened(build()).complete()
        made.submit()
        for code in ("jianghe", "changqiao"):
            channel(code, f"{lenders.base}/{code}", SECRET)
    return made


def deliver() -> None:
    """Empty the outbox by the clock on the wall, as the worker does: both sides look at how old a signature is."""
    thread = threading.Thread(target=worker.run_due)
    thread.start()
    thread.join(60)


def state(case: Case, code: str) -> tuple[str, int | None]:
    one = Submission.objects.get(application=case.application, lender_code=code)
    return one.state, one.amount


def send(case: Case, *codes: str) -> None:
    with clock.frozen(MOMENT):
        case.send(*codes)
    deliver()


def heard() -> list[tuple[int, str]]:
    return list(LenderAnswer.objects.order_by("pk").values_list("seq", "heard"))


def test_two_lenders_answer_and_one_is_taken(case: Case, lenders: Sandbox) -> None:
    lenders.order(answer="conditional")
    lenders.order(answer="approved")
    send(case, "jianghe", "changqiao")
    assert {status for _, status in lenders.sent(2)} == {200}
    states = {code: state(case, code) for code in ("jianghe", "changqiao")}
    assert sorted(states.values()) == [("approved", 10_000_000), ("conditional", 10_000_000)]
    first = Submission.objects.get(lender_code="jianghe").rounds.get()
    assert (first.reference.partition("-")[0], len(first.digest)) == ("JIANGHE", 64)
    with clock.frozen(MOMENT):
        submission_win(submission_id=Submission.objects.get(lender_code="jianghe").pk, actor=case.officer)
    deliver()
    told = lenders.until(lambda one: one["withdrawn"])
    assert told["withdrawn"] == [Submission.objects.get(lender_code="changqiao").rounds.get().key]
    assert state(case, "changqiao")[0] == "withdrawn"


def test_an_answer_sent_twice_counts_once(case: Case, lenders: Sandbox) -> None:
    lenders.order(manner="twice", answer="approved")
    send(case, "jianghe")
    statuses = [status for _, status in lenders.sent(2)]
    assert statuses[0] == 200 and statuses[1] in (200, 409)  # the same second makes the same bytes: a recording
    assert (state(case, "jianghe"), heard()) == (("approved", 10_000_000), [(2, "applied")])


def test_out_of_order_the_later_word_stands(case: Case, lenders: Sandbox) -> None:
    lenders.order(manner="out_of_order", answer="approved")
    send(case, "jianghe")
    assert [status for _, status in lenders.sent(2)] == [200, 200]
    assert state(case, "jianghe") == ("approved", 10_000_000)
    assert heard() == [(2, "applied"), (1, "out_of_order")]


def test_a_bad_signature_changes_nothing(case: Case, lenders: Sandbox) -> None:
    lenders.order(manner="bad_signature", answer="approved")
    send(case, "jianghe")
    assert [status for _, status in lenders.sent(1)] == [401]
    assert (state(case, "jianghe"), heard()) == (("sent", None), [])


def test_a_late_answer_to_a_withdrawn_file_is_kept_and_changes_nothing(case: Case, lenders: Sandbox) -> None:
    lenders.order(manner="late", answer="approved")
    send(case, "jianghe")
    assert lenders.state()["held"] == 1
    with clock.frozen(MOMENT):
        submission_withdraw(
            submission_id=Submission.objects.get(lender_code="jianghe").pk, reason="客户改主意", actor=case.officer
        )
    lenders.order(release=True)
    assert [status for _, status in lenders.sent(1)] == [200]
    assert (state(case, "jianghe"), heard()) == (("withdrawn", None), [(2, "too_late")])


def test_asked_for_more_the_next_round_is_decided_anew(case: Case, lenders: Sandbox) -> None:
    lenders.order(answer="asked_more")
    send(case, "jianghe")
    lenders.sent(1)
    assert state(case, "jianghe") == ("asked_more", None)
    with clock.frozen(MOMENT):
        case.renew("social_insurance")
    lenders.order(answer="declined")
    send(case, "jianghe")
    lenders.sent(2)
    rounds = Submission.objects.get(lender_code="jianghe").rounds.order_by("number")
    assert [(one.number, one.state, one.reason) for one in rounds] == [
        (1, "asked_more", "请补充社保缴存证明"),
        (2, "declined", "综合评分不足"),
    ]


def test_the_lender_fetches_the_papers_of_its_file_and_no_longer_once_it_was_taken_back(
    case: Case, lenders: Sandbox, live_server: LiveServer
) -> None:
    lenders.order(answer="approved")
    send(case, "jianghe")
    lenders.sent(1)
    items = items_of(case.application.pk)
    taken = [(one["code"], one["status"], one["good"]) for one in lenders.state()["papers"]]
    assert sorted(taken) == sorted((item.code, 200, True) for item in items)
    fetched = AuditEntry.objects.filter(action="paper.fetched", subject=f"deal:{case.deal.pk}")
    assert {entry.actor for entry in fetched} == {"system:lender-jianghe"} and fetched.count() == len(items)
    round_id = Submission.objects.get(lender_code="jianghe").rounds.get().pk
    (paper, *_), *_ = papers_by_item(case.application).values()
    path = f"{live_server.url}/lender-callback/{{}}/papers/{paper_token(round_id, paper.pk)}/"
    assert _status(path.format("jianghe")) == 200
    assert _status(path.format("changqiao")) == 404  # another lender
    assert _status(path.format("jianghe").replace(f"{round_id}.{paper.pk}.", f"{round_id}.{paper.pk + 1}.")) == 404
    with clock.frozen(MOMENT):
        number = Submission.objects.get(lender_code="jianghe").pk
        submission_withdraw(submission_id=number, reason="客户改主意", actor=case.officer)
    assert _status(path.format("jianghe")) == 404


def test_a_paper_that_cannot_be_had_is_asked_for_again(case: Case, lenders: Sandbox) -> None:
    with clock.frozen(MOMENT):
        (bank,) = case.send("jianghe")
    document = document_of(bank.rounds.get())
    document["papers"][0]["digest"] = "0" * 64
    document["papers"][1]["path"] += "x"
    wanted = sorted(paper["code"] for paper in document["papers"][:2])
    lenders.order(answer="approved")
    assert lenders.post("/jianghe/submissions", document)[0] == 202
    assert [status for _, status in lenders.sent(1)] == [200]
    assert state(case, "jianghe") == ("asked_more", None)
    asked = PaperAsk.objects.filter(submission=bank).values_list("item__code", "item__state", "round", "reason")
    assert sorted(asked) == [(code, "returned", 1, "资料无法读取，请重新提交") for code in wanted]


def _status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_a_file_sent_twice_is_taken_once_and_a_lender_who_is_away_is_tried_again(case: Case, lenders: Sandbox) -> None:
    lenders.order(manner="never")
    send(case, "jianghe")
    Job.objects.filter(kind="lender.send").update(state="waiting", leased_until=None)
    Submission.objects.update(state="sending")
    Submission.objects.get().rounds.update(state="sending")
    deliver()
    assert len(lenders.state()["taken"]) == 1
    with clock.frozen(MOMENT):
        channel("changqiao", "http://127.0.0.1:9/changqiao", SECRET)
        case.send("changqiao")
    deliver()
    waiting = Job.objects.get(kind="lender.send", state="waiting")
    assert (waiting.attempts, waiting.fault, state(case, "changqiao")) == (1, "later", ("sending", None))


def test_the_sandbox_takes_nothing_that_is_not_signed(lenders: Sandbox) -> None:
    assert lenders.post("/jianghe/submissions", {"key": "x"}, secret="other")[0] == 401
    assert lenders.post("/jianghe/submissions", {"key": "x"})[0] == 422
    assert lenders.post("/jianghe/else", {"key": "x"})[0] == 404
    assert lenders.order(manner="loud")["fault"].startswith("manner: normal")
    assert lenders.state() == {"taken": [], "papers": [], "withdrawn": [], "held": 0, "sent": []}
