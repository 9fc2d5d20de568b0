"""A loan settled by its owner on a telephone of 360 px: the sum to the fen, the wish, the money, the certificate."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from chedai.book.closing.models import SettlementAsk
from chedai.book.loans.models import Loan
from chedai.book.loans.services.receiving import loan_repay
from chedai.platform import clock
from tests import cast
from tests.browser.conftest import PHONE, Open
from tests.browser.journeys.walking import Person, Time, text_of
from tests.browser.loan_rooms import INSTALMENT, lent
from tests.house import House

pytestmark = pytest.mark.django_db(transaction=True)

TOTAL = "100,527.73"
"""97,457.81 of principal, 146.19 of interest for nine days, 2,923.73 for leaving early."""


def test_the_owner_settles_the_loan_on_the_telephone(
    house: House, screen: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_frozen", Time())
    cashier, today = cast.person("fang", "方财", house.east, "finance"), clock.business_date()
    loan = lent(house, "卫青", today - timedelta(40))
    loan_repay(loan_id=loan.pk, amount=INSTALMENT, received_on=loan.first_due, actor=cast.acting(cashier), key="first")

    officer = Person(screen(house.officer), tmp_path).open(f"/loans/{loan.number}/closure/").click("发客户链接")
    found = re.search(r"http://\S+(/l/\S+/)", officer.sees("只显示这一次").text())
    assert found is not None
    link = found.group(1)

    owner = Person(screen(None, size=PHONE), tmp_path).open(link).sees("卫*", "下一期 3,042.19 元", "1 / 36")
    owner.follow("试算部分提前还款", within="body").page.get_by_label("提前还多少").fill("20000")
    owner.click("试算", within="body").sees("期限缩短，月供不变", "月供减少，期限不变", "少付利息")
    owner.follow("返回我的贷款", within="body").follow("提前结清", within="body").sees(TOTAL, "为什么不等于余额")
    assert (owner.screen.sideways(), owner.screen.accessibility()) == (0, [])
    owner.click("申请按此金额结清", within="body").sees("正在由财务办理", TOTAL)

    finance = Person(screen(cashier), tmp_path).open("/").sees(f"客户申请结清，试算 {TOTAL} 元")
    finance.open(f"/loans/{loan.number}/").sees("客户申请").follow("提前结清")
    expect(finance.page.get_by_label("收到金额")).to_have_value(TOTAL)
    finance.click("登记结清").sees("已结清")
    finance.press(finance.page.locator("nav.tabs").get_by_role("link", name="结清手续", exact=True)).sees(
        "还有 4 项未办完"
    )
    finance.click("开具结清证明").sees(f"JQ-{loan.number}-1", "还有 3 项未办完")

    owner.open(link).sees("您已还清全部款项", f"JQ-{loan.number}-1")
    answer = owner.page.request.get(f"{owner.screen.base}{link}certificate/")
    said = text_of(answer.body(), tmp_path)
    for one in ("卫青", f"JQ-{loan.number}-1", TOTAL, "壹拾万零伍佰贰拾柒元柒角叁分", today.isoformat()):
        assert one in said, (one, said)
    assert SettlementAsk.objects.get().state == "done"
    assert (Loan.objects.get(pk=loan.pk).owed, Loan.objects.get(pk=loan.pk).settled_on) == (0, today)
    for person in (officer, owner, finance):
        assert (person.screen.violations(), person.screen.faults) == ([], [])
