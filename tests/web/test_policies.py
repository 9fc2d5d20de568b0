"""Policies on the screen: what holds on a day, its history, and a change that takes two people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client

from chedai.org.models import AuthorityLimit, Staff
from chedai.platform import events
from chedai.platform.approvals.models import Approval
from chedai.platform.policies.laying_over import digest_of, shipped_text, shipped_texts
from chedai.platform.policies.models import PolicyDraft, PolicyEdition
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.policies.wiring import HANDLERS
from tests import cast
from tests.web.conftest import House

Browse = Callable[[Staff], Client]
SINCE = date(2025, 1, 1)
LPR = "lpr.toml"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who writes and who publishes, with a browser each."""

    writer: Client
    checker: Client
    reader: Client


@pytest.fixture
def desk(house: House, browse: Browse) -> Iterator[Desk]:
    before = events.wiring()
    events.install(HANDLERS)
    AuthorityLimit.objects.create(action="policy.publish", role="compliance", amount=0, since=SINCE)
    people = [cast.person(*who, house.east, "compliance", everywhere=True) for who in (("gu", "顾言"), ("bai", "白露"))]
    yield Desk(browse(people[0]), browse(people[1]), browse(house.officer))
    events.install(before)


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def send(client: Client, name: str, text: str, address: str = "") -> tuple[int, str]:
    base = digest_of(shipped_text(name))
    data = {"name": name, "content": text, "base": base}
    answer = client.post(address or f"/policies/files/{name}/write/", data)
    return answer.status_code, answer.headers.get("Location", "")


def closed(text: str) -> str:
    """The LPR closed at the end of the year, and a lower one after it."""
    head, mark, tail = text.rpartition('key = "lpr.5y"')
    cut = head.rindex("[[policy]]")
    first, rest = head[:cut].rstrip(), head[cut:]
    at = first.rindex("value = ")
    day = '\n\n[[policy.row]]\nid = "2027-01-01"\nfrom = 2027-01-01\nvalue = "2.90"\nsource = "公告"\n'
    day += 'confidence = "A"\n\n'
    begun = first[:at] + "to = 2026-12-31\n" + first[at:]
    begun = begun.replace("verified_on = 2026-01-20", "verified_on = 2027-01-02", 1)
    return begun + day + rest + mark + tail


def test_the_whole_book_is_folded_by_subject_and_a_subject_opens_with_what_was_asked(desk: Desk) -> None:
    said = page(desk.reader, "/policies/?on=2026-11-20")
    assert len(said.encode()) < 64 * 1024
    assert ('href="?on=2026-11-20&amp;subject=lpr"' in said, "/policies/keys/lpr.1y/" in said) == (True, False)
    assert said.count("/policies/files/") == len(shipped_texts()) + 1  # of each its versions; and all of them above
    banks = page(desk.reader, "/policies/?lender_type=bank")
    assert 'href="?lender_type=bank&amp;subject=loan_ratio"' in banks
    assert "/policies/keys/loan_ratio.max/" in page(desk.reader, "/policies/?lender_type=bank&subject=loan_ratio")


def test_what_is_in_force_on_a_day_is_listed_with_its_source(desk: Desk) -> None:
    said = page(desk.reader, "/policies/?on=2026-11-20&subject=lpr")
    assert "2026-11-20 有效" in said
    assert "/policies/keys/lpr.1y/" in said
    assert "每年 3%" in said or "每年 3.0%" in said
    assert "最近一次核实为 2026-01-20" in said
    assert 'rel="noopener noreferrer"' in said


def test_the_day_the_lender_and_the_words_narrow_the_list(desk: Desk) -> None:
    before = page(desk.reader, "/policies/?on=2018-06-01&subject=lpr")
    assert "没有收录不等于没有规定" in before
    lpr = page(desk.reader, "/policies/?subject=lpr")
    assert ("lpr.1y/" in lpr, "loan_term.auto/" in lpr) == (True, False)
    assert "rate_caps.loan.private_lending/" not in page(desk.reader, "/policies/?subject=rate_caps&lender_type=bank")
    assert "rate_caps.loan.private_lending/" in page(desk.reader, "/policies/?subject=rate_caps&lender_type=unlicensed")
    found = page(desk.reader, "/policies/?q=LPR&on=nonsense&region=mars&subject=none")
    assert ("lpr.5y/" in found, "retention." in found) == (True, False)


def test_the_history_of_a_policy_shows_every_row(desk: Desk) -> None:
    said = page(desk.reader, "/policies/keys/lpr.1y/")
    assert said.index("2019-09-20") < said.index("2019-08-20 –")
    assert said.count("现行") == 1
    assert "签约日" in said
    assert "没有这项政策" in page(desk.reader, "/policies/keys/nothing/", 404)


def test_the_files_say_which_edition_is_in_force(desk: Desk) -> None:
    assert page(desk.reader, "/policies/files/").count("随附版本") == len(shipped_texts()) == 34
    assert "没有人在改这个文件" in page(desk.reader, f"/policies/files/{LPR}/")
    assert "没有这个政策文件" in page(desk.reader, "/policies/files/none.toml/", 404)


def test_a_policy_is_written_tested_submitted_and_published_by_another(desk: Desk) -> None:
    text = closed(shipped_text(LPR))
    status, address = send(desk.writer, LPR, text)
    draft = PolicyDraft.objects.get()
    assert (status, address) == (302, f"/policies/drafts/{draft.pk}/")
    said = page(desk.writer, f"{address}?on=2027-01-01")
    assert ("没有错误" in said, "截止" in said, "新增" in said, "2027-01-01 起就不同" in said) == (True,) * 4
    assert "每年 2.9%" in said
    desk.writer.post(f"{address}submit/")
    approval = Approval.objects.get()
    own = page(desk.writer, f"/approvals/{approval.pk}/")
    assert ("提交人不得审批自己的申请" in own, "逐条变化" in own) == (True, True)
    shown = page(desk.checker, f"/approvals/{approval.pk}/")
    assert ("每年 2.9%" in shown, "文字差异" in shown, "2027-01-02" in shown) == (True, True, True)
    assert book_in_force().series("lpr.1y").rows[-1].end is None
    desk.checker.post(f"/approvals/{approval.pk}/", {"verdict": "approve", "digest": approval.digest})
    assert PolicyEdition.objects.get().number == 1
    assert book_in_force().series("lpr.1y").rows[-1].id == "lpr.1y/2027-01-01"
    file = page(desk.reader, f"/policies/files/{LPR}/")
    assert ("顾言 起草，白露 发布" in file, "第 1 版" in file) == (True, True)
    compared = page(desk.reader, f"/policies/files/{LPR}/compare/?a=0&b=1")
    assert ("diff-new" in compared, "重新核实" in compared) == (True, True)
    assert "没有一条政策的内容改变" in page(desk.reader, f"/policies/files/{LPR}/compare/?a=1&b=1")
    assert "没有这个版本" in page(desk.reader, f"/policies/files/{LPR}/compare/?a=7", 404)
    assert "已发布" in page(desk.reader, address)
    assert "approval" in file


def test_a_fault_is_shown_with_its_line_and_hinders_submitting(desk: Desk) -> None:
    broken = shipped_text(LPR).replace('value = "4.25"', 'value = "四"', 1)
    _status, address = send(desk.writer, LPR, broken)
    line = broken[: broken.index('id = "2019-08-20"')].count("\n") + 1
    said = page(desk.writer, f"{address}write/")
    assert (f'data-line="{line}"' in said, "处错误，改正后才能提交" in said) == (True, True)
    assert "文件有错误，改正后才能逐条比较" in page(desk.writer, address)
    answer = desk.writer.post(f"{address}submit/")
    assert (answer.status_code, Approval.objects.count(), PolicyDraft.objects.get().state) == (422, 0, "draft")


def test_the_text_is_tested_while_it_is_written_and_nothing_is_kept(desk: Desk) -> None:
    answer = desk.writer.post("/policies/drafts/check/", {"name": LPR, "content": "title_zh ="})
    assert 'data-line="1"' in answer.content.decode()
    assert (
        "没有错误"
        in desk.writer.post("/policies/drafts/check/", {"name": LPR, "content": shipped_text(LPR)}).content.decode()
    )
    assert not PolicyDraft.objects.exists()


def test_a_new_file_needs_a_name(desk: Desk) -> None:
    assert "[[policy.row]]" in page(desk.writer, "/policies/files/new/")
    answer = desk.writer.post("/policies/files/new/", {"name": "Haus.toml", "content": "x", "base": ""})
    assert (answer.status_code, "小写字母" in answer.content.decode()) == (422, True)
    answer = desk.writer.post("/policies/files/new/", {"name": "haus.toml", "content": "x", "base": ""})
    address = answer["Location"]
    assert ("haus.toml" in page(desk.writer, address), PolicyDraft.objects.count()) == (True, 1)
    assert "haus.toml" in page(desk.writer, f"{address}write/")
    assert "haus.toml" in page(desk.reader, "/policies/drafts/")


def test_a_second_draft_of_a_file_hears_that_it_is_behind(desk: Desk) -> None:
    text = shipped_text(LPR)
    _status, one = send(desk.writer, LPR, closed(text))
    _status, two = send(desk.writer, LPR, text + "\n# Looked up again.\n")
    for address in (one, two):
        desk.writer.post(f"{address}submit/")
    first, second = Approval.objects.order_by("pk")
    desk.checker.post(f"/approvals/{first.pk}/", {"verdict": "approve", "digest": first.digest})
    assert "通过后不能发布" in page(desk.checker, f"/approvals/{second.pk}/")
    answer = desk.checker.post(f"/approvals/{second.pk}/", {"verdict": "approve", "digest": second.digest})
    assert (answer.status_code, PolicyEdition.objects.count()) == (409, 1)
    assert "此草案不能发布" in page(desk.writer, two)
    assert "保存即表示已看过" in page(desk.writer, f"{two}write/")
    assert "审批作废" in page(desk.writer, f"{two}write/")


def test_a_draft_is_given_up_by_its_writer_only(desk: Desk) -> None:
    _status, address = send(desk.writer, LPR, shipped_text(LPR) + "# a word\n")
    assert "撤回草案" not in page(desk.checker, address)
    assert desk.checker.post(f"{address}withdraw/").status_code == 403
    assert PolicyDraft.objects.get().state == "draft"
    assert desk.writer.post(f"{address}withdraw/").status_code == 302
    assert PolicyDraft.objects.get().state == "withdrawn"
    assert "已撤回" in page(desk.writer, address)


def test_who_has_no_right_to_draft_reads_only(desk: Desk) -> None:
    assert "起草" not in page(desk.reader, f"/policies/files/{LPR}/").replace("起草，", "")
    for address in (f"/policies/files/{LPR}/write/", "/policies/files/new/"):
        assert "没有权限" in page(desk.reader, address, 403)
    assert send(desk.reader, LPR, "x")[0] == 403
    assert not PolicyDraft.objects.exists()


def test_without_somebody_set_to_publish_nothing_is_submitted(desk: Desk) -> None:
    AuthorityLimit.objects.filter(action="policy.publish").delete()
    _status, address = send(desk.writer, LPR, shipped_text(LPR) + "# a word\n")
    answer = desk.writer.post(f"{address}submit/")
    assert (answer.status_code, "还没有设定由谁审批" in answer.content.decode()) == (422, True)
    assert not Approval.objects.exists()


def test_the_pages_speak_english(desk: Desk) -> None:
    desk.reader.post("/language/", {"language": "en"})
    said = page(desk.reader, "/policies/?on=2026-11-20&subject=lpr")
    assert ("In force on 2026-11-20" in said, "Loan prime rate" in said, "per year" in said) == (True, True, True)


def test_an_upgrade_that_brings_another_file_is_told(desk: Desk) -> None:
    _status, address = send(desk.writer, LPR, shipped_text(LPR) + "# a word\n")
    desk.writer.post(f"{address}submit/")
    approval = Approval.objects.get()
    desk.checker.post(f"/approvals/{approval.pk}/", {"verdict": "approve", "digest": approval.digest})
    PolicyEdition.objects.update(shipped_digest="before the upgrade")
    assert "随附已更新" in page(desk.reader, "/policies/files/")
    assert "软件升级带来了新的随附版本" in page(desk.reader, f"/policies/files/{LPR}/")
