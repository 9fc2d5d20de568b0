"""A house's own early warning: what is malformed is never published, what it leaves out stops no night."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.book.risk.models import Alert, PlaybookRun
from chedai.book.risk.scanning import risk_scan
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.audit.models import AuditEntry
from chedai.platform.policies.laying_over import shipped_text
from chedai.platform.policies.services import text_test
from tests.book.collection.book import MORNING, TODAY, Desk, desk, late_loan
from tests.support.publishing import published

NAME = "early_warning.toml"


@pytest.fixture
def shop(db: None) -> Desk:
    return desk()


def test_an_edition_of_before_the_first_payment_and_shortfall_rules_is_scanned_with_the_shipped_ones(
    shop: Desk,
) -> None:
    shipped = shipped_text(NAME)
    own = shipped[: shipped.index('[[policy]]\nkey = "early_warning.first_payment_days"')]
    published(NAME, own, shop.store, MORNING)
    with clock.frozen(MORNING):
        for day in (TODAY, date(TODAY.year, TODAY.month, 1)):
            risk_scan(day=day, actor=system("close"))


def test_an_indicator_whose_playbook_is_gone_opens_its_alert_and_says_so(shop: Desk) -> None:
    own = shipped_text(NAME).replace('playbook = "store_review"', 'playbook = "of_before"', 1)
    published(NAME, own, shop.store, MORNING)
    for n in range(10):
        late_loan(shop, n, missed=20)
    with clock.frozen(MORNING):
        risk_scan(day=TODAY, actor=system("close"))
    alert = Alert.objects.get(indicator="overdue_share", subject=f"store:{shop.store.pk}")
    assert not PlaybookRun.objects.filter(alert=alert).exists()
    entry = AuditEntry.objects.get(action="alert.opened", subject=f"alert:{alert.pk}")
    assert b'"no_playbook":"of_before"' in bytes(entry.body).replace(b": ", b":")


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('limit = "5", least = 10', 'limit = "much", least = 10', "风险预警规则有误"),
        ('{ code = "store_review.1", role', '{ code = "store_review.one", role', "one 不是整数"),
        ('role = "manager", days = 1', 'role = "manager", days = "soon"', "days"),
        ('{ code = "5", share = "100" }', '{ code = "6", share = "100" }', "五级，1 至 5"),
    ],
)
def test_what_cannot_be_read_is_never_published(shop: Desk, was: str, now: str, said: str) -> None:
    text = shipped_text(NAME)
    assert was in text
    with clock.frozen(MORNING):
        errors = text_test(name=NAME, content=text.replace(was, now, 1), on=TODAY).errors
    assert [said in place.finding.rule_zh for place in errors] == [True]
