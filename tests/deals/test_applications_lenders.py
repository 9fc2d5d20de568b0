"""One file before several lenders: rounds, answers late, twice and out of order, one that wins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from chedai.deals.applications.events import LenderFunded, LenderWon
from chedai.deals.applications.models import Application, LenderAnswer, PaperAsk, Submission, SubmissionRound
from chedai.deals.applications.selectors import items_of, submissions_of, won_submission
from chedai.deals.applications.services.lenders import (
    Answer,
    Replayed,
    lender_answer_hear,
    submission_answer,
    submission_funded,
    submission_win,
    submission_withdraw,
)
from chedai.deals.applications.services.submitting import application_back_to_quote
from chedai.deals.applications.states import SubmissionState
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_read
from chedai.deals.pipeline.states import Mode
from chedai.deals.quotes.services import quote_accept
from chedai.platform import clock, events
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from chedai.platform.jobs.models import Job
from chedai.platform.privacy.services import consent_withdraw
from tests.conftest import MOMENT
from tests.deals.applying import Case, asked_for, channel, completed, item, opened
from tests.deals.quoting import CARD, LEVEL, Desk, asked, deal_for, shelf
from tests.support.ground import begins_with, given
from tests.support.racing import race

pytestmark = [pytest.mark.django_db, begins_with(shelf, asked_for, completed)]


@pytest.fixture
def case(held_clock: object) -> Case:
    made = given(completed)
    made.submit()
    return made


def rows() -> list[object]:
    tables = (Application, Submission, SubmissionRound, LenderAnswer, Deal, Job, AuditEntry)
    return [row for table in tables for row in table.objects.order_by("pk").values_list()]


def says(state: SubmissionState, seq: int = 1, message: str = "", **given: Any) -> Answer:
    terms = {"amount": 9_000_000, "annual_rate": 5_880_000, "periods": 36}
    known = terms if state in (SubmissionState.APPROVED, SubmissionState.CONDITIONAL) else {}
    if state is SubmissionState.CONDITIONAL:
        known["conditions"] = ("放款前安装车载定位",)  # type: ignore[assignment]
    return Answer(message=message or f"m{seq}", seq=seq, state=state, **known | given)  # type: ignore[arg-type]


def answered(submission: Submission, state: SubmissionState, case: Case) -> Submission:
    return submission_answer(submission_id=submission.pk, answer=says(state), actor=case.officer)


def by_code(case: Case) -> dict[str, Submission]:
    return {one.lender_code: one for one in submissions_of(case.application.pk)}


def test_one_file_goes_to_several_lenders_each_with_its_terms(case: Case) -> None:
    bank, card = by_code_of(case.send())
    assert (bank.state, card.state) == ("sent", "sent")
    first = bank.rounds.get()
    assert (first.number, first.asked_amount, first.asked_periods, first.state) == (1, 10_000_000, 36, "sent")
    deal = deal_read(case.deal.pk)
    assert (deal.turn, deal.next_step) == ("lender", "等待贷款机构答复")
    before = rows()
    with pytest.raises(Conflict) as refused:
        case.send("jianghe")
    assert (refused.value.code, rows()) == ("submission-state", before)


def test_what_goes_by_machine_is_written_as_the_tables_would_write_it_with_a_job_for_each_round(case: Case) -> None:
    for code in ("jianghe", "changqiao"):
        channel(code, f"https://{code}.example/files", "s" * 32)
    sent = case.send()
    for one in sent:
        stands = SubmissionRound.objects.get(submission=one)
        file = Submission(
            pk=one.pk,
            application=case.application,
            lender_code=one.lender_code,
            lender_name=one.lender_name,
            channel="http",
            product_code=one.product_code,
            product_version=one.product_version,
            made_at=MOMENT,
            changed_at=MOMENT,
        )
        current = SubmissionRound(
            pk=stands.pk,
            submission=one,
            number=1,
            key=f"{case.deal.number}-{one.pk}-1",
            asked_amount=stands.asked_amount,
            asked_rate=stands.asked_rate,
            asked_periods=stands.asked_periods,
            state=SubmissionState.SENDING,
            opened_at=MOMENT,
        )
        for made, kept in ((file, Submission.objects.get(pk=one.pk)), (current, stands)):
            names = [field.attname for field in made._meta.concrete_fields]
            assert {name: getattr(kept, name) for name in names} == {name: getattr(made, name) for name in names}
        job = Job.objects.get(key=f"lender.send:{stands.pk}")
        assert (job.kind, job.payload, job.asked_by) == ("lender.send", {"round": stands.pk}, case.officer.key)
    told = AuditEntry.objects.filter(action="submission.sent", subject=f"deal:{case.deal.pk}")
    assert (len(sent), told.count(), Job.objects.filter(kind="lender.send").count()) == (2, 2, 2)


def by_code_of(sent: list[Submission]) -> tuple[Submission, Submission]:
    held = {one.lender_code: one for one in sent}
    return held["jianghe"], held["changqiao"]


def test_nothing_is_sent_without_consent_before_submission_or_on_the_houses_own_book(held_clock: object) -> None:
    case = given(completed)
    before = rows()
    with pytest.raises(Conflict):
        case.send()
    assert rows() == before
    case.submit()
    consent_withdraw(subject=f"customer:{case.deal.customer_id}", purpose="share_lender", actor=case.officer)
    before = rows()
    with pytest.raises(Refusal) as refused:
        case.send()
    assert (refused.value.code, rows()) == ("consent-missing", before)
    own = opened(case.house, Mode.OWN_BOOK, Desk(case.house, deal_for(case.house, "周洋", "13600001111")))
    with pytest.raises(Refusal) as refused:
        own.send("jianghe")
    assert refused.value.code == "own-book"


def test_an_approval_names_its_terms_and_a_condition_its_words(case: Case) -> None:
    bank, _ = by_code_of(case.send())
    before = rows()
    for answer, code in (
        (Answer(message="m", seq=1, state=SubmissionState.APPROVED), "answer-terms"),
        (says(SubmissionState.CONDITIONAL, conditions=()), "answer-conditions"),
        (says(SubmissionState.WON), "answer-state"),
    ):
        with pytest.raises(Refusal) as refused:
            submission_answer(submission_id=bank.pk, answer=answer, actor=case.officer)
        assert refused.value.code == code
    assert rows() == before


def test_every_round_is_kept(case: Case) -> None:
    bank, _ = by_code_of(case.send())
    answered(bank, SubmissionState.ASKED_MORE, case)
    assert deal_read(case.deal.pk).next_step == "贷款机构要求补件"
    case.send("jianghe")
    answered(bank, SubmissionState.DECLINED, case)
    case.send("jianghe")
    answered(bank, SubmissionState.CONDITIONAL, case)
    rounds = list(bank.rounds.order_by("number").values_list("number", "state", "amount"))
    assert rounds == [(1, "asked_more", None), (2, "declined", None), (3, "conditional", 9_000_000)]
    assert deal_read(case.deal.pk).next_step == "贷款机构已批复，请选定一家"


def test_what_a_lender_asks_for_stands_on_the_checklist_and_the_next_round_waits_for_it(case: Case) -> None:
    """A paper that was here goes back; one that nobody wanted before comes; both name the lender and the round."""
    bank, _ = by_code_of(case.send())
    said = says(SubmissionState.ASKED_MORE, papers=("bank_statement", "invoice_copy"), reason="流水不足六个月")
    submission_answer(submission_id=bank.pk, answer=said, actor=case.officer)
    asks = PaperAsk.objects.order_by("pk").values_list("item__code", "submission__lender_code", "round", "item__state")
    assert list(asks) == [("bank_statement", "jianghe", 1, "returned"), ("invoice_copy", "jianghe", 1, "missing")]
    assert item(case, "bank_statement").reason == f"{bank.lender_name}：流水不足六个月"
    before = rows()
    with pytest.raises(Refusals) as refused:
        case.send("jianghe")
    assert ([one.code for one in refused.value.refusals], rows()) == (["asked-paper-missing"] * 2, before)
    case.renew("bank_statement")
    case.renew("invoice_copy")
    case.send("jianghe")
    assert by_code(case)["jianghe"].round == 2


def test_what_only_a_withdrawn_lender_asked_for_is_wanted_no_more(case: Case) -> None:
    bank, _ = by_code_of(case.send())
    said = says(SubmissionState.ASKED_MORE, papers=("invoice_copy",))
    submission_answer(submission_id=bank.pk, answer=said, actor=case.officer)
    assert item(case, "invoice_copy").state == "missing"
    submission_withdraw(submission_id=bank.pk, reason="客户改主意", actor=case.officer)
    assert "invoice_copy" not in {one.code for one in items_of(case.application.pk)}


def test_one_lender_wins_and_the_others_are_withdrawn(case: Case) -> None:
    heard: list[LenderWon] = []
    before = events.wiring()
    events.install({LenderWon: [heard.append]})
    try:
        bank, card = by_code_of(case.send())
        with pytest.raises(Conflict):
            submission_win(submission_id=bank.pk, actor=case.officer)
        answered(card, SubmissionState.CONDITIONAL, case)
        submission_win(submission_id=card.pk, actor=case.officer)
    finally:
        events.install(before)
    assert {code: one.state for code, one in by_code(case).items()} == {"jianghe": "withdrawn", "changqiao": "won"}
    assert heard == [LenderWon(case.deal.pk, card.pk)]
    won = won_submission(case.deal.pk)
    assert won is not None and (won.amount, won.conditions) == (9_000_000, ["放款前安装车载定位"])
    deal = deal_read(case.deal.pk)
    assert (deal.amount, deal.lender_code) == (9_000_000, "changqiao")
    state = rows()
    for refused in (
        lambda: submission_win(submission_id=bank.pk, actor=case.officer),
        lambda: answered(bank, SubmissionState.APPROVED, case),
        lambda: case.send("jianghe"),
    ):
        with pytest.raises(Conflict):
            refused()
    assert rows() == state
    submission_funded(submission_id=card.pk, actor=case.officer)
    assert by_code(case)["changqiao"].state == "funded"


def test_all_declined_the_deal_goes_back_to_the_quote_and_the_next_plan_keeps_the_papers(case: Case) -> None:
    bank, _ = by_code_of(case.send())
    answered(bank, SubmissionState.DECLINED, case)
    number, before = case.application.pk, rows()
    with pytest.raises(Refusal) as refused:
        application_back_to_quote(application_id=number, reason=" ", actor=case.officer)
    assert (refused.value.code, rows()) == ("reason-missing", before)
    with clock.frozen(MOMENT + timedelta(minutes=30)):
        application_back_to_quote(application_id=number, reason="额度不够", actor=case.officer)
    assert (case.application.state, deal_read(case.deal.pk).stage) == ("closed", "quote")
    assert {one.state for one in by_code(case).values()} == {"declined", "withdrawn"}
    with clock.frozen(MOMENT + timedelta(hours=1)):
        again = case.desk.offer(LEVEL, CARD, wish=asked(down_payment=4_500_000))
        quote_accept(quote_id=again.pk, plan=1, actor=case.officer)
        application = case.application
        assert (application.pk, application.state, application.round) == (number, "filling", 2)
        assert deal_read(case.deal.pk).amount == 8_000_000
        assert case.submit().state == "submitted"
        (first, second) = by_code_of(case.send())
    assert [r.asked_amount for r in first.rounds.order_by("number")] == [10_000_000, 8_000_000]
    assert second.round == 2


# ---- messages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def wired(case: Case) -> tuple[Case, Submission, str]:
    """Jianghe answers by its channel; the file has been taken from the outbox."""
    channel("jianghe", "http://127.0.0.1:9/jianghe", "s" * 32)
    (bank,) = case.send("jianghe")
    return case, bank, bank.rounds.get().key


def hear(key: str, answer: Answer, signature: str = "") -> str:
    return lender_answer_hear(
        lender_code="jianghe", key=key, answer=answer, signature=signature or f"sig-{answer.message}"
    )


def test_the_file_waits_in_the_outbox_once(wired: tuple[Case, Submission, str]) -> None:
    _, bank, key = wired
    assert (bank.state, key) == ("sending", f"{bank.application.deal.number}-{bank.pk}-1")
    job = Job.objects.get(kind="lender.send")
    assert job.payload == {"round": bank.rounds.get().pk}  # no personal data in a job
    with pytest.raises(Refusal) as refused:
        submission_answer(submission_id=bank.pk, answer=says(SubmissionState.APPROVED), actor=wired[0].officer)
    assert refused.value.code == "submission-channel"


def test_a_message_twice_counts_once_and_a_recording_is_refused(wired: tuple[Case, Submission, str]) -> None:
    _, bank, key = wired
    answer = says(SubmissionState.APPROVED, seq=2)
    assert hear(key, answer, "sig-one") == "applied"
    before = rows()
    assert hear(key, answer, "sig-two") == "duplicate"  # signed anew: an honest second sending
    with pytest.raises(Replayed):
        hear(key, answer, "sig-one")
    assert rows() == before
    bank.refresh_from_db()
    assert (bank.state, bank.amount) == ("approved", 9_000_000)


def test_an_earlier_message_that_comes_later_is_kept_and_changes_nothing(wired: tuple[Case, Submission, str]) -> None:
    _, bank, key = wired
    hear(key, says(SubmissionState.APPROVED, seq=2))
    assert hear(key, says(SubmissionState.ASKED_MORE, seq=1)) == "out_of_order"
    bank.refresh_from_db()
    assert (bank.state, bank.rounds.get().seq) == ("approved", 2)
    assert list(LenderAnswer.objects.order_by("pk").values_list("seq", "heard")) == [
        (2, "applied"),
        (1, "out_of_order"),
    ]


def test_an_answer_on_a_withdrawn_round_is_kept_and_changes_nothing(wired: tuple[Case, Submission, str]) -> None:
    case, bank, key = wired
    submission_withdraw(submission_id=bank.pk, reason="客户改主意", actor=case.officer)
    assert Job.objects.filter(kind="lender.withdraw").count() == 1
    assert hear(key, says(SubmissionState.APPROVED, seq=2)) == "too_late"
    bank.refresh_from_db()
    assert (bank.state, bank.amount, LenderAnswer.objects.get().heard) == ("withdrawn", None, "too_late")
    case.send("jianghe")
    assert hear(key, says(SubmissionState.DECLINED, seq=3, message="m3")) == "too_late"  # of the round before
    bank.refresh_from_db()
    assert (bank.state, bank.round) == ("sending", 2)


def test_the_lender_that_was_taken_says_that_the_money_is_out(wired: tuple[Case, Submission, str]) -> None:
    case, bank, key = wired
    told: list[LenderFunded] = []
    hear(key, says(SubmissionState.APPROVED, seq=1))
    paid = Answer(
        message="m9",
        seq=9,
        state=SubmissionState.FUNDED,
        amount=9_000_000,
        paid_on=MOMENT.date(),
        reference="P-1",
    )
    assert hear(key, paid) == "too_late"  # nobody has taken it
    submission_win(submission_id=bank.pk, actor=case.officer)
    before = rows()
    with pytest.raises(Refusal) as refused:
        hear(key, Answer(message="m8", seq=8, state=SubmissionState.FUNDED, amount=9_000_000))
    assert (refused.value.code, rows()) == ("answer-payout", before)
    for day in (timedelta(1), -timedelta(1)):  # a day ahead; before the lender had the file
        with pytest.raises(Refusal) as refused:
            hear(key, structs.replace(paid, message="m7", paid_on=MOMENT.date() + day))
        assert (refused.value.code, refused.value.field, rows()) == ("answer-payout-day", "paid_on", before)
    wiring = events.wiring()
    events.install({LenderFunded: [told.append]})
    try:
        assert hear(key, structs.replace(paid, message="m10")) == "applied"
        assert hear(key, structs.replace(paid, message="m11", seq=11)) == "too_late"
    finally:
        events.install(wiring)
    assert told == [LenderFunded(case.deal.pk, bank.pk, 9_000_000, MOMENT.date(), "P-1")]
    assert by_code(case)["jianghe"].state == "funded"


def test_a_lender_speaks_of_its_own_rounds_only(wired: tuple[Case, Submission, str]) -> None:
    _, _, key = wired
    before = rows()
    with pytest.raises(NotFound):
        lender_answer_hear(lender_code="changqiao", key=key, answer=says(SubmissionState.APPROVED), signature="x")
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_two_who_take_two_lenders_at_once_take_one() -> None:
    with clock.frozen(MOMENT):
        case = given(completed)
        case.submit()
        sent = by_code_of(case.send())
        for one in sent:
            answered(one, SubmissionState.APPROVED, case)
    numbers = [one.pk for one in sent]
    results = race(lambda at: submission_win(submission_id=numbers[at], actor=case.officer), 2)
    refused = [one for one in results if isinstance(one, Conflict)]
    assert (len(refused), refused[0].code) == (1, "lender-won")
    assert sorted(one.state for one in by_code(case).values()) == ["withdrawn", "won"]
