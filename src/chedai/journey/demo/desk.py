"""Who works on what is late: the collector's mornings, the court, and what is done about alerts."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final

from chedai.book.collection import selectors
from chedai.book.collection.models import CollectionCase, PlanLine
from chedai.book.collection.owing import due_today
from chedai.book.collection.services.dialling import contact_begin, contact_result
from chedai.book.collection.services.legal import claim_move, claim_open
from chedai.book.collection.services.visits import visit_plan
from chedai.book.collection.states import CaseState, LegalStage, PlacementState
from chedai.book.loans.states import BookKind
from chedai.book.risk.alerts import alert_act, alert_close, drill_begin, step_done
from chedai.book.risk.models import Alert, PlaybookStep, WatchItem
from chedai.book.risk.states import AlertState, Outcome
from chedai.book.risk.watching import watch_review
from chedai.journey.demo import debits, vaults
from chedai.journey.demo.diary import Diary
from chedai.journey.demo.house import acting
from chedai.platform import clock

_DAYS: Final = (0, 3)
"""The collector's mornings: Monday and Thursday."""
_OVER: Final = (11, 0)
_MOST: Final = 6
_SAID: Final = ("no_answer", "promise", "call_back", "no_answer", "hardship", "promise")
_AHEAD: Final = timedelta(3)
_COURT: Final = 90
_FORGOTTEN: Final = 9
_DRILL: Final = timedelta(4)
"""After the first day that is closed by itself."""
_VISIT: Final = frozenset({"M2", "M3"})


def mornings(diary: Diary) -> None:
    """What the plan of the day asks for is called, one after the other; what is promised may be kept.

    Of the day on which the demo is built there may be no morning yet: nobody is called in the night.
    """
    if diary.day == diary.begins + _DRILL:
        _drill(diary)
    if diary.day.weekday() not in _DAYS or diary.at(*_OVER) == diary.last:
        return
    collector = diary.house.group["collector"][0]
    for place, line in enumerate(selectors.queue_of(collector.pk, diary.day)[:_MOST]):
        if line.action in ("call", "visit") and line.case.state == CaseState.OPEN:
            _call(diary, line, place)
    with clock.frozen(diary.at(15, 30)):
        _review(diary)


def _call(diary: Diary, line: PlanLine, place: int) -> None:
    case, actor = line.case, acting(diary.house.group["collector"][0])
    numbers = selectors.numbers_of(case.customer_id)
    if not numbers:
        return
    life = diary.lives.get(case.loan_id)
    keeps = life is not None and life.keeps
    said = "promise" if keeps else _SAID[(case.pk + diary.day.toordinal()) % len(_SAID)]
    due = diary.day + _AHEAD
    with clock.frozen(diary.at(10, 30 + 4 * place)):
        call = contact_begin(case_id=case.pk, number_id=numbers[0].pk, actor=actor)
        if said == "promise":
            amount = due_today(case.loan, diary.day)
            contact_result(
                contact_id=call.pk, result=said, promise_amount=amount, promise_on=due, seconds=95, actor=actor
            )
        else:
            contact_result(contact_id=call.pk, result=said, seconds=0 if said == "no_answer" else 70, actor=actor)
    if keeps:
        diary.plan(due, partial(diary.pay, case.loan_id))


def last_day(diary: Diary) -> None:
    """How things stand today: a claim before the court, visits planned, alerts worked on, a safe counted."""
    with clock.frozen(diary.at(9, 40)):
        _court(diary)
        _visit(diary)
        _alerts(diary)
    debits.last_day(diary)
    vaults.last_day(diary)


def _cases(diary: Diary) -> list[CollectionCase]:
    """Ours to work: open, of our own book, and not with an agency."""
    mine = CollectionCase.objects.filter(state=CaseState.OPEN, loan__book=BookKind.OWN)
    mine = mine.exclude(placements__state=PlacementState.PLACED)
    return list(mine.select_related("loan").order_by("since", "pk"))


def _court(diary: Diary) -> None:
    """The oldest case goes to the court."""
    compliance = diary.house.group["compliance"][0]
    for case in _cases(diary)[:1]:
        if (diary.day - case.since).days <= _COURT:
            return
        claim = claim_open(
            case_id=case.pk,
            amount=case.loan.owed,
            owner_id=compliance.pk,
            note="律师函已寄出",
            actor=acting(compliance),
        )
        claim_move(
            claim_id=claim.pk,
            to=LegalStage.FILED,
            on=diary.day,
            note="网上立案",
            cost=120_000,
            deadline=diary.day + timedelta(7),
            court="滨江区人民法院",
            actor=acting(compliance),
        )


def _visit(diary: Diary) -> None:
    """Two people will knock today, and tomorrow at another door."""
    lead = diary.house.group["collector"][0]
    for ahead, case in enumerate([one for one in _cases(diary) if one.bucket in _VISIT][:2]):
        second = diary.house.officers[case.store_id][0]
        day = diary.day + timedelta(ahead)
        visit_plan(case_id=case.pk, planned_on=day, lead_id=lead.pk, second_id=second.pk, actor=acting(lead))


def _alerts(diary: Diary) -> None:
    """The oldest alert was worked through and closed; the next one is being worked on."""
    found = list(Alert.objects.filter(state=AlertState.OPEN).order_by("pk")[:2])
    who = acting(diary.house.group["compliance"][1])
    for alert in found[:1]:
        for step in PlaybookStep.objects.filter(run__alert=alert, done_on=None).order_by("place"):
            step_done(step_id=step.pk, note="已办，见案卷", actor=who)
        alert_close(alert_id=alert.pk, outcome=Outcome.REAL, text="名单已核对，逾期客户逐户联系", actor=who)
    for alert in found[1:]:
        alert_act(alert_id=alert.pk, text="已与门店经理核对名单", actor=who)


def _drill(diary: Diary) -> None:
    """How the first store would go about an officer whose loans are late: worked through to its last step."""
    store = diary.house.stores[0]
    with clock.frozen(diary.at(14, 10)):
        run = drill_begin(
            playbook="officer_review", store_id=store.pk, actor=acting(diary.house.group["compliance"][0])
        )
    owners = {one.pk: one for one in diary.house.everybody}
    with clock.frozen(diary.at(17, 25)):
        for step in run.steps.order_by("place"):
            who = owners[step.owner_id or 0]
            step_done(step_id=step.pk, note="演练：名单、面谈提纲与复核样本均可在当日备齐", actor=acting(who))


def _review(diary: Diary) -> None:
    """What is to be reviewed is; of a few it is forgotten, and the close says so."""
    who = acting(diary.house.group["approver"][0])
    due = WatchItem.objects.filter(ended_on=None, review_due__lte=diary.day + _AHEAD).order_by("pk")
    for item in due:
        if item.pk % _FORGOTTEN:
            watch_review(item_id=item.pk, text="还款与车辆定位已核，继续关注", ends=False, actor=who)
