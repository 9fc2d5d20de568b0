"""Every page, and how to get to it. Screens of the menu are found by themselves; name here what lies behind them."""

from __future__ import annotations

from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.audit.selectors import head
from chedai.platform.files.services import paper_hand_in
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.services import job_ask
from chedai.platform.jobs.states import State
from chedai.web.nav import NAV
from tests import cast
from tests.browser import (
    application_rooms,
    catalog_rooms,
    close_rooms,
    closing_rooms,
    collection_rooms,
    custody_rooms,
    customers,
    deal_rooms,
    debit_rooms,
    ledger_rooms,
    loan_rooms,
    paper_rooms,
    reception_rooms,
    risk_rooms,
    rooms,
    underwriting_rooms,
)
from tests.house import House, approval

MENU = [entry.name for group in NAV for entry in group.entries]
GATE = ["/accounts/login/", "/accounts/password/reset/"]

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)


def furnish_desk(house: House) -> list[str]:
    """Cases to decide, a paper, jobs that wait and jobs that are dead; the addresses behind them."""
    first = approval(house, 1)
    second = approval(house, 2, 15_000_000, ("manager", "approver"))
    approval(house, 3)
    actor = cast.acting(house.officer)
    paper_hand_in(subject="quote:1", purpose="报价单", name="王.png", content=PNG, actor=actor)
    approval_decide(
        approval_id=second.pk,
        verdict=Verdict.RETURN,
        digest=second.digest,
        capacities=frozenset({"manager"}),
        actor=cast.acting(house.manager),
        opinion="缺结清证明",
    )
    for number in range(60):
        job_ask(kind="message.deliver", payload={"n": number}, actor=actor)
    Job.objects.filter(pk__in=list(Job.objects.values_list("pk", flat=True)[:3])).update(state=State.DEAD, attempts=8)
    return [
        "/style/",
        "/style/customer/",
        f"/approvals/{first.pk}/",
        f"/approvals/{second.pk}/",
        f"/audit/{head()[0]}/",
        "/audit/verify/",
        "/nowhere/",
        "/jobs/?group=state&state=dead",
    ]


def furnish(house: House) -> list[str]:
    """Something to see on every page; the addresses that lie behind those of the menu."""
    return [
        *furnish_desk(house),
        *rooms.furnish(house),
        *close_rooms.furnish(house),
        *catalog_rooms.furnish(house),
        *customers.furnish(house),
        *custody_rooms.furnish(house),
        *deal_rooms.furnish(house),
        *application_rooms.furnish(house),
        *paper_rooms.furnish(house),
        *reception_rooms.furnish(house),
        *loan_rooms.furnish(house),
        *closing_rooms.furnish(house),
        *debit_rooms.furnish(house),
        *risk_rooms.furnish(house),
        *underwriting_rooms.furnish(house),
        *collection_rooms.furnish(house),
        *ledger_rooms.furnish(house),
    ]
