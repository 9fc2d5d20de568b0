"""Each rule of conduct is tried to be broken, one after another, at the gate every contact goes through."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from chedai.book.collection import conduct
from chedai.book.collection.codes import OF_DEBT, codes, debt_named
from chedai.book.collection.conduct import Attempt, Counted, Rule, Trail
from chedai.book.collection.models import CollectionCase, Contact, DebtorDay, NumberDay, Placement
from chedai.book.collection.services.dialling import contact_begin, contact_result
from chedai.book.collection.services.numbers import call_hours_agree, call_hours_withdraw, contact_refuse, number_add
from chedai.book.collection.services.outside import (
    Reported,
    agency_log_take,
    agency_open,
    agency_review,
    case_place,
    placement_recall,
)
from chedai.book.collection.services.planning import collection_plan
from chedai.book.collection.services.reminding import reminder_send
from chedai.book.collection.services.visits import Report, visit_plan, visit_report
from chedai.book.collection.states import Channel, NumberSource, Whom
from chedai.platform import clock
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Refusal, Refusals
from chedai.platform.messages.models import Message
from chedai.platform.messages.services import opt_out
from chedai.platform.messages.states import Category
from chedai.platform.policies import shipped_book
from tests.book.collection import book
from tests.book.collection.book import EVENING, MORNING, TODAY, Desk
from tests.cast import acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return book.desk()


@pytest.fixture
def case(desk: Desk) -> CollectionCase:
    with clock.frozen(MORNING):
        return book.planned(book.late_loan(desk))


def codes_of(refused: Refusal) -> set[str]:
    return {one.code for one in refused.refusals} if isinstance(refused, Refusals) else {refused.code}


def call(desk: Desk, case: CollectionCase, result: str = "no_answer", **more: object) -> Contact:
    made = contact_begin(case_id=case.pk, number_id=book.own_number(case).pk, actor=acting(desk.collector))
    return contact_result(contact_id=made.pk, result=result, actor=acting(desk.collector), **more)  # type: ignore[arg-type]


def refused_call(desk: Desk, case: CollectionCase, number_id: int | None = None, **more: object) -> set[str]:
    before = Contact.objects.count(), NumberDay.objects.values_list("dials", flat=True).first()
    with pytest.raises(Refusal) as refused:
        contact_begin(
            case_id=case.pk,
            number_id=number_id or book.own_number(case).pk,
            actor=acting(desk.collector),
            **more,  # type: ignore[arg-type]
        )
    assert (Contact.objects.count(), NumberDay.objects.values_list("dials", flat=True).first()) == before
    return codes_of(refused.value)


@pytest.mark.parametrize(
    ("moment", "blocked"),
    [(time(7, 59), True), (time(8), False), (time(21, 59), False), (time(22), True), (time(3), True)],
)
@pytest.mark.parametrize("channel", [Channel.CALL, Channel.AI_CALL, Channel.SMS, Channel.VISIT])
def test_the_quiet_hours_hold_to_the_minute_for_every_way(moment: time, blocked: bool, channel: Channel) -> None:
    limits = conduct.limits_on(shipped_book(), TODAY)
    attempt = Attempt(channel, Whom.DEBTOR, moment, people=2)
    rules = [one.rule for one in conduct.blocks(attempt, Counted(), Trail(), limits)]
    assert rules == ([Rule.QUIET_HOURS] if blocked else [])


def test_nobody_is_called_in_the_evening_unless_agreed(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(EVENING):
        assert refused_call(desk, case) == {"conduct-quiet-hours"}
        call_hours_agree(
            customer_id=case.customer_id,
            starts=time(22),
            ends=time(23),
            source="录音 2026-11-18",
            actor=acting(desk.collector),
        )
        assert contact_begin(case_id=case.pk, number_id=book.own_number(case).pk, actor=acting(desk.collector)).pk
        DebtorDay.objects.update(open_calls=0)
        call_hours_withdraw(customer_id=case.customer_id, actor=acting(desk.collector))
        assert refused_call(desk, case) == {"conduct-quiet-hours"}


def test_an_agreement_does_not_reach_the_contacts_of_the_debtor() -> None:
    limits = conduct.limits_on(shipped_book(), TODAY)
    attempt = Attempt(Channel.CALL, Whom.CONTACT, time(22, 30))
    found = conduct.blocks(attempt, Counted(), Trail(number_invalid=True), limits, [limits.quiet])
    assert [one.rule for one in found] == [Rule.QUIET_HOURS]


def test_three_calls_that_reach_somebody_are_all_of_a_day(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        for _ in range(3):
            call(desk, case, "call_back")
        assert refused_call(desk, case) == {"conduct-effective-calls"}
        assert refused_call(desk, case, override="客户投诉后要求回电") == {"conduct-effective-calls"}
    with clock.frozen(MORNING + timedelta(days=1)):
        assert call(desk, case, "call_back").effective


def test_two_loans_of_one_debtor_have_three_calls_together(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        other = book.planned(book.late_loan(desk, 2, customer=case.customer))
        for one in (case, other, case):
            call(desk, one, "call_back")
        assert refused_call(desk, other) == {"conduct-effective-calls"}


def test_a_call_that_is_on_keeps_the_next_one_from_being_dialled(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        contact_begin(case_id=case.pk, number_id=book.own_number(case).pk, actor=acting(desk.colleague))
        assert refused_call(desk, case) == {"conduct-open-call"}


def test_a_key_is_one_call_and_not_one_of_another_case(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        other = book.planned(book.late_loan(desk, 2))
        asked = {"key": "phone-1", "actor": acting(desk.collector)}
        made = contact_begin(case_id=case.pk, number_id=book.own_number(case).pk, **asked)  # type: ignore[arg-type]
        again = contact_begin(case_id=case.pk, number_id=book.own_number(case).pk, **asked)  # type: ignore[arg-type]
        assert again.pk == made.pk
        assert refused_call(desk, other, book.own_number(other).pk, key="phone-1") == {"key-used"}


def test_a_number_is_dialled_six_times_unless_a_manager_says_why(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        for _ in range(6):
            call(desk, case)
        assert refused_call(desk, case) == {"conduct-dial-attempts"}
        made = contact_begin(
            case_id=case.pk,
            number_id=book.own_number(case).pk,
            actor=acting(desk.manager),
            override="客户约定今天下午多次尝试",
        )
    assert made.override_rule == "dial_attempts"
    assert AuditEntry.objects.get(action="collection.overridden").subject == f"collection:{case.pk}"
    assert NumberDay.objects.get().dials == 7


def test_a_number_shared_by_two_debtors_is_dialled_six_times_in_all(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        for _ in range(6):
            call(desk, case)
        other = book.planned(book.late_loan(desk, 2))
        shared = book.own_number(other)
        shared.phone = book.own_number(case).phone.in_full()
        shared.save()
        assert refused_call(desk, other, shared.pk) == {"conduct-dial-attempts"}


def test_a_contact_is_asked_only_after_three_failures_and_never_of_the_debt(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        contact = book.contact_number(case)
        for _ in range(2):
            call(desk, case)
            assert refused_call(desk, case, contact.pk) == {"conduct-third-party"}
        call(desk, case)
        made = contact_begin(case_id=case.pk, number_id=contact.pk, actor=acting(desk.collector))
        assert made.script == "contact-locate v1"
        with pytest.raises(Refusal, match="no-such-result"):
            contact_result(contact_id=made.pk, result="promise", actor=acting(desk.collector))
        contact_result(contact_id=made.pk, result="passed_on", actor=acting(desk.collector))
    assert Contact.objects.filter(whom="contact", effective=True).count() == 0
    script = next(one for one in codes().script if one.whom is Whom.CONTACT)
    assert debt_named(script) == frozenset()
    assert all(f"{{{name}}}" not in script.zh for name in OF_DEBT)


def test_failures_of_arrears_that_are_over_open_no_way_to_a_contact(desk: Desk, case: CollectionCase) -> None:
    """Three failed calls of a case that is closed say nothing of whether the debtor can be reached today."""
    contact = book.contact_number(case)
    with clock.frozen(MORNING):
        for _ in range(3):
            call(desk, case)
        CollectionCase.objects.filter(pk=case.pk).update(state="closed", closed_on=TODAY)
        again = book.planned(book.late_loan(desk, 2, customer=case.customer))
    with clock.frozen(MORNING + timedelta(days=200)):
        assert refused_call(desk, again, contact.pk) == {"conduct-third-party"}


def test_reaching_the_debtor_closes_the_way_to_the_contacts_again(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        contact = book.contact_number(case)
        for _ in range(3):
            call(desk, case)
        call(desk, case, "call_back")
        assert refused_call(desk, case, contact.pk) == {"conduct-third-party"}


def test_an_invalid_number_opens_the_way_to_a_contact_who_can_refuse(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        contact = book.contact_number(case)
        call(desk, case, "invalid")
        assert refused_call(desk, case) == {"conduct-number-invalid"}
        made = contact_begin(case_id=case.pk, number_id=contact.pk, actor=acting(desk.collector))
        contact_result(contact_id=made.pk, result="unwilling", actor=acting(desk.collector))
        assert refused_call(desk, case, contact.pk) == {"conduct-refused"}
        contact_refuse(number_id=contact.pk, actor=acting(desk.collector))
        assert refused_call(desk, case, contact.pk) == {"conduct-refused"}


def test_a_guarantor_may_be_called_and_counts(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        given = {"source": NumberSource.APPLICATION, "consent_source": "担保合同"}
        number = number_add(
            customer_id=case.customer_id,
            whom=Whom.GUARANTOR,
            name="李先生",
            phone="13711112222",
            actor=acting(desk.collector),
            **given,  # type: ignore[arg-type]
        )
        made = contact_begin(case_id=case.pk, number_id=number.pk, actor=acting(desk.collector))
        contact_result(contact_id=made.pk, result="call_back", actor=acting(desk.collector))
    assert DebtorDay.objects.get(customer=case.customer, day=TODAY).effective == 1


def test_a_number_the_debtor_did_not_give_is_not_used(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        number = number_add(
            customer_id=case.customer_id,
            whom=Whom.DEBTOR,
            name="陈先生",
            phone="13955556666",
            source=NumberSource.FOUND,
            actor=acting(desk.collector),
        )
        assert refused_call(desk, case, number.pk) == {"conduct-number-source"}
        assert refused_call(desk, case, number.pk, override="有用") == {"conduct-number-source"}


def test_a_visit_takes_two(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        for second in (None, desk.collector.pk):
            with pytest.raises(Refusals) as refused:
                visit_plan(
                    case_id=case.pk,
                    planned_on=TODAY,
                    lead_id=desk.collector.pk,
                    second_id=second,
                    actor=acting(desk.collector),
                )
            assert codes_of(refused.value) == {"conduct-visit-staff"}


def test_a_visit_sent_a_day_later_is_of_the_day_it_was_made_and_a_breach_at_its_hour(
    desk: Desk, case: CollectionCase
) -> None:
    """Made at half past ten in the evening, offline; the telephone sends it the next morning."""
    with clock.frozen(MORNING):
        visit = visit_plan(
            case_id=case.pk,
            planned_on=TODAY,
            lead_id=desk.collector.pk,
            second_id=desk.colleague.pk,
            actor=acting(desk.manager),
        )
    place = {"latitude": 30_000_000, "longitude": 120_000_000, "accuracy": 20}
    report = Report(client_id="r1", visited_at=EVENING, result="not_home", statement="无人应门", **place)  # type: ignore[arg-type]
    with clock.frozen(MORNING + timedelta(days=1)):
        visit_report(visit_id=visit.pk, report=report, actor=acting(desk.collector))
    made = Contact.objects.get()
    assert (made.day, made.breach) == (TODAY, "quiet_hours")


def test_messages_go_through_the_same_gate(desk: Desk, case: CollectionCase) -> None:
    own, contact = book.own_number(case).pk, book.contact_number(case).pk
    with clock.frozen(EVENING), pytest.raises(Refusals) as refused:
        reminder_send(case_id=case.pk, number_id=own, actor=acting(desk.collector))
    assert codes_of(refused.value) == {"conduct-quiet-hours"}
    with clock.frozen(MORNING):
        with pytest.raises(Refusals) as refused:
            reminder_send(case_id=case.pk, number_id=contact, actor=acting(desk.collector))
        assert codes_of(refused.value) == {"conduct-third-party"}
        assert Message.objects.count() == 0
        sent = reminder_send(case_id=case.pk, number_id=own, actor=acting(desk.collector))
        assert reminder_send(case_id=case.pk, number_id=own, actor=acting(desk.collector)) == sent
        assert Message.objects.get().body.in_full() == (
            "城东店 提醒：您的贷款 A1-202603-0001 已逾期 20 天，应还 3,036.76 元。已还请忽略。如有困难请致电我们。"
        )
    with clock.frozen(MORNING + timedelta(days=1)):
        opt_out(subject=f"customer:{case.customer_id}", category=Category.REMINDER, actor=acting(desk.collector))
        with pytest.raises(Refusals) as refused:
            reminder_send(case_id=case.pk, number_id=own, actor=acting(desk.collector))
        assert codes_of(refused.value) == {"conduct-opted-out"}


def test_nobody_is_called_who_owes_nothing_late(desk: Desk, case: CollectionCase) -> None:
    with clock.frozen(MORNING):
        book.pay(case.loan, book.INSTALMENT, TODAY, cures=True)
        collection_plan(day=TODAY, actor=book.CLOSE)
        assert refused_call(desk, case) == {"case-closed"}


def placed_with(desk: Desk, case: CollectionCase) -> int:
    """The case is with an agency since nine in the morning."""
    with clock.frozen(MORNING - timedelta(hours=1)):
        agency = agency_open(
            code="W1",
            name="安信资产服务",
            contract_from=date(2026, 1, 1),
            contract_until=date(2026, 12, 31),
            fee_rate=15_000_000,
            listed=True,
            actor=acting(desk.manager),
        )
        points = {"conduct_points": 90, "recovery": 70, "complaints": 80}
        agency_review(agency_id=agency.pk, conclusion="合格", actor=acting(desk.manager), **points)
        case_place(case_id=case.pk, agency_id=agency.pk, until=date(2026, 12, 1), actor=acting(desk.manager))
    return agency.pk


def test_who_refuses_an_agency_refuses_us_and_a_number_dead_to_it_is_dead(desk: Desk, case: CollectionCase) -> None:
    own, contact = book.own_number(case), book.contact_number(case)
    agency = placed_with(desk, case)
    early = MORNING - timedelta(minutes=30)
    rows = [
        Reported(case.loan.number, own.pk, early, "invalid", key="1"),
        Reported(case.loan.number, contact.pk, early + timedelta(minutes=1), "unwilling", key="2"),
    ]
    with clock.frozen(MORNING):
        agency_log_take(agency_id=agency, rows=rows, actor=acting(desk.manager))
        assert refused_call(desk, case) == {"conduct-number-invalid"}
        assert refused_call(desk, case, contact.pk) == {"conduct-refused"}


def test_what_an_agency_did_before_or_after_the_case_was_taken_back_counts(desk: Desk, case: CollectionCase) -> None:
    """Its log of the morning comes in when the case is back: the calls were made; one after that broke a rule."""
    own = book.own_number(case)
    agency = placed_with(desk, case)
    with clock.frozen(MORNING):
        placement_recall(placement_id=Placement.objects.get().pk, reason="客户已承诺", actor=acting(desk.manager))
    rows = [
        Reported(case.loan.number, own.pk, MORNING - timedelta(minutes=30), "call_back", key="1"),
        Reported(case.loan.number, own.pk, MORNING + timedelta(days=1), "call_back", key="2"),
    ]
    with clock.frozen(MORNING + timedelta(days=1, hours=1)):
        taken = agency_log_take(agency_id=agency, rows=rows, actor=acting(desk.manager))
        assert (taken.taken, taken.breaches) == (2, 1)
    told = Contact.objects.filter(agency=agency).order_by("at").values_list("breach", flat=True)
    assert list(told) == ["", "not_placed"]
    assert list(DebtorDay.objects.order_by("day").values_list("effective", flat=True)) == [1, 1]


def test_the_log_of_an_agency_counts_with_our_own_and_names_its_breaches(desk: Desk, case: CollectionCase) -> None:
    number = book.own_number(case)
    agency = placed_with(desk, case)
    with clock.frozen(MORNING - timedelta(hours=1)):
        call(desk, case, "call_back")
    with clock.frozen(MORNING):
        rows = [
            Reported(case.loan.number, number.pk, MORNING - timedelta(minutes=40 - 10 * k), "call_back", key=str(k))
            for k in range(3)
        ]
        taken = agency_log_take(agency_id=agency, rows=rows, actor=acting(desk.manager))
        assert (taken.taken, taken.known, taken.breaches) == (3, 0, 1)
        again = agency_log_take(agency_id=agency, rows=rows, actor=acting(desk.manager))
        assert (again.taken, again.known, again.breaches) == (0, 3, 0)
        assert Contact.objects.filter(agency=agency).values_list("breach", flat=True).last() == "effective_calls"
        assert DebtorDay.objects.get().effective == 4
        assert refused_call(desk, case) == {"conduct-effective-calls"}
