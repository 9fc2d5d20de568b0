"""What a customer still has to do, and how far their application is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.deals.applications import checklists, plans
from chedai.deals.applications.questions import Group, Question, asked_of, sheet
from chedai.deals.applications.readiness import consents_asked, consents_given
from chedai.deals.applications.selectors import (
    answers_in_force,
    answers_plain,
    differences_of,
    items_of,
)
from chedai.deals.applications.states import (
    OPEN_FOR_WRITING,
    ApplicationState,
    DifferenceState,
    ItemState,
    Liability,
    Role,
)
from chedai.deals.contracts.selectors import contract_in_force, statement_in_force
from chedai.deals.contracts.states import ContractState, StatementState
from chedai.deals.pipeline.states import Stage
from chedai.web.applications.forms import said
from chedai.web.ui.deal import Step

_ORDER: Final = (
    (_("申请"), (Stage.QUOTE, Stage.APPLICATION)),
    (_("审批"), (Stage.DECISION,)),
    (_("签约"), (Stage.CONTRACT,)),
    (_("放款"), (Stage.DISBURSEMENT,)),
    (_("办结"), (Stage.COLLATERAL, Stage.COMPLETE)),
)
ITEM_WORDS: Final = {
    ItemState.MISSING: (_("待上传"), "amber"),
    ItemState.HANDED_IN: (_("待复核"), "blue"),
    ItemState.RETURNED: (_("请重传"), "red"),
    ItemState.ACCEPTED: (_("已通过"), "green"),
    ItemState.EXPIRED: (_("已过期"), "red"),
}
WANTED: Final = (ItemState.MISSING, ItemState.RETURNED, ItemState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: where, what, how far."""

    word: str | Promise
    url: str
    done: int
    total: int

    @property
    def is_done(self) -> bool:
        """Whether nothing is left of it."""
        return self.done >= self.total


def steps_of(deal: Any) -> list[Step]:
    """The road in five steps, as a customer sees it."""
    now = next(at for at, (_word, stages) in enumerate(_ORDER) if deal.stage in stages)
    state = ["done" if at < now else "now" if at == now else "" for at in range(len(_ORDER))]
    return [Step(word, "", state[at]) for at, (word, _stages) in enumerate(_ORDER)]


def may_write(application: Any) -> bool:
    """Whether answers may still be changed."""
    return ApplicationState(application.state) in OPEN_FOR_WRITING


def questions_of(party: Any) -> list[Question]:
    """What this person is asked themselves: nothing that staff work out of papers."""
    held = answers_plain(answers_in_force([party.pk])[party.pk])
    asked = asked_of(party.customer.kind, Role(party.role), Liability(party.liability), held.get("job", ""))
    return [one for one in asked if not one.staff]


def groups_of(party: Any) -> list[tuple[Group, list[Question]]]:
    """The same by screens; one without a question is left out."""
    asked = questions_of(party)
    by = [(group, [one for one in asked if one.group == group.code]) for group in sheet().group]
    return [(group, questions) for group, questions in by if questions]


def items_of_party(party: Any) -> list[Any]:
    """The papers this person hands in: their own, and for the applicant those of the car."""
    return [
        item
        for item in items_of(party.application_id)
        if item.party_id == party.pk or (item.party_id is None and party.role == Role.APPLICANT)
    ]


def item_word(item: Any) -> str:
    """What a paper is called."""
    wanted = checklists.item(item.code)
    return said(wanted.zh, wanted.en)


def changes_of(party: Any) -> list[Any]:
    """What staff changed of this person's own entries and what waits for their word."""
    return [
        one
        for one in differences_of(party.application_id)
        if one.own.party_id == party.pk and one.state == DifferenceState.OPEN
    ]


def tasks_of(party: Any, token: str) -> list[Task]:
    """Everything there is to do for this person, in order."""
    application = party.application
    wanted, given = consents_asked(application, party), consents_given(party)
    tasks = []
    if wanted:
        done = sum(1 for one in wanted if one in given)
        tasks.append(Task(_("授权"), reverse("phone_consents", args=[token]), done, len(wanted)))
    held = answers_in_force([party.pk])[party.pk]
    kinds = plans.lender_kinds(plans.chosen(application))
    if may_write(application):
        for group, questions in groups_of(party):
            needed = [one for one in questions if one.required_by(kinds)]
            answered = sum(1 for one in needed if one.code in held)
            url = reverse("phone_apply", args=[token, group.code])
            tasks.append(Task(said(group.zh, group.en), url, answered, len(needed)))
    items = [one for one in items_of_party(party) if one.is_required]
    if items:
        handed = sum(1 for one in items if ItemState(one.state) not in WANTED)
        tasks.append(Task(_("资料"), reverse("phone_papers", args=[token]), handed, len(items)))
    changes = len(changes_of(party))
    if changes:
        tasks.append(Task(_("确认修改"), reverse("phone_changes", args=[token]), 0, changes))
    return [*tasks, *(_paper_tasks(application.deal_id, token) if party.role == Role.APPLICANT else ())]


def _paper_tasks(deal_id: int, token: str) -> list[Task]:
    """Reading what it costs, and signing: once there is something to read and to sign."""
    tasks = []
    statement, contract = statement_in_force(deal_id), contract_in_force(deal_id)
    if statement is not None:
        read = statement.state == StatementState.CONFIRMED
        tasks.append(Task(_("综合融资成本明示表"), reverse("phone_statement", args=[token]), int(read), 1))
    if contract is not None:
        signed = contract.state != ContractState.DRAFT
        tasks.append(Task(_("合同"), reverse("phone_sign", args=[token]), int(signed), 1))
    return tasks
