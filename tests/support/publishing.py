"""A house's own edition of a policy, published as the house does it: one writes it, another publishes it."""

from __future__ import annotations

from datetime import datetime

from chedai.org.models import AuthorityLimit, Store
from chedai.org.policies import publication_steps
from chedai.platform import clock
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.policies.laying_over import digest_of, shipped_text
from chedai.platform.policies.services import PUBLISH, draft_submit, draft_write
from tests import cast


def published(name: str, text: str, store: Store, moment: datetime) -> None:
    """Put `text` in the place of the shipped file `name`."""
    with clock.frozen(moment):
        writer, checker = (
            cast.person(login, zh, store, "compliance", everywhere=True)
            for login, zh in (("wei", "卫宁"), ("qi", "齐放"))
        )
        AuthorityLimit.objects.create(action=PUBLISH, role="compliance", amount=0, since=cast.JOINED)
        actor = cast.acting(writer)
        draft = draft_write(name=name, content=text, base_digest=digest_of(shipped_text(name)), actor=actor)
        steps = publication_steps(clock.business_date())
        approval = draft_submit(draft_id=draft.pk, steps=steps, actor=actor).approval
        assert approval is not None
        approval_decide(
            approval_id=approval.pk,
            verdict=Verdict.APPROVE,
            digest=approval.digest,
            capacities=frozenset({"compliance"}),
            actor=cast.acting(checker),
        )
