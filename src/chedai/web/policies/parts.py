"""The part of the page of an approval that shows what publishing a policy would change."""

from __future__ import annotations

from typing import Any

from chedai.platform import clock
from chedai.platform.approvals.states import State
from chedai.platform.policies import selectors
from chedai.platform.policies.comparing import compare_texts
from chedai.platform.policies.laying_over import digest_of
from chedai.platform.policies.services import text_test
from chedai.web.policies import words
from chedai.web.policies.shown import difference, faults

TEMPLATE = "web/policies/part.html"


def publication(approval: Any, content: dict[str, Any]) -> dict[str, Any]:
    """The frozen text against the text it was written for; while it waits also what the book would say of it."""
    name, text, today = content["file"], content["content"], clock.business_date()
    waits = approval.state == State.PENDING
    before = selectors.base_text(name, content["base"])
    return {
        "template": TEMPLATE,
        "name": name,
        "title": words.title_of(selectors.titles_in_force().get(name)) or name,
        "faults": faults(text_test(name=name, content=text, on=today).places) if waits else (),
        "moved": waits and content["base"] != digest_of(selectors.text_in_force(name)),
        **difference(selectors.compare_files_if_readable(name, before, text), compare_texts(before, text), today),
    }
