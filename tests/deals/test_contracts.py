"""The paper: a statement read before anything is signed, a contract of the approved figures, signatures that verify."""

from __future__ import annotations

import pytest

from tests.deals.papering import approved

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]


def test_an_approval_makes_the_statement_and_opens_the_stage() -> None:
    deal = approved()
    assert deal.stage() == "contract"
    assert deal.statement.principal == deal.plan.principal
    deal.ready()
    assert deal.stage() == "disbursement"
    deal.request()
    deal.release()
    assert deal.stage() == "collateral"
