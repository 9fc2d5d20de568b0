"""A new house: its first store and person, and what it can publish from the first day, by two people."""

from __future__ import annotations

import re

import pytest

from chedai.org.access import access_of
from chedai.org.authority import capacities
from chedai.org.beginning import house_begin
from chedai.org.models import AuthorityLimit, Staff
from chedai.org.permissions import table
from chedai.org.policies import publication_steps
from chedai.org.publication import PUBLICATIONS, PUBLISHER
from chedai.org.services import role_grant, staff_join
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotAllowed
from chedai.platform.policies.laying_over import digest_of, shipped_text
from chedai.platform.policies.models import PolicyDraft
from chedai.platform.policies.selectors import text_in_force
from chedai.platform.policies.services import PUBLISH, draft_submit, draft_write
from tests import cast
from tests.architecture.source import SRC

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

WHO = {"code": "A1", "store": "城东店", "number": "N001", "name": "周航", "username": "hang", "email": ""}


def _joined(username: str, role: str, home_id: int) -> Staff:
    by, today = system("test"), clock.business_date()
    staff = staff_join(number=username, name=username, username=username, home_id=home_id, joined_on=today, actor=by)
    role_grant(staff_id=staff.pk, role=role, store_id=None, actor=by)
    return staff


def test_a_new_house_publishes_a_policy_by_two() -> None:
    admin, _ = house_begin(**WHO)
    writer, checker = (_joined(f"c{n}", "compliance", admin.home_id) for n in (1, 2))
    text = shipped_text("lpr.toml")
    newer = text.replace("verified_on = 2026-01-20", "verified_on = 2026-11-20").replace("4.25", "4.26", 1)
    draft = draft_write(name="lpr.toml", content=newer, base_digest=digest_of(text), actor=cast.acting(writer))
    today = clock.business_date()
    draft = draft_submit(draft_id=draft.pk, steps=publication_steps(today), actor=cast.acting(writer))
    approval = draft.approval
    assert approval is not None

    def decide(by: Staff) -> None:
        may = capacities(access_of(by.user_id), PUBLISH, amount=0, deviation=0, store_id=None, on=today)
        approval_decide(
            approval_id=approval.pk,
            verdict=Verdict.APPROVE,
            digest=approval.digest,
            capacities=may,
            actor=cast.acting(by),
            opinion="",
        )

    for other in (writer, admin):
        with pytest.raises((NotAllowed, Conflict)):
            decide(other)
    assert text_in_force("lpr.toml") == text
    decide(checker)
    assert text_in_force("lpr.toml") == newer
    assert PolicyDraft.objects.get().state == "published"


def test_everything_that_is_published_has_somebody_who_may() -> None:
    house_begin(**WHO)
    limits = AuthorityLimit.objects.filter(store=None, staff=None, amount=0, deviation=0).order_by("action")
    assert list(limits.values_list("action", "role")) == [(action, "compliance") for action in PUBLICATIONS]
    assert AuditEntry.objects.filter(action="authority.set").count() == len(PUBLICATIONS)
    sources = [path.read_text(encoding="utf-8") for path in SRC.rglob("*.py") if "web" not in path.parts]
    named = re.compile(r'^(?:PUBLISH|LOCK|UNLOCK): Final = "([a-z.]+)"', re.MULTILINE)
    known = {code for source in sources for code in named.findall(source)}
    assert known == set(PUBLICATIONS)
    rights = ("policy.publish", "catalog.publish", "rules.publish")
    assert [table().reach_of(PUBLISHER, right) for right in rights] == ["store"] * 3


def test_a_house_begins_once() -> None:
    house_begin(**WHO)
    before = AuthorityLimit.objects.count()
    with pytest.raises(Conflict):
        house_begin(**WHO)
    assert AuthorityLimit.objects.count() == before
