"""An application opens when a quote is accepted, and takes over everything that is known already."""

from __future__ import annotations

from chedai.crm.customers.kinds import RelationKind
from chedai.crm.customers.selectors import relations_of
from chedai.deals.applications import plans, steps
from chedai.deals.applications.models import Answer, Application, Party
from chedai.deals.applications.questions import asked_of, question
from chedai.deals.applications.services.checklist import checklist_refresh
from chedai.deals.applications.services.keeping import Said, keep
from chedai.deals.applications.services.withdrawing import withdraw_all
from chedai.deals.applications.states import ApplicationState, Liability, Role, Source
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.services import deal_advance
from chedai.deals.pipeline.states import Stage, Turn
from chedai.deals.quotes.events import QuoteAccepted
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.work import record, service


def application_open_on_accept(event: QuoteAccepted) -> None:
    """The customer took a plan: the application opens with it."""
    application_open(deal_id=event.deal_id, quote_id=event.quote_id, actor=steps.HOUSE)


@service
def application_open(*, deal_id: int, quote_id: int, actor: Actor) -> Application:
    """Open the application of a deal, or open it again for another quote: answers and papers stay.

    Customer, car and plan come from the deal and the quote. The answers of the customer's last application, and the
    address and the spouse of the record, are carried over with their source and day.
    """
    deal = deal_lock(deal_id)
    application = Application.objects.select_for_update(no_key=True).filter(deal=deal).first()
    again = application is not None
    if application is None:
        application = Application(deal=deal, opened_at=clock.now())
    elif application.submitted_at is not None:
        application.round += 1
    application.quote_id, application.state, application.return_reason = quote_id, ApplicationState.FILLING, ""
    application.lenders = [plans.plan_of(application).lender_code]
    application.save()
    if again:
        withdraw_all(application, "客户改选方案", actor)
    else:
        _take_over(application, deal, actor)
    checklist_refresh(application, actor)
    facts: dict[str, Scalar] = {"quote": quote_id, "lender": application.lenders[0], "again": again}
    record(actor=actor, action="application.opened", subject=f"deal:{deal.pk}", facts=facts)
    deal_advance(
        deal_id=deal.pk, to=Stage.APPLICATION, owner_id=None, turn=Turn.OFFICER, next_step=steps.FILL, actor=actor
    )
    return application


def _take_over(application: Application, deal: Deal, actor: Actor) -> None:
    applicant = _party(application, deal.customer_id, Role.APPLICANT, Liability.BORROWER)
    earlier = _last_answers(applicant)
    said = [
        Said(question(one.question), one.value.in_full(), Source(one.source), one.as_of, one.by_customer)
        for one in earlier
    ]
    address = deal.customer.address
    today = clock.business_date()
    given = {answer.question for answer in earlier}
    asked = {one.code for one in asked_of(deal.customer.kind, Role.APPLICANT, Liability.BORROWER, "")}
    if address and "home_address" in asked - given:
        said.append(Said(question("home_address"), address.in_full(), Source.RECORD, today))
    spouse = relations_of(deal.customer_id).filter(kind=RelationKind.SPOUSE).first()
    if spouse is not None:
        _party(application, spouse.other_id, Role.SPOUSE, Liability.AWARE)
        if "marital" not in given:
            said.append(Said(question("marital"), "married", Source.RECORD, today))
    keep(applicant, said, actor)


def _party(application: Application, customer_id: int, role: Role, liability: Liability) -> Party:
    return Party.objects.create(
        application=application, customer_id=customer_id, role=role, liability=liability, added_at=clock.now()
    )


def _last_answers(party: Party) -> list[Answer]:
    """What the person said in their last application, as far as it was not cleared."""
    last = (
        Party.objects.filter(customer_id=party.customer_id, answers__isnull=False)
        .exclude(pk=party.pk)
        .order_by("-pk")
        .first()
    )
    if last is None:
        return []
    return [a for a in last.answers.filter(superseded_at=None).order_by("pk") if a.value.in_full()]
