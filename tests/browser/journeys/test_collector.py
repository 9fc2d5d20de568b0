"""A month of one collector's mornings by keyboard, on loans as they are; then a visit made without a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import pytest
from playwright.sync_api import Page, expect

from chedai.book.collection.models import CollectionCase, Contact, PromiseToPay, VisitReport
from chedai.book.collection.selectors import queue_of
from chedai.book.collection.services.planning import collection_plan
from chedai.book.collection.services.visits import visit_plan
from chedai.book.loans.services.keeping import loan_bring
from chedai.platform import clock
from chedai.platform.actors import system
from tests import cast
from tests.book.loans.lending import INSTALMENT, Lent, lend
from tests.browser.conftest import PHONE, WIDE, Open, Watched
from tests.house import House

pytestmark = pytest.mark.django_db(transaction=True)
CLOSE = system("close")
MAY = datetime.combine(date(2025, 5, 1), time(10), clock.SHANGHAI)


@dataclass
class Month:
    """Three loans, and the day the house is on: every morning at ten."""

    loans: list[Lent]
    moment: datetime

    def begin(self, day: int, month: int = 5) -> date:
        """The next morning: the night has worked out what is late and filled the queue."""
        morning = date(2025, month, day)
        self.moment = datetime.combine(morning, time(10), clock.SHANGHAI)
        for lent in self.loans:
            loan_bring(loan_id=lent.loan_id, day=morning, actor=CLOSE)
        collection_plan(day=morning, actor=CLOSE)
        return morning


@pytest.fixture
def month(house: House, monkeypatch: pytest.MonkeyPatch) -> Month:
    made = Month([lend(name=name) for name in ("one", "two", "three")], MAY)
    for at, lent in enumerate(made.loans, start=1):
        customer = lent.loan.customer
        customer.phone, customer.address = f"1380013000{at}", f"杭州市西湖区文三路 {at} 号"
        customer.save()
    monkeypatch.setattr(clock, "now", lambda: clock._frozen.get() or made.moment)
    return made


def call(page: Page, case: CollectionCase, key: str, due: str = "") -> None:
    """C to call, a figure for what came of it, Ctrl Enter to save it and go on."""
    expect(page.locator(".panel-head .code")).to_have_text(case.loan.number)
    with page.expect_navigation():
        page.keyboard.press("c")
    expect(page.locator(".script a")).to_have_attribute("href", f"tel:{case.customer.phone.in_full()}")  # type: ignore[union-attr]
    page.keyboard.press(key)
    expect(page.locator(f'.result[data-key="{key}"] input')).to_be_checked()
    if due:
        page.get_by_label("承诺日期").fill(due)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def clean(watched: Watched) -> None:
    """The screen of a call, wide and on a phone."""
    for size in (WIDE, PHONE):
        watched.page.set_viewport_size(size)  # type: ignore[arg-type]
        assert (watched.sideways(), watched.accessibility(), watched.violations(), watched.faults) == (0, [], [], [])
    watched.page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def test_a_month_of_one_collectors_mornings(house: House, screen: Open, month: Month) -> None:
    collector = cast.person("tang", "唐悦", house.east, "collector")
    month.begin(13)
    one, two, three = (CollectionCase.objects.get(loan=lent.loan_id) for lent in month.loans)

    watched = screen(collector)
    page = watched.open("/collection/")
    first, second, third = _order(collector.pk)
    expect(page.get_by_text("今日队列 第 1 / 3 件")).to_be_visible()
    call(page, first, "1", "2025-05-16")
    with page.expect_navigation():
        page.keyboard.press("s")  # for later this morning
    with page.expect_navigation():
        page.keyboard.press("c")
    clean(watched)
    page.keyboard.press("3")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    call(page, second, "5")
    expect(page.get_by_text("今天的 3 件都已处理。 承诺 1 笔")).to_be_visible()

    payer = next(lent for lent in month.loans if lent.loan_id == first.loan_id)
    month.begin(16)
    payer.pay(INSTALMENT + 10_000, date(2025, 5, 16))
    month.begin(17)  # kept and cured: gone; the other two are back
    page = screen(collector).open("/collection/")  # every morning signs in anew
    waiting = _order(collector.pk)
    assert {case.pk for case in waiting} == {second.pk, third.pk}
    call(page, waiting[0], "1", "2025-05-18")
    call(page, waiting[1], "6")

    month.begin(19)  # nothing came: broken, and in the queue again the same morning
    broken = next(case for case in _order(collector.pk) if case.pk == waiting[0].pk)
    page = screen(collector).open(f"/collection/cases/{broken.pk}/")
    expect(page.locator(".timeline-red h3")).to_have_text("未兑现")
    assert list(PromiseToPay.objects.order_by("pk").values_list("state", flat=True)) == ["kept", "broken"]

    payer.pay(INSTALMENT, date(2025, 6, 10))
    month.begin(12, 6)  # a second instalment is late: another bucket, another strategy
    page = screen(collector).open("/collection/")
    assert {case.bucket for case in _order(collector.pk)} == {"M2"}
    for case in _order(collector.pk):
        call(page, case, "4")
    manager = screen(house.manager).open("/collection/effects/")
    assert (_added(manager, "还清"), _added(manager, "承诺兑现")) == ((1, 3), (1, 2))
    assert Contact.objects.filter(effective=True).count() == 6
    assert {one.state, two.state, three.state} == {"open"}  # as they were that first morning
    assert CollectionCase.objects.filter(state="closed").get().pk == first.pk


def test_a_visit_made_without_a_line_is_sent_when_there_is_one(house: House, screen: Open, month: Month) -> None:
    tang, he = (cast.person(name, word, house.east, "collector") for name, word in (("tang", "唐悦"), ("he", "何平")))
    day = month.begin(20)
    case = CollectionCase.objects.get(loan=month.loans[0].loan_id)
    visit_plan(case_id=case.pk, planned_on=day, lead_id=tang.pk, second_id=he.pk, actor=cast.acting(tang))
    watched = screen(tang, size=PHONE)
    context = watched.page.context
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 30.2741, "longitude": 120.1551, "accuracy": 12})
    watched.page.clock.set_fixed_time(month.moment)
    page = watched.open("/collection/visits/")
    clean_phone(watched)
    page.wait_for_function(KEPT)
    context.set_offline(True)
    page.get_by_label("情况说明").fill("敲门无人应答")
    page.locator("[data-visit] select").select_option("not_home")
    page.wait_for_function(TYPED)
    page.reload()  # without a line: the page is there, drawn, with what was typed
    expect(page.get_by_label("情况说明")).to_have_value("敲门无人应答")
    expect(page.locator("[data-visit] select")).to_have_value("not_home")
    expect(page.locator("main")).to_have_css("font-size", "14px")
    page.get_by_role("button", name="记下并提交").click()
    expect(page.locator("[data-state]")).to_have_text("已存在本机，等待提交")
    expect(page.locator("#visits-line")).to_contain_text("没有网络")
    assert not VisitReport.objects.exists()
    context.set_offline(False)
    expect(page.locator("[data-state]")).to_have_text("已提交")
    report = VisitReport.objects.get()
    assert (report.visit.case_id, report.result, report.accuracy, report.by) == (case.pk, "not_home", 12, tang)
    assert watched.violations() == []


def test_what_the_telephone_keeps_goes_with_who_signs_out(house: House, screen: Open) -> None:
    page = screen(cast.person("tang", "唐悦", house.east, "collector"), size=PHONE).open("/collection/visits/")
    page.wait_for_function(KEPT)
    page.evaluate("document.querySelector('form[action$=\"/accounts/logout/\"]').requestSubmit()")
    expect(page.locator("[name=password]")).to_be_visible()
    page.wait_for_function("async () => !(await caches.has('visits'))")


KEPT = """async () => {
  const kept = await caches.open('visits');
  const names = (await kept.keys()).map(one => new URL(one.url).pathname);
  return names.includes('/collection/visits/') && names.some(one => one.endsWith('.css'));
}"""
TYPED = """() => new Promise(done => {
  const asked = indexedDB.open('visit reports');
  asked.onsuccess = () => {
    const all = asked.result.transaction('typing').objectStore('typing').getAll();
    all.onsuccess = () => {
      asked.result.close();
      done(all.result.some(one => one.statement && one.result === 'not_home'));
    };
  };
})"""


def clean_phone(watched: Watched) -> None:
    """The route of the day on a telephone."""
    assert (watched.sideways(), watched.accessibility()) == (0, [])


def _added(page: Page, label: str) -> tuple[int, int]:
    """A column of "so many of so many", added up."""
    cells = page.locator(f'td[data-label="{label}"]')
    expect(cells.first).to_be_visible()
    pairs = [text.split(" / ") for text in cells.all_inner_texts()]
    return sum(int(some) for some, _all in pairs), sum(int(every) for _some, every in pairs)


def _order(collector: int) -> list[CollectionCase]:
    """The cases of the queue as it stands, in order."""
    waiting = queue_of(collector, clock.business_date()).filter(done_at=None, case__state="open")
    return [line.case for line in waiting]
