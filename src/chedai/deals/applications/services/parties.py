"""Who is in the application: taking somebody in, changing what they answer for, letting them go."""

from __future__ import annotations

from chedai.crm.customers.selectors import customer_resolve
from chedai.deals.applications import rules
from chedai.deals.applications.models import Application, CheckItem, Party
from chedai.deals.applications.selectors import application_lock
from chedai.deals.applications.services.checklist import checklist_refresh
from chedai.deals.applications.services.flags import flags_refresh
from chedai.deals.applications.states import OPEN_FOR_WRITING, ApplicationState, Liability, Role
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.work import record, service


def writing_lock(application_id: int) -> Application:
    """An application somebody may write in, locked. Errors: `Conflict` while it is submitted or closed."""
    application = application_lock(application_id)
    if application.state not in OPEN_FOR_WRITING:
        refused = rules.move_refusal(ApplicationState(application.state), ApplicationState.SUBMITTED)
        raise refused or Conflict("application-state", "进件已提交", "the application is submitted")
    return application


@service
def party_add(
    *,
    application_id: int,
    customer_id: int,
    role: Role,
    liability: Liability,
    actor: Actor,
    liability_amount: int | None = None,
) -> Party:
    """Take somebody in. Errors: `Conflict` where they are in already, or the role is taken; `Refusal` on liability."""
    application = writing_lock(application_id)
    refused = rules.liability_refusal(role, liability, liability_amount)
    if refused is not None:
        raise refused
    customer = customer_resolve(customer_id)
    standing = Party.objects.filter(application=application, removed_at=None)
    if standing.filter(customer=customer).exists():
        zh, en = "同一人不能重复加入", "this person is in the application already"
        raise Conflict("party-twice", zh, en, field="customer_id")
    if role in (Role.APPLICANT, Role.SPOUSE) and standing.filter(role=role).exists():
        zh, en = "主借款人与配偶各只有一位", "there is one applicant and one spouse"
        raise Conflict("party-role-taken", zh, en, field="role")
    party = Party.objects.create(
        application=application,
        customer=customer,
        role=role,
        liability=liability,
        liability_amount=liability_amount,
        added_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"party": party.pk, "customer": customer.pk, "role": role.value}
    facts |= {"liability": liability.value, "limit": liability_amount or 0}
    record(actor=actor, action="party.added", subject=f"deal:{application.deal_id}", facts=facts)
    checklist_refresh(application, actor)
    flags_refresh(application, actor)
    return party


@service
def party_change(*, party_id: int, liability: Liability, actor: Actor, liability_amount: int | None = None) -> Party:
    """Change how far somebody answers for the loan."""
    party = _party(party_id)
    application = writing_lock(party.application_id)
    refused = rules.liability_refusal(Role(party.role), liability, liability_amount)
    if refused is not None:
        raise refused
    facts: dict[str, Scalar] = {"party": party.pk, "from": party.liability, "to": liability.value}
    party.liability, party.liability_amount = liability, liability_amount
    party.save(update_fields=["liability", "liability_amount"])
    record(actor=actor, action="party.changed", subject=f"deal:{application.deal_id}", facts=facts)
    checklist_refresh(application, actor)
    return party


@service
def party_remove(*, party_id: int, reason: str, actor: Actor) -> None:
    """Let somebody go, with the reason. The applicant stays: another one is another deal."""
    party = _party(party_id)
    application = writing_lock(party.application_id)
    if party.role == Role.APPLICANT:
        raise Refusal("party-applicant", "主借款人不能移除", "the applicant cannot be removed", field="party_id")
    if not reason.strip():
        raise Refusal("reason-missing", "请写明移除原因", "say why", field="reason")
    party.removed_at = clock.now()
    party.save(update_fields=["removed_at"])
    CheckItem.objects.filter(party=party).update(is_wanted=False)
    facts: dict[str, Scalar] = {"party": party.pk, "role": party.role}
    record(actor=actor, action="party.removed", subject=f"deal:{application.deal_id}", facts=facts, reason=reason)
    checklist_refresh(application, actor)
    flags_refresh(application, actor)


def _party(party_id: int) -> Party:
    found = Party.objects.filter(pk=party_id, removed_at=None).first()
    if found is None:
        raise NotFound("no-such-party", "没有这位当事人", "there is no such party")
    return found
