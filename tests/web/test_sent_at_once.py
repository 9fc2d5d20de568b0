"""One form sent many times in the same moment: one effect, one answer for all."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from chedai.org.models import Staff
from chedai.platform.approvals.models import ApprovalDecision
from chedai.web.models import Submission
from tests.house import approval, build
from tests.support.racing import race

SENDERS = 8


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_eight_times_at_once_does_its_work_once(browse: Callable[[Staff], Client]) -> None:
    house = build()
    asked = approval(house)
    data = {"verdict": "approve", "digest": asked.digest, "opinion": "", "form_key": str(uuid4())}
    clients = [browse(house.manager) for _ in range(SENDERS)]

    def send(number: int) -> tuple[int, str]:
        answer = clients[number].post(f"/approvals/{asked.pk}/", data)
        return answer.status_code, answer.get("Location", "")

    assert race(send, SENDERS) == [(302, "/approvals/")] * SENDERS
    assert ApprovalDecision.objects.count() == 1
    assert Submission.objects.count() == 1
