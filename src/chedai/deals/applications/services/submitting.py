"""Submitting the file, sending it back, closing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from chedai.deals.applications import plans, steps
from chedai.deals.applications.events import ApplicationSubmitted
from chedai.deals.applications.models import Application
from chedai.deals.applications.readiness import lacks_of
from chedai.deals.applications.rules import move_refusal
from chedai.deals.applications.selectors import application_lock
from chedai.deals.applications.services.checklist import checklist_refresh
from chedai.deals.applications.services.flags import flags_refresh
from chedai.deals.applications.services.parties import writing_lock
from chedai.deals.applications.services.withdrawing import withdraw_all
from chedai.deals.applications.states import ApplicationState
from chedai.deals.pipeline.events import DealLost
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.services import deal_advance
from chedai.deals.pipeline.states import Mode, Stage, Turn
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Refusal, Refusals
from chedai.platform.work import emit, record, service

PAYERS = ("self", "spouse", "parent", "third_party")


@service
def lenders_choose(*, application_id: int, codes: Sequence[str], actor: Actor) -> Application:
    """For which lenders of the quote the file is meant: their products say what it needs."""
    application = writing_lock(application_id)
    known = {one.lender_code for one in plans.options_of(application)}
    if not codes or not set(codes) <= known:
        zh, en = "请从报价中的贷款机构里选择", "choose among the lenders of the quote"
        raise Refusal("lenders-unknown", zh, en, field="codes")
    application.lenders = sorted(set(codes))
    application.save(update_fields=["lenders"])
    facts: dict[str, Scalar] = {"lenders": ",".join(application.lenders)}
    record(actor=actor, action="application.lenders", subject=f"deal:{application.deal_id}", facts=facts)
    checklist_refresh(application, actor)
    return application


@service
def down_payment_say(*, application_id: int, payer: str, actor: Actor) -> Application:
    """Who pays the down payment: a third party is a sign the decision looks at."""
    application = writing_lock(application_id)
    if payer not in PAYERS:
        raise Refusal("payer-unknown", "请选择首付款付款人", "choose who pays the down payment", field="payer")
    application.down_payment_payer = payer
    application.save(update_fields=["down_payment_payer"])
    subject = f"deal:{application.deal_id}"
    record(actor=actor, action="application.down_payment", subject=subject, facts={"payer": payer})
    return application


@service
def title_moved_say(*, application_id: int, moved_on: date, actor: Actor) -> Application:
    """When a used car last changed hands (过户日): a title that moved lately is a sign the decision looks at."""
    application = writing_lock(application_id)
    if moved_on > clock.business_date():
        zh, en = "过户日不得晚于今天", "the title did not move on a day to come"
        raise Refusal("title-day", zh, en, field="title_moved_on")
    application.title_moved_on = moved_on
    application.save(update_fields=["title_moved_on"])
    facts: dict[str, Scalar] = {"moved_on": moved_on.isoformat()}
    record(actor=actor, action="application.title_moved", subject=f"deal:{application.deal_id}", facts=facts)
    return application


@service
def application_submit(*, application_id: int, actor: Actor) -> Application:
    """The file is complete and goes on: to the house's own decision, or to the lenders.

    Errors: `Refusals` naming everything that is missing, too old, unexplained or not agreed to; nothing changes.
    """
    application = application_lock(application_id)
    refused = move_refusal(ApplicationState(application.state), ApplicationState.SUBMITTED)
    if refused is not None:
        raise refused
    flags_refresh(application, actor)  # other deals have come since the papers were handed in
    lacks = lacks_of(application, clock.business_date())
    if lacks:
        raise Refusals(lack.refusal() for lack in lacks)
    application.state, application.submitted_at = ApplicationState.SUBMITTED, clock.now()
    application.return_reason = ""
    application.save()
    deal = deal_lock(application.deal_id)
    own = deal.mode == Mode.OWN_BOOK
    facts: dict[str, Scalar] = {"application": application.pk, "round": application.round}
    record(actor=actor, action="application.submitted", subject=f"deal:{deal.pk}", facts=facts)
    deal_advance(
        deal_id=deal.pk,
        to=Stage.DECISION,
        owner_id=None,
        turn=Turn.APPROVER if own else Turn.OFFICER,
        next_step=steps.DECIDE if own else steps.CHOOSE_LENDER,
        actor=actor,
    )
    emit(ApplicationSubmitted(deal.pk, application.pk))
    return application


@service
def application_return(*, application_id: int, reason: str, actor: Actor) -> Application:
    """Send the whole file back to the officer with the reason; the next submission is another round."""
    application = application_lock(application_id)
    refused = move_refusal(ApplicationState(application.state), ApplicationState.RETURNED)
    if refused is not None:
        raise refused
    if not reason.strip():
        raise Refusal("reason-missing", "请写明退回原因", "say why it is returned", field="reason")
    application.state, application.return_reason = ApplicationState.RETURNED, reason.strip()[:200]
    application.round += 1
    application.save()
    facts: dict[str, Scalar] = {"application": application.pk, "round": application.round}
    subject = f"deal:{application.deal_id}"
    record(actor=actor, action="application.returned", subject=subject, facts=facts, reason=reason)
    deal = deal_lock(application.deal_id)
    if deal.stage != Stage.APPLICATION:
        deal_advance(
            deal_id=deal.pk,
            to=Stage.APPLICATION,
            owner_id=None,
            turn=Turn.OFFICER,
            next_step=steps.AFTER_RETURN,
            actor=actor,
        )
    return application


@service
def application_back_to_quote(*, application_id: int, reason: str, actor: Actor) -> Application:
    """The plan must change (各家未通过、客户改主意): the deal goes back to the quote, the lenders are told.

    Answers and papers stay; the next accepted quote opens the same application again.
    """
    application = application_lock(application_id)
    if not reason.strip():
        raise Refusal("reason-missing", "请写明改方案的原因", "say why the plan changes", field="reason")
    closed = application_close(application_id=application.pk, actor=actor)
    facts: dict[str, Scalar] = {"application": application.pk}
    subject = f"deal:{application.deal_id}"
    record(actor=actor, action="application.back_to_quote", subject=subject, facts=facts, reason=reason)
    deal_advance(
        deal_id=application.deal_id,
        to=Stage.QUOTE,
        owner_id=None,
        turn=Turn.OFFICER,
        next_step=steps.NEW_PLAN,
        actor=actor,
    )
    return closed


def application_close_on_lost(event: DealLost) -> None:
    """The deal came to nothing: its application is closed, the lenders are told."""
    application = Application.objects.filter(deal_id=event.deal_id).first()
    if application is not None and application.state != ApplicationState.CLOSED:
        application_close(application_id=application.pk, actor=steps.HOUSE)


@service
def application_close(*, application_id: int, actor: Actor) -> Application:
    """Close an application; every lender that has the file is told that it is withdrawn."""
    application = application_lock(application_id)
    refused = move_refusal(ApplicationState(application.state), ApplicationState.CLOSED)
    if refused is not None:
        raise refused
    application.state = ApplicationState.CLOSED
    application.save(update_fields=["state"])
    withdraw_all(application, "案卷关闭", actor)
    facts: dict[str, Scalar] = {"application": application.pk}
    record(actor=actor, action="application.closed", subject=f"deal:{application.deal_id}", facts=facts)
    return application
