"""The advice library: written by one person, published by another, sent once with the figures of the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from chedai.deals.quotes.advice import advice_publish, advice_send, advice_write, notes_of
from chedai.deals.quotes.models import AdviceNote, AdviceText
from chedai.platform import events
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.messages.models import Message
from tests import cast
from tests.deals.quoting import LEVEL, Desk, desk, shelf
from tests.house import build
from tests.support.ground import begins_with

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf),
    pytest.mark.usefixtures("held_clock"),
]

BODY = "贷款 {principal} 元分 {periods} 期，月供 {instalment} 元，利息共 {interest} 元，费用 {fees} 元，年化 {rate}。"


@pytest.fixture
def at() -> Iterator[Desk]:
    before = events.wiring()
    events.install({})
    yield desk(build())
    events.install(before)


def write(at: Desk, body: str = BODY, code: str = "cost") -> AdviceText:
    by = at.house.manager
    return advice_write(code=code, title="费用说明", body=body, staff_id=by.pk, actor=cast.acting(by))


def publish(at: Desk, text: AdviceText) -> AdviceText:
    by = at.house.approver
    return advice_publish(text_id=text.pk, staff_id=by.pk, actor=cast.acting(by))


def send(at: Desk, quote: int, text: AdviceText, plan: int = 1) -> AdviceNote:
    return advice_send(quote_id=quote, plan=plan, text_id=text.pk, staff_id=at.house.officer.pk, actor=at.actor)


def refused(act: Callable[[], object]) -> str:
    before = (AdviceNote.objects.count(), Message.objects.count(), AuditEntry.objects.count())
    with pytest.raises(Refusal) as refusal:
        act()
    assert (AdviceNote.objects.count(), Message.objects.count(), AuditEntry.objects.count()) == before
    return refusal.value.code


def test_the_customer_reads_the_figures_of_the_plan_once(at: Desk) -> None:
    quote, text = at.offer(LEVEL), publish(at, write(at))
    note = send(at, quote.pk, text)
    message = Message.objects.get()
    assert message.body.in_full() == (
        "贷款 100,000.00 元分 36 期，月供 3,036.76 元，利息共 9,323.36 元，费用 0.00 元，年化 5.88%。"
    )
    assert message.address.in_full() == "13812342107"
    assert send(at, quote.pk, text).pk == note.pk
    assert (list(notes_of(quote.number)), Message.objects.count()) == ([note], 1)
    assert AuditEntry.objects.filter(action="quote.advised", subject=f"deal:{at.deal.pk}").count() == 1


def test_only_what_a_second_person_published_is_sent(at: Desk) -> None:
    quote, text = at.offer(LEVEL), write(at)
    by = at.house.manager
    assert refused(lambda: send(at, quote.pk, text)) == "advice-not-published"
    with pytest.raises(Conflict, match="advice-same-person"):
        advice_publish(text_id=text.pk, staff_id=by.pk, actor=cast.acting(by))
    publish(at, text)
    newer = publish(at, write(at, "月供 {instalment} 元。"))
    text.refresh_from_db()
    assert (text.state, newer.version) == ("retired", 2)
    assert refused(lambda: send(at, quote.pk, text)) == "advice-not-published"
    send(at, quote.pk, newer)
    assert Message.objects.get().body.in_full() == "月供 3,036.76 元。"
    with pytest.raises(Conflict, match="advice-not-draft"):
        publish(at, newer)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("本店贷款包过", "advice-promise"),
        ("返佣 {rebate} 元", "advice-figure"),
        ("月供 {instalment", "template-braces"),
        (" ", "advice-empty"),
        ("元" * 501, "advice-long"),
    ],
)
def test_a_text_promises_nothing_and_names_only_figures_of_the_plan(at: Desk, body: str, code: str) -> None:
    assert refused(lambda: write(at, body)) == code
    assert not AdviceText.objects.exists()


def test_it_is_sent_to_somebody(at: Desk) -> None:
    text, nobody, somebody = publish(at, write(at)), at.offer(LEVEL, deal=False), at.offer(LEVEL)
    assert refused(lambda: send(at, nobody.pk, text)) == "advice-nobody"
    assert refused(lambda: send(at, somebody.pk, text, plan=0)) == "plan-is-cash"
