"""Watching a book: a planted breach is one alert with its evidence, people close it, playbooks begin by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chedai.book.loans.models import Delinquency, Loan, OverdueStanding
from chedai.book.risk.alerts import alert_act, alert_close, drill_begin, step_done
from chedai.book.risk.classes import class_set
from chedai.book.risk.indicators import Asked, first_payment_default
from chedai.book.risk.models import Alert, AlertNote, ClassOverride, PlaybookRun, WatchItem
from chedai.book.risk.scanning import risk_scan
from chedai.book.risk.states import AlertState, Outcome, RunState, WatchReason
from chedai.book.risk.watching import watch_add, watch_review
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind, system
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.policies.laying_over import book_of
from chedai.platform.policies.selectors import texts_in_force
from tests.book.collection.book import MORNING, TODAY, Desk, desk, late_loan

pytestmark = pytest.mark.django_db

CLOSE = system("close")


@pytest.fixture
def shop() -> Desk:
    return desk()


def good(shop: Desk, count: int) -> list[Loan]:
    """Loans that are paid."""
    loans = [late_loan(shop, n) for n in range(100, 100 + count)]
    Delinquency.objects.filter(loan__in=loans).delete()
    return loans


def scan(day: date = TODAY) -> None:
    with clock.frozen(MORNING):
        risk_scan(day=day, actor=CLOSE)


def person(shop: Desk) -> Actor:
    return Actor(ActorKind.PERSON, shop.manager.user_id, "许宁")


def of(indicator: str) -> list[Alert]:
    return list(Alert.objects.filter(indicator=indicator).order_by("pk"))


def test_a_planted_breach_is_exactly_one_alert_with_its_figures(shop: Desk) -> None:
    good(shop, 8)
    late = [late_loan(shop, n, missed=20) for n in (1, 2)]
    scan()
    scan()
    scan(TODAY + timedelta(1))
    by_store = [a for a in of("overdue_share") if a.subject == f"store:{shop.store.pk}"]
    assert len(by_store) == 1
    alert = by_store[0]
    overdue, owed = 2 * 20 * 303_676, 10 * 8_453_103
    assert (alert.value, alert.limit) == (overdue * 10**8 // owed, 5 * 10**6)
    assert alert.policy.startswith("early_warning.indicators/v1@")
    assert alert.evidence == {
        "overdue": overdue,
        "owed": owed,
        "whole": 2 * 8_453_103,
        "loans": 10,
        "late": 2,
        "numbers": [loan.number for loan in late],
    }
    assert (alert.state, alert.opened_on, alert.store_id) == ("open", TODAY, shop.store.pk)


def test_a_group_below_its_least_size_or_at_its_limit_is_no_alert(shop: Desk) -> None:
    good(shop, 7)
    late_loan(shop, 1, missed=20)
    late_loan(shop, 2)
    scan()
    assert [a for a in of("overdue_share") if a.subject.startswith("store:")] == []  # nine loans, ten are needed
    late_loan(shop, 3)
    Delinquency.objects.update(overdue=0)
    Delinquency.objects.filter(loan__number="A1-202603-0001").update(overdue=10 * 8_453_103 * 5 // 100)
    scan()
    assert [a for a in of("overdue_share") if a.subject.startswith("store:")] == []


def test_a_closed_alert_stays_closed_while_the_breach_lasts_and_a_new_breach_is_a_new_alert(shop: Desk) -> None:
    good(shop, 8)
    for n in (1, 2):
        late_loan(shop, n, missed=20)
    scan()
    alert = next(a for a in of("overdue_share") if a.subject.startswith("store:"))
    with clock.frozen(MORNING):
        for step in PlaybookRun.objects.get(alert=alert).steps.all():
            step_done(step_id=step.pk, note="已办", actor=person(shop))
        alert_close(alert_id=alert.pk, outcome=Outcome.REAL, text="已暂停新进件", actor=person(shop))
    scan(TODAY + timedelta(1))
    assert Alert.objects.filter(indicator="overdue_share", subject=alert.subject).count() == 1
    kept = list(Delinquency.objects.all())
    Delinquency.objects.all().delete()
    scan(TODAY + timedelta(2))
    alert.refresh_from_db()
    assert (alert.state, alert.cleared_on) == ("closed", TODAY + timedelta(2))
    Delinquency.objects.bulk_create(kept)
    scan(TODAY + timedelta(3))
    again = Alert.objects.filter(indicator="overdue_share", subject=alert.subject).order_by("pk")
    assert [a.state for a in again] == ["closed", "open"]


def test_only_a_person_closes_an_alert_and_says_what_it_was(shop: Desk) -> None:
    for n in range(1, 11):
        late_loan(shop, n, missed=3)
    scan()
    alert = next(a for a in of("overdue_share") if a.subject == "month:2026-03")
    with clock.frozen(MORNING):
        with pytest.raises(Refusal, match="note-empty"):
            alert_close(alert_id=alert.pk, outcome=Outcome.REAL, text="  ", actor=person(shop))
        alert.refresh_from_db()
        assert (alert.state, AlertNote.objects.count()) == (AlertState.OPEN, 0)
        alert_act(alert_id=alert.pk, text="已致电三家", actor=person(shop))
        alert_close(alert_id=alert.pk, outcome=Outcome.FALSE_ALARM, text="银行代扣延迟一天", actor=person(shop))
        with pytest.raises(Conflict, match="alert-closed"):
            alert_act(alert_id=alert.pk, text="再记一笔", actor=person(shop))
    alert.refresh_from_db()
    assert (alert.state, alert.outcome, alert.closed_by_id) == ("closed", "false_alarm", shop.manager.user_id)
    assert (alert.acted_at, alert.notes.count()) == (MORNING, 2)
    assert AuditEntry.objects.filter(action="alert.closed", subject=f"alert:{alert.pk}").count() == 1
    with pytest.raises(NotFound):
        alert_act(alert_id=999_999, text="x", actor=person(shop))


def test_a_playbook_begins_with_its_alert_and_every_step_has_an_owner_and_a_day(shop: Desk) -> None:
    good(shop, 8)
    for n in (1, 2):
        late_loan(shop, n, missed=20)
    scan()
    alert = next(a for a in of("overdue_share") if a.subject.startswith("store:"))
    run = PlaybookRun.objects.get(alert=alert)
    steps = [(s.place, s.role, s.owner_id, s.due_on) for s in run.steps.all()]
    assert (run.playbook, run.began_on, run.is_drill) == ("store_review", TODAY, False)
    assert steps == [
        (1, "manager", shop.manager.pk, TODAY + timedelta(1)),
        (2, "compliance", None, TODAY + timedelta(3)),  # nobody holds the role: the page says so
        (3, "manager", shop.manager.pk, TODAY + timedelta(5)),
    ]
    with clock.frozen(MORNING):
        with pytest.raises(Conflict, match="playbook-running"):
            alert_close(alert_id=alert.pk, outcome=Outcome.REAL, text="完成", actor=person(shop))
        for step in run.steps.all():
            step_done(step_id=step.pk, note="已核对", actor=person(shop))
        with pytest.raises(Conflict, match="step-done"):
            step_done(step_id=run.steps.first().pk, note="再来", actor=person(shop))
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_a_drill_runs_without_an_alert(shop: Desk) -> None:
    with clock.frozen(MORNING):
        run = drill_begin(playbook="fraud", store_id=shop.store.pk, actor=person(shop))
        with pytest.raises(NotFound, match="playbook-unknown"):
            drill_begin(playbook="nothing", store_id=None, actor=person(shop))
    assert (run.is_drill, run.steps.count(), Alert.objects.count()) == (True, 2, 0)


def test_one_telephone_of_several_customers_is_seen_and_read_back_by_nobody(shop: Desk) -> None:
    loans = [late_loan(shop, n) for n in range(1, 5)]
    for loan in loans[:3]:
        loan.customer.phone = "13900139000"
        loan.customer.save()
    scan()
    (alert,) = of("shared_phone")
    assert (alert.value, alert.evidence["numbers"]) == (3, [loan.number for loan in loans[:3]])
    assert "13900139000" not in f"{alert.subject} {alert.evidence}"


def test_the_largest_exposures_and_restructured_loans_are_watched_and_reviewed_in_time(shop: Desk) -> None:
    loans = good(shop, 2)
    Loan.objects.filter(pk=loans[1].pk).update(restructured_until=TODAY + timedelta(40))
    scan()
    assert sorted(WatchItem.objects.values_list("reason", "loan_id")) == sorted(
        [("exposure", loans[0].pk), ("exposure", loans[1].pk), ("restructured", loans[1].pk)]
    )
    scan(TODAY + timedelta(31))
    assert {a.subject for a in of("watch_review_overdue")} == {f"loan:{loan.pk}" for loan in loans}
    with clock.frozen(MORNING + timedelta(31)):
        for item in WatchItem.objects.filter(ended_on=None):
            watch_review(item_id=item.pk, text="经营正常", ends=False, actor=person(shop))
        with pytest.raises(Refusal, match="review-empty"):
            watch_review(item_id=item.pk, text="", ends=True, actor=person(shop))
    scan(TODAY + timedelta(32))
    assert [a.cleared_on for a in of("watch_review_overdue")] == [TODAY + timedelta(32)] * 2
    scan(TODAY + timedelta(41))
    assert not WatchItem.objects.filter(reason=WatchReason.RESTRUCTURED, ended_on=None).exists()


def test_a_person_puts_a_loan_on_the_list_once(shop: Desk) -> None:
    (loan,) = good(shop, 1)
    with clock.frozen(MORNING):
        watch_add(loan_id=loan.pk, reason="客户失联一次", actor=person(shop))
        with pytest.raises(Conflict, match="watched-already"):
            watch_add(loan_id=loan.pk, reason="再次", actor=person(shop))
    assert WatchItem.objects.filter(reason=WatchReason.MANUAL).count() == 1


def test_a_class_is_set_worse_than_the_floor_and_never_better(shop: Desk) -> None:
    loan = late_loan(shop, 1, days=95, bucket="M4", missed=4)
    with clock.frozen(MORNING):
        with pytest.raises(Refusal, match="class-better"):
            class_set(loan_id=loan.pk, cls=2, reason="客户承诺还款", actor=person(shop))
        assert ClassOverride.objects.count() == 0
        row = class_set(loan_id=loan.pk, cls=4, reason="车辆下落不明", actor=person(shop))
    assert (row.cls, row.by_id) == (4, shop.manager.user_id)


def test_a_loan_under_observation_is_no_normal_one_whoever_says_so(shop: Desk) -> None:
    (loan,) = good(shop, 1)
    with clock.frozen(MORNING):
        Loan.objects.filter(pk=loan.pk).update(restructured_until=clock.business_date())
        with pytest.raises(Refusal, match="class-better") as refused:
            class_set(loan_id=loan.pk, cls=1, reason="按期还款", actor=person(shop))
        assert "关注" in refused.value.zh
        Loan.objects.filter(pk=loan.pk).update(restructured_until=clock.business_date() - timedelta(1))
        assert class_set(loan_id=loan.pk, cls=1, reason="观察期已过", actor=person(shop)).cls == 1


def late_and_cured(loan: Loan, due: date, days: int) -> None:
    """The snapshots of a loan late for so many `days` since its first due day, whose debt grew on the tenth."""
    for day, since, overdue in ((1, due, 1), (10, due, 2), (days + 1, None, 0)):
        if days:
            OverdueStanding.objects.create(
                day=due + timedelta(day), loan=loan, since=since, bucket="M1", overdue=overdue, balance=1
            )


@pytest.mark.parametrize(
    ("days", "back", "told"), [(30, 365, (1, 3)), (20, 365, (2, 3)), (30, 40, (1, 2)), (80, 365, None)]
)
def test_the_days_of_a_first_payment_default_are_those_of_the_policy(
    shop: Desk, days: int, back: int, told: tuple[int, int] | None
) -> None:
    """Three loans first due 50, 60 and 80 days ago: one was 35 days late, one 25, the oldest never."""
    loans = [late_loan(shop, n) for n in (1, 2, 3)]
    for loan, ago, late in zip(loans, (50, 60, 80), (35, 25, 0), strict=True):
        due = TODAY - timedelta(ago)
        Loan.objects.filter(pk=loan.pk).update(first_due=due)
        late_and_cured(loan, due, late)
    texts = texts_in_force()
    text = texts["early_warning.toml"]
    for key, was, now in (("first_payment_days", 30, days), ("first_payment_looks_back", 365, back)):
        head, tail = text.split(f'key = "early_warning.{key}"')
        text = f'{head}key = "early_warning.{key}"{tail.replace(f"value = {was}", f"value = {now}", 1)}'
    asked = Asked(TODAY, "store", book_of(texts | {"early_warning.toml": text}))
    found = [(one.evidence["late"], one.evidence["loans"]) for one in first_payment_default(asked)]
    assert found == ([told] if told else [])
    months = {f"month:{loan.disbursed_on:%Y-%m}" for loan in loans}
    by_month = [(one.subject, one.evidence["late"]) for one in first_payment_default(replace(asked, by="month"))]
    assert (len(months), by_month) == (1, [(*months, told[0])] if told else [])
