"""The way of a deal at the real screens, a step a method; each step is done by whoever it belongs to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Response, expect

from chedai.catalog.starter.services import catalogue_load_starter
from chedai.deals.pipeline.models import Deal
from chedai.org.models import Staff
from chedai.org.permissions import table
from chedai.platform import clock
from chedai.platform.accounts.tokens import token_make
from tests import cast
from tests.api.conftest import Caller
from tests.browser.conftest import PHONE, Open, Watched
from tests.browser.journeys.walking import Person, Time
from tests.deals.deciding import limits
from tests.deals.deciding import second as another_analyst
from tests.deals.quoting import SEED
from tests.house import House

WANG: Final = "330106199003070022"
READING: Final = 60
PAPERS: Final = (
    "购车合同",
    "首付款凭证",
    "身份证正反面",
    "收入证明",
    "近 6 个月银行流水",
    "居住证明",
    "驾驶证",
    "征信查询授权书",
)
ANSWERS: Final = {
    "marital": "single",
    "residence": "owned",
    "home_address": "浙江省杭州市西湖区文三路 100 号",
    "residence_months": "60",
    "licence": "own",
    "job": "salaried",
    "income_stated": "15000",
    "income_verified": "14000",
    "debt_monthly": "2000",
    "debt_balance": "20000",
    "contact_name": "王建国",
    "contact_relation": "parent",
    "contact_phone": "13900001111",
}
EMPLOYER: Final = {"employer": "杭州云途科技有限公司", "employer_phone": "057188001266", "job_months": "36"}
BUREAU: Final = {
    "number": "2026112000001",
    "queried_on": "2026-11-20",
    "open_loans": "1",
    "balance": "20000",
    "monthly": "1000",
    "card_limit": "50000",
    "card_used": "5000",
    "overdue_now": "0",
    "overdue_accounts": "0",
    "worst_run": "0",
    "overdue_months": "0",
    "queries_3_months": "1",
    "queries_6_months": "2",
    "guarantees": "0",
}


@dataclass(slots=True)
class Walk:
    """A house that is open for business, and everybody's screens."""

    house: House
    screen: Open
    tmp: Path
    time: Time
    reception: Staff
    analyst: Staff
    cashier: Staff
    screens: dict[int, Person] = field(default_factory=dict)
    link: str = ""
    telephone: Person | None = None

    def at(self, staff: Staff) -> Person:
        """Their screen, opened once."""
        if staff.pk not in self.screens:
            self.screens[staff.pk] = Person(self.screen(staff), self.tmp)
        return self.screens[staff.pk]

    @property
    def officer(self) -> Person:
        return self.at(self.house.officer)

    @property
    def guest(self) -> Person:
        """The customer's own telephone, opened by the link."""
        if self.telephone is None:
            self.telephone = Person(self.screen(None, size=PHONE), self.tmp)
        self.telephone.page.goto(self.link)
        return self.telephone

    @property
    def deal(self) -> Deal:
        return Deal.objects.get()

    @property
    def path(self) -> str:
        return f"/deals/{self.deal.number}"

    @property
    def watched(self) -> list[Watched]:
        """Every screen somebody used."""
        phone = [self.telephone] if self.telephone else []
        return [one.screen for one in (*self.screens.values(), *phone)]

    def calling(self, staff: Staff) -> Callable[[str], Any]:
        """What the interface answers a token of theirs."""
        expires_at, every = clock.now() + timedelta(days=1), tuple(table().permissions)
        made = token_make(user_id=staff.user_id, name="t", scopes=every, expires_at=expires_at, actor=SEED)
        caller = Caller(staff, made.secret)

        def asked(path: str) -> Any:
            answer = caller.get(path)
            assert answer.status_code == 200, answer.content
            return json.loads(answer.content)

        return asked

    def walk_in(self) -> None:
        """Reception notes the visit, the officer calls the next."""
        desk = self.at(self.reception).open("/reception/")
        desk.type(name="王芳", phone="13812342107", interest="启程 E5", next_contact_on="2026-11-28").click("登记到店")
        desk.sees("1 号 王*", "138****2107")
        self.officer.open("/reception/").click("叫下一位").sees("请 1 号")

    def ask(self, down: str, loan: str) -> None:
        """A car of 125,000 at the quote desk, for whom was called: neither name nor telephone is typed again."""
        page = self.officer.open("/reception/").follow("报价", within=".item-acts").sees("为 王* 138****2107 报价").page
        page.fill("#id_car", "启程 E5 520km 长续航版")
        page.fill("#id_price", "125000")
        with page.expect_response(lambda one: parse_qs(urlsplit(one.url).query).get("down") == [down]):
            page.fill("#id_down", down)
        expect(page.locator("#desk.htmx-request")).to_have_count(0)  # a later answer would take back the next click
        expect(page.locator(".quote-table")).to_contain_text(f"贷款 {loan}")

    def prefer(self, plan: str) -> None:
        """A plan, brought in where it is not in the tray, becomes the preferred one."""
        page = self.officer.page
        head = page.locator(".quote-table thead th", has_text=re.compile(plan))
        if head.count() == 0:
            page.locator("summary", has_text="加方案").click()
            page.locator(".quote-offers a", has_text=re.compile(plan)).click()
            expect(head).to_have_count(1)
        head.locator("a", has_text="设为首选").click()
        expect(page.locator(".quote-best")).to_contain_text("您选定的方案")

    def open_deal(self, mode: str) -> None:
        """Who walked in takes the plan; the identity number is written down."""
        self.officer.press(self.officer.page.locator(".quote-best button"))
        self.officer.sees("王* 138****2107").type(mode=mode).click("建案卷").sees("王*", "轮到我们")
        change = self.officer.open(f"/customers/{self.deal.customer_id}/change/")
        change.type(id_number=WANG, reason="登记证件").click("保存更正")

    def send_link(self) -> None:
        """The officer makes the customer's link."""
        text = self.officer.open(f"{self.path}/application/").click("发客户链接").text()
        found = re.search(r"http://\S+/m/\S+/", text)
        assert found is not None
        self.link = found.group()

    def agree(self, times: int) -> None:
        """The customer agrees, one purpose after another."""
        guest = self.guest.follow("去办：授权", within="body")
        for _ in range(times):
            guest.click("我已阅读并同意", within="body")
        guest.sees("授权已完成")

    def fill(self) -> None:
        """The officer fills the form in: the employer is asked once the job is known."""
        for answers in (ANSWERS, EMPLOYER):
            self.officer.open(f"{self.path}/application/").follow("填写申请表").type(**answers).click("保存申请表")
        self.officer.open(f"{self.path}/application/").type(payer="self").click("保存送审对象")

    def choose(self, *lenders: str) -> None:
        """Whom the file is for: the form and the list of papers follow."""
        page = self.officer.open(f"{self.path}/application/").page
        for code in lenders:
            page.locator(f"main [name='codes'][value='{code}']").check()
        self.officer.click("保存送审对象").sees("已保存送审对象")

    def pick(self, person: Person, paper: str) -> None:
        """A line of the checklist; its part of the page is there."""
        row = person.open(f"{self.path}/papers/").page.locator(".checklist-row", has_text=paper)
        person.press(row)
        expect(row).to_have_attribute("aria-current", "true")

    def hand_in(self, *papers: str) -> None:
        """Papers, one line of the checklist after another."""
        for word in papers:
            self.pick(self.officer, word)
            self.officer.hand_in(f"{word}.pdf", word).click("上传资料").sees("已上传资料")

    def bureau(self) -> None:
        """The summary of the credit report; the approver accepts the evidence of the down payment."""
        self.officer.open(f"{self.path}/application/").follow("录入征信").type(**BUREAU).click("保存摘要")
        analyst = self.at(self.house.approver)
        self.pick(analyst, "首付款凭证")
        analyst.click("通过资料").sees("已通过资料")

    def submit(self) -> None:
        self.officer.open(f"{self.path}/application/").sees("可以提交").click("提交进件").sees("已提交进件")

    def decide(self) -> None:
        """One analyst proposes; another opens every paper and agrees."""
        first = self.at(self.house.approver).open("/decisions/next/").sees("规则通过")
        first.type(opinion="资料齐全，收入与流水相符").click("通过")
        second = self.at(self.analyst).open("/decisions/next/").sees(f"已看 0 / {len(PAPERS)} 份")
        second.type(opinion="同意").click("通过").sees(f"{len(PAPERS)} 份")
        assert self.deal.stage == "decision"  # papers unseen: the word is not taken
        second.open("/decisions/next/")
        for _ in PAPERS:
            context = second.page.context
            with context.expect_page() as opened, context.expect_event("response", _is_paper):
                second.page.locator("[data-paper]:not([hidden]) a").click()
            opened.value.close()
            second.page.get_by_role("button", name="下一份").click()
        second.open("/decisions/next/").sees(f"{len(PAPERS)} 份已全部看过").type(opinion="同意").click("通过")

    def read(self) -> None:
        """The customer reads the statement for the set time and confirms it."""
        guest = self.guest.follow("去办：综合融资成本明示表", within="body")
        expect(guest.page.locator("button[data-wait]")).to_be_disabled()
        self.time.passes(READING)
        guest.page.reload()
        guest.click("我已读完，确认以上费用", within="body")

    def draft(self) -> None:
        """The account of the dealer, then the contract on the car."""
        officer = self.officer.open(f"{self.path}/contract/").follow("登记收款账户")
        officer.type(
            role="dealer", holder="城东汽车销售有限公司", bank="江河银行城东支行", account="6222020200012345678"
        )
        officer.click("登记收款账户").sees("已登记收款账户").follow("生成合同")
        officer.type(vin="LFV2A21K8A3000001", agreed_on="2026-11-23").click("生成合同").sees("已生成合同")

    def sign(self) -> None:
        guest = self.guest.follow("去办：合同", within="body")
        guest.page.get_by_label("您身份证号的后四位").fill(WANG[-4:])
        guest.click("签署合同", within="form").sees("已于 2026-11-20 签署。")

    def insure(self) -> None:
        for cover, number in (("compulsory", "PA-1"), ("commercial", "PA-2")):
            officer = self.officer.open(f"{self.path}/after/").follow("登记保单")
            officer.type(cover=cover, insurer="平安财险", number=number, starts="2026-11-20", ends="2027-11-19")
            if cover == "commercial":
                officer.type(damage="125000", third_party="1000000", beneficiary="on").hand_in("保单.pdf", "policy")
            officer.click("登记保单").sees("已登记保单")

    def finish(self, **references: str) -> None:
        """Device, plate, lien: each with its number and paper."""
        for kind, reference in references.items():
            officer = self.officer.open(f"{self.path}/after/done/{kind}/").type(reference=reference)
            officer.hand_in(f"{kind}.pdf", kind).click("登记完成").sees("已登记完成")

    def prove_down(self, amount: str) -> None:
        self.officer.open(f"{self.path}/payout/").follow("上传凭证").type(amount=amount)
        self.officer.hand_in("首付凭证.pdf", "down").click("上传")
        self.at(self.cashier).open(f"{self.path}/payout/").click("通过凭证")

    def pay(self) -> None:
        """The officer asks; finance lets the money go."""
        self.officer.open(f"{self.path}/payout/").sees("全部满足").follow("申请放款").click("申请放款").sees("轮到财务")
        cashier = self.at(self.cashier).open("/payouts/").follow("复核放款")
        cashier.type(paid_on="2026-11-20", reference="20261120-0001").hand_in("回单.pdf", "receipt").click("确认已放款")
        cashier.sees("已放款")


def _is_paper(answer: Response) -> bool:
    """Whether the house has answered with a paper of a case: from then on it counts as seen."""
    return re.search(r"/decisions/\d+/papers/\d+/$", answer.url) is not None


@pytest.fixture
def walk(house: House, screen: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Ten in the morning: the shop is open, the shelf is full, everybody is at their place."""
    time = Time()
    monkeypatch.setattr(clock, "_frozen", time)
    limits()
    catalogue_load_starter(actor=SEED)
    reception = cast.person("he", "何静", house.east, "reception")
    cashier = cast.person("fang", "方财", house.east, "finance")
    return Walk(house, screen, tmp_path, time, reception, another_analyst(house), cashier)
