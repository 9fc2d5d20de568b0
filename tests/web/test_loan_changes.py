"""The tab of changes: what two people decided is taken back by two, a loan in quarantine finds its way out, and an
opinion that is refused is told at its field with what was typed.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from chedai.book.loans.models import LoanChange, LoanEvent
from chedai.book.loans.services.changing import ACTION
from chedai.book.loans.services.keeping import loan_bring
from chedai.book.risk.models import ClassOverride, WatchItem
from chedai.org.models import AuthorityLimit, Staff
from chedai.platform.actors import system
from tests import cast
from tests.book.loans.lending import Lent, lend, on

pytestmark = pytest.mark.django_db

DAY = date(2025, 6, 20)


@pytest.fixture
def lent() -> Lent:
    """Two instalments are missed."""
    made = lend()
    AuthorityLimit.objects.create(action=ACTION, since=date(2025, 1, 1), role="manager", amount=200_000_00, deviation=0)
    with on(DAY):
        assert loan_bring(loan_id=made.loan_id, day=DAY, actor=system("close"))
    return made


@pytest.fixture
def manager() -> Staff:
    return cast.person("xu", "许宁", cast.store(), "manager")


def browser(staff: Staff) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(staff.user)
    return client


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()
    return str(answer.content.decode())


def ask(client: Client, kind: str, form: dict[str, Any]) -> LoanChange:
    """Try it out on the page, then ask for what was seen."""
    address = f"/loans/CD-one/changes/{kind}/"
    page = text(client.post(address, form | {"try": "1"}))
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert digest is not None
    sent = form | {"ask": "1", "digest": digest.group(1), "reason": "办错了"}
    assert client.post(address, sent).status_code == 302
    return LoanChange.objects.latest("pk")


def approve(client: Client, change: LoanChange) -> str:
    assert change.approval is not None
    sent = {"verdict": "approve", "digest": change.approval.digest, "opinion": "同意"}
    assert client.post(f"/approvals/{change.approval.pk}/", sent).status_code == 302
    change.refresh_from_db()
    return str(change.state)


def test_a_waiver_is_taken_back_on_the_screen_by_two(lent: Lent, manager: Staff) -> None:
    with on(DAY):
        finance, boss = browser(lent.finance), browser(manager)
        given = {"on": DAY.isoformat(), "component": "interest", "amount": "500"}
        assert approve(boss, ask(finance, "waiver", given)) == "done"
        waived = LoanEvent.objects.get(kind="waiver")
        account = text(finance.get("/loans/CD-one/account/"))
        assert "2 减免" in account and f"/loans/CD-one/reverse/{waived.pk}/" in account
        answer = finance.get(f"/loans/CD-one/reverse/{waived.pk}/")
        assert (answer.status_code, answer["Location"]) == (302, "/loans/CD-one/changes/reversal/?event=2")
        page = text(finance.get(answer["Location"]))
        assert '<option value="2" selected>2 减免 2025-06-20 500.00</option>' in page
        assert approve(boss, ask(finance, "reversal", {"event": "2"})) == "done"
        assert "冲销已批准的变更" in text(finance.get("/loans/CD-one/changes/"))
        assert lent.parts()[0] == (1, 2_542_19, 500_00, 0)
        assert "reversal" not in text(boss.get("/loans/CD-one/changes/"))


def test_a_loan_in_quarantine_is_healed_on_the_screen_by_two(lent: Lent, manager: Staff) -> None:
    body, at = b'{"due":"2025-06-11","to":"2025-06-20"}', "2025-06-20T00:00Z"
    loan, days = lent.loan, {"on": DAY, "recorded_on": DAY}
    LoanEvent.objects.create(loan=loan, seq=2, kind="due_date_shift", body=body, channel="system", at=at, **days)
    type(loan).objects.update(last_seq=2)
    with on(DAY):
        assert not loan_bring(loan_id=loan.pk, day=DAY, actor=system("close"))
        finance = browser(lent.finance)
        page = text(finance.get("/loans/CD-one/changes/"))
        assert "作废无法计算的事项" in page and "changes/extension/" not in page
        none = text(finance.post("/loans/CD-one/changes/void/", {"try": "1"}), 422)
        assert "作废哪些事项" in none
        shown = text(finance.get("/loans/CD-one/changes/void/"))
        assert "2 变更还款日 2025-06-20" in shown
        tried = text(finance.post("/loans/CD-one/changes/void/", {"events": ["2"], "try": "1"}))
        assert "现有事项算不出还款计划。" in tried
        assert approve(browser(manager), ask(finance, "void", {"events": ["2"]})) == "done"
        assert "贷款已隔离" not in text(finance.get("/loans/CD-one/"))
    assert (lent.loan.quarantine, len(lent.parts())) == ("", 2)


def test_who_may_not_take_back_asks_for_no_reversal(lent: Lent, manager: Staff) -> None:
    with on(DAY):
        assert browser(manager).get("/loans/CD-one/changes/reversal/").status_code == 403


def test_an_opinion_that_is_refused_is_told_at_its_field_with_what_was_typed(lent: Lent, manager: Staff) -> None:
    with on(DAY):
        boss = browser(manager)
        better = text(boss.post("/loans/CD-one/class/", {"cls": "1", "reason": "车在库里"}), 422)
        assert 'id="class_cls_error"' in better and "人工分类不得优于系统下限关注" in better
        assert 'value="车在库里"' in better and '<option value="1" selected>正常</option>' in better
        silent = text(boss.post("/loans/CD-one/class/", {"cls": "4", "reason": ""}), 422)
        assert 'id="class_reason_error"' in silent and '<option value="4" selected>可疑</option>' in silent
        assert 'id="class_cls_error"' in text(boss.post("/loans/CD-one/class/", {"cls": "9", "reason": "错"}), 422)
        assert ClassOverride.objects.count() == 0
        assert boss.post("/loans/CD-one/class/", {"cls": "4", "reason": "失联"}).status_code == 302
        assert 'id="watch_reason_error"' in text(boss.post("/loans/CD-one/watch/", {"reason": " "}), 422)
        assert boss.post("/loans/CD-one/watch/", {"reason": "失联"}).status_code == 302
        again = text(boss.post("/loans/CD-one/watch/", {"reason": "再看"}), 409)
        assert "已在关注名单" in again and 'value="再看"' in again
    assert (ClassOverride.objects.count(), WatchItem.objects.count()) == (1, 1)
