"""One file before several lenders: sending it, hearing what they say, taking one of them.

A lender answers on its own time: late, twice, out of order. Its messages carry a number that grows within a round; one
that comes after a later one is kept and changes nothing, as does one on a round that is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from chedai.deals.applications import plans, steps
from chedai.deals.applications.events import LenderFunded, LenderWon
from chedai.deals.applications.models import Application, LenderAnswer, Submission, SubmissionRound
from chedai.deals.applications.selectors import (
    application_lock,
    parties_of,
    round_now,
    round_of_key,
    submission_lock,
    submission_read,
    submissions_lock,
    submissions_numbered,
)
from chedai.deals.applications.services import withdrawing
from chedai.deals.applications.services.asking import papers_ask, refuse_unanswered
from chedai.deals.applications.services.rounds import Going, rounds_open
from chedai.deals.applications.states import (
    ANSWERS,
    SUBMISSION_MOVES,
    WINNABLE,
    ApplicationState,
    Heard,
    Liability,
    SubmissionState,
)
from chedai.deals.pipeline.services import deal_describe, deal_turn
from chedai.deals.pipeline.states import Mode, Turn
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.privacy.services import consent_require
from chedai.platform.work import emit, record, service

OVER = (SubmissionState.WON, SubmissionState.FUNDED)


class Answer(Struct, frozen=True, kw_only=True):
    """What a lender says of one round: money in fen, rates in 1e-8 a year, papers by their codes.

    Of the money that is out it says the amount, the day and its own number of the payment.
    """

    message: str
    seq: int
    state: SubmissionState
    amount: int | None = None
    annual_rate: int | None = None
    periods: int | None = None
    conditions: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    reason: str = ""
    paid_on: date | None = None
    reference: str = ""


class Replayed(Conflict):
    """The very bytes of a message that was heard before: somebody plays a recording."""


@service
def submission_send(*, application_id: int, codes: Sequence[str], actor: Actor) -> list[Submission]:
    """Send the file to lenders of the quote, in parallel. A lender that has it already is refused, not sent twice.

    Errors: `Refusal` for own-book deals, lenders that are blocked, and people who did not agree to share; `Conflict`
    before the application was submitted and after a lender was taken.
    """
    application = application_lock(application_id)
    if application.deal.mode == Mode.OWN_BOOK:
        raise Refusal("own-book", "自营放款由本公司审批，不送其他机构", "the house decides on its own book")
    if application.state != ApplicationState.SUBMITTED:
        raise Conflict("application-state", "请先提交进件，再送贷款机构", "submit the application first")
    numbers = rounds_open(application, _going(application, codes), actor)
    deal_turn(deal_id=application.deal_id, turn=Turn.LENDER, next_step=steps.WAIT_LENDER, actor=actor)
    return submissions_numbered(numbers)


@service
def submission_withdraw(*, submission_id: int, reason: str, actor: Actor) -> Submission:
    """Take the file back from one lender, with the reason."""
    if not reason.strip():
        raise Refusal("reason-missing", "请写明撤回原因", "say why it is withdrawn", field="reason")
    submission = _locked(submission_id)
    withdrawing.withdraw(submission, reason.strip(), actor)
    return submission


@service
def submission_answer(*, submission_id: int, answer: Answer, actor: Actor) -> Submission:
    """Write down what a lender without a channel said. Errors: `Conflict` where the table knows no such move."""
    submission = _locked(submission_id)
    if submission.channel == "http":
        zh, en = "该机构由系统接口答复，不能手工填写", "this lender answers by its channel"
        raise Refusal("submission-channel", zh, en)
    current = round_now(submission)
    refused = _answer_refusal(submission, answer)
    if refused is not None:
        raise refused
    seq = current.seq + 1
    message = f"staff-{current.pk}-{seq}"
    _keep(current, answer, message, seq, Heard.APPLIED, "", actor)
    _apply(submission, current, answer, seq, actor)
    return submission


@service
def lender_answer_hear(*, lender_code: str, key: str, answer: Answer, signature: str) -> str:
    """A signed message of a lender on the round with `key`; what became of it: a `Heard`, or "duplicate".

    Errors: `NotFound` for a round that is not this lender's; `Replayed` for the same bytes again.
    """
    actor = system(f"lender-{lender_code}")
    found = round_of_key(lender_code, key)
    submission = _locked(found.submission_id)
    current = SubmissionRound.objects.get(pk=found.pk)
    same = current.answers.filter(message=answer.message).first()
    if same is not None:
        if same.signature == signature:
            raise Replayed("replayed", "该消息已收到过", "these very bytes were heard before")
        return "duplicate"
    heard = _heard(submission, current, answer)
    _keep(current, answer, answer.message, answer.seq, heard, signature, actor)
    facts: dict[str, Scalar] = {"lender": lender_code, "round": current.number, "says": answer.state.value}
    subject = f"deal:{submission.application.deal_id}"
    record(actor=actor, action="submission.heard", subject=subject, facts={**facts, "heard": heard.value})
    if heard is Heard.APPLIED and answer.state is SubmissionState.FUNDED:
        current.seq = answer.seq
        current.save(update_fields=["seq"])
        _funded(submission, actor, answer)
    elif heard is Heard.APPLIED:
        _apply(submission, current, answer, answer.seq, actor)
    return heard.value


@service
def submission_win(*, submission_id: int, actor: Actor) -> Submission:
    """Take one lender's approval; the file is withdrawn from every other. Errors: `Conflict` after the first."""
    application = application_lock(submission_read(submission_id).application_id)
    everyone = {one.pk: one for one in submissions_lock(application.pk)}
    submission = everyone[submission_id]
    if any(one.state in OVER for one in everyone.values()):
        raise Conflict("lender-won", "已选定贷款机构", "a lender has been taken")
    if submission.state not in WINNABLE or submission.amount is None:
        raise Conflict("submission-state", "该机构尚未批复，不能选定", "this lender has not approved")
    _turn(submission, SubmissionState.WON)
    withdrawing.withdraw_all(application, "已选定其他机构", actor, but=submission.pk)
    facts: dict[str, Scalar] = {"lender": submission.lender_code, "amount": submission.amount}
    facts["round"] = submission.round
    record(actor=actor, action="submission.won", subject=f"deal:{application.deal_id}", facts=facts)
    deal_describe(
        deal_id=application.deal_id,
        amount=submission.amount,
        lender_code=submission.lender_code,
        lender_name=submission.lender_name,
        actor=actor,
    )
    emit(LenderWon(application.deal_id, submission.pk))
    return submission


@service
def submission_funded(*, submission_id: int, actor: Actor) -> Submission:
    """The lender that was taken has paid out."""
    submission = _locked(submission_id)
    if submission.state != SubmissionState.WON:
        raise Conflict("submission-state", "该机构未选定", "this lender was not taken")
    _funded(submission, actor, None)
    return submission


def _funded(submission: Submission, actor: Actor, said: Answer | None) -> None:
    """The money is out, by the lender's own message or (`said` None) as staff wrote it down."""
    _turn(submission, SubmissionState.FUNDED)
    deal_id = submission.application.deal_id
    facts: dict[str, Scalar] = {"lender": submission.lender_code}
    if said is not None and said.amount and said.paid_on:
        facts |= {"amount": said.amount, "paid_on": said.paid_on.isoformat()}
    record(actor=actor, action="submission.funded", subject=f"deal:{deal_id}", facts=facts)
    told = (said.amount, said.paid_on, said.reference) if said is not None else ()
    emit(LenderFunded(deal_id, submission.pk, *told))


def _locked(submission_id: int) -> Submission:
    """One submission, after its deal and application: locks are always taken in this order."""
    application_lock(submission_read(submission_id).application_id)
    return submission_lock(submission_id)


def _refuse_unshared(application: Application) -> None:
    for party in parties_of(application.pk):
        if party.liability != Liability.AWARE:
            consent_require(f"customer:{party.customer_id}", "share_lender")


def _going(application: Application, codes: Sequence[str]) -> list[Going]:
    """The file on its way to each of the lenders. Errors: as of `submission_send`."""
    options = {one.lender_code: one for one in plans.options_of(application)}
    if not codes or not set(codes) <= options.keys():
        zh, en = "请从报价中的贷款机构里选择", "choose among the lenders of the quote"
        raise Refusal("lenders-unknown", zh, en, field="codes")
    _refuse_unshared(application)
    standing = {one.lender_code: one for one in submissions_lock(application.pk)}
    if any(one.state in OVER for one in standing.values()):
        raise Conflict("lender-won", "已选定贷款机构", "a lender has been taken")
    lenders, going = plans.lenders_by_code(codes), []
    for code in sorted(set(codes)):
        lender = lenders.get(code)
        if lender is None or lender.state != "open":
            name = options[code].lender_name
            raise Refusal("lender-blocked", f"{name} 已停用，不能送审", f"{name} takes no new business", field="codes")
        one = Going(lender, options[code], standing.get(code))
        if one.standing is not None:
            _next_round(one.standing, one.state)
        going.append(one)
    return going


def _next_round(submission: Submission, state: SubmissionState) -> None:
    if state not in SUBMISSION_MOVES[SubmissionState(submission.state)]:
        zh = f"{submission.lender_name} 正在审核，不能重复送审"
        raise Conflict("submission-state", zh, f"{submission.lender_name} has the file already")
    refuse_unanswered(submission)
    submission.round += 1
    submission.state, submission.changed_at = state, clock.now()
    submission.amount = submission.annual_rate = submission.periods = None
    submission.conditions = []
    submission.save()


def _answer_refusal(submission: Submission, answer: Answer) -> Refusal | None:
    """Why an answer cannot be taken as it is."""
    if answer.state not in ANSWERS:
        return Refusal("answer-state", "请选择机构的答复", "choose what the lender answered", field="state")
    if answer.state not in SUBMISSION_MOVES[SubmissionState(submission.state)]:
        return Conflict("submission-state", "该次送审已结束", "this round is over")
    if answer.state in WINNABLE and not (answer.amount and answer.periods and answer.annual_rate is not None):
        zh, en = "批复须有金额、利率与期数", "an approval names amount, rate and number of instalments"
        return Refusal("answer-terms", zh, en, field="amount")
    if answer.state is SubmissionState.CONDITIONAL and not answer.conditions:
        return Refusal("answer-conditions", "有条件通过须写明条件", "name the conditions", field="conditions")
    return None


def _heard(submission: Submission, current: SubmissionRound, answer: Answer) -> Heard:
    if answer.state is SubmissionState.FUNDED:
        return _heard_funded(submission, current, answer)
    if current.number != submission.round or submission.state in (SubmissionState.WITHDRAWN, *OVER):
        return Heard.TOO_LATE
    if answer.seq <= current.seq:
        return Heard.OUT_OF_ORDER
    refused = _answer_refusal(submission, answer)
    if isinstance(refused, Conflict):
        return Heard.TOO_LATE
    if refused is not None:
        raise refused
    return Heard.APPLIED


def _heard_funded(submission: Submission, current: SubmissionRound, answer: Answer) -> Heard:
    """Only the lender that was taken pays. Errors: `Refusal` where it does not say how much and when."""
    if not (answer.amount and answer.paid_on and answer.reference.strip()):
        zh, en = "放款回执须有金额、日期与流水号", "the word of a payout names amount, day and number"
        raise Refusal("answer-payout", zh, en, field="amount")
    if answer.paid_on > clock.business_date():
        raise Refusal("answer-payout-day", "放款日期在将来", "the day of the payout lies ahead", field="paid_on")
    if answer.paid_on < (sent := current.opened_at.astimezone(clock.SHANGHAI).date()):
        zh, en = f"放款日期早于送审日 {sent}", f"the payout lies before the file was sent on {sent}"
        raise Refusal("answer-payout-day", zh, en, field="paid_on")
    taken = current.number == submission.round and submission.state == SubmissionState.WON
    return Heard.APPLIED if taken else Heard.TOO_LATE


def _keep(
    current: SubmissionRound, answer: Answer, message: str, seq: int, heard: Heard, signature: str, actor: Actor
) -> None:
    LenderAnswer.objects.create(
        round=current,
        message=message,
        seq=seq,
        state=answer.state,
        amount=answer.amount,
        annual_rate=answer.annual_rate,
        periods=answer.periods,
        conditions=list(answer.conditions),
        papers=list(answer.papers),
        reason=answer.reason[:200],
        heard=heard,
        signature=signature[:120],
        by=actor.key,
        at=clock.now(),
    )


def _apply(submission: Submission, current: SubmissionRound, answer: Answer, seq: int, actor: Actor) -> None:
    now = clock.now()
    for row in (submission, current):
        row.state, row.amount, row.annual_rate = answer.state, answer.amount, answer.annual_rate
        row.periods, row.conditions = answer.periods, list(answer.conditions)
    submission.changed_at = now
    current.seq, current.answered_at, current.reason = seq, now, answer.reason[:200]
    current.sent_at = current.sent_at or now
    submission.save()
    current.save()
    if answer.state is SubmissionState.ASKED_MORE:
        papers_ask(submission, answer.papers, answer.reason, actor)
    facts: dict[str, Scalar] = {"lender": submission.lender_code, "round": current.number}
    facts |= {"says": answer.state.value, "amount": answer.amount or 0}
    deal_id = submission.application.deal_id
    record(actor=actor, action="submission.answered", subject=f"deal:{deal_id}", facts=facts)
    turn, step = _whose_turn([one.state for one in submissions_lock(submission.application_id)])
    deal_turn(deal_id=deal_id, turn=turn, next_step=step, actor=actor)


def _whose_turn(states: Sequence[str]) -> tuple[Turn, str]:
    """After an answer: papers first, then an approval to take, then waiting, then nobody is left."""
    if SubmissionState.ASKED_MORE in states:
        return Turn.OFFICER, steps.ANSWER_LENDER
    if WINNABLE & set(states):
        return Turn.OFFICER, steps.TAKE_APPROVAL
    if {SubmissionState.SENDING, SubmissionState.SENT} & set(states):
        return Turn.LENDER, steps.WAIT_LENDER
    return Turn.OFFICER, steps.ALL_DECLINED


def _turn(submission: Submission, state: SubmissionState) -> None:
    now, current = clock.now(), round_now(submission)
    submission.state, submission.changed_at, current.state = state, now, state
    submission.save(update_fields=["state", "changed_at"])
    current.save(update_fields=["state"])
