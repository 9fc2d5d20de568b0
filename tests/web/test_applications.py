"""The tabs of an application: what they show, and what their buttons do as the people who press them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from chedai.crm.customers.models import Customer
from chedai.deals.applications.models import CheckItem, Flag, Party, PhoneLink, Statement, Submission
from chedai.deals.applications.readiness import lacks_of
from chedai.deals.applications.selectors import answers_in_force, answers_plain, items_of, parties_of
from chedai.deals.applications.services.answers import answers_write
from chedai.deals.applications.services.links import token_hash
from chedai.deals.applications.services.papers import check_hand_in
from chedai.deals.applications.services.proofs import BureauFigures, bureau_write
from chedai.journey.demo.people import identity
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Refusals
from tests.deals.applying import TODAY, Case, asked_for, item, opened, paper
from tests.deals.quoting import Desk, deal_for, shelf
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, asked_for),
    pytest.mark.usefixtures("held_clock"),
]


@pytest.fixture
def case(held_clock: object) -> Case:
    return given(asked_for)


def signed_in(staff: Staff) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(staff.user)
    return client


def at(case: Case, path: str) -> str:
    return f"/deals/{case.deal.number}/{path}"


def shown(case: Case, path: str, staff: Staff | None = None) -> str:
    answer = signed_in(staff or case.house.officer).get(at(case, path))
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def post(case: Case, path: str, staff: Staff | None = None, **data: Any) -> HttpResponse:
    return signed_in(staff or case.house.officer).post(at(case, path), data)


def test_the_form_says_what_is_missing_and_the_button_refuses_naming_it(case: Case) -> None:
    text = shown(case, "application/")
    assert "提交前还差" in text and "王*：缺少婚姻状况" in text
    refused = post(case, "application/submit/")
    assert refused.status_code == 422 and "缺少购车合同" in refused.content.decode()
    case.complete()
    assert "可以提交" in shown(case, "application/")
    assert post(case, "application/submit/").status_code == 302
    assert "已于" in shown(case, "application/")


def test_the_jacket_names_the_paper_that_came_in_and_tells_of_its_file_once(case: Case) -> None:
    one = item(case, "residence_proof")
    check_hand_in(item_id=one.pk, name="房产证.pdf", content=paper("residence"), actor=case.officer)
    told = shown(case, "papers/").partition('class="timeline"')[2]
    assert "上传资料" in told and "<p>居住证明</p>" in told
    assert "上传文件" not in told
    assert "上传文件" in shown(case, "record/")


def test_answers_typed_at_the_desk_are_kept_in_fen(case: Case) -> None:
    typed = {"marital": "single", "income_stated": "15,000.50", "job": "salaried", "source": "customer"}
    answer = post(case, "application/answers/", **typed)
    assert answer.status_code == 302
    held = answers_plain(answers_in_force([case.applicant.pk])[case.applicant.pk])
    assert held == {"marital": "single", "income_stated": "1500050", "job": "salaried"}
    assert "15,000.50" in shown(case, "application/")
    changed = post(case, "application/answers/", **typed | {"income_stated": "18000"})
    assert changed.status_code == 422 and "须写明原因" in changed.content.decode()


def test_a_guarantor_is_taken_in_once(case: Case) -> None:
    typed = {
        "name": "孙国强",
        "id_number": "330106198805120031",
        "phone": "",
        "role": "guarantor",
        "liability": "limited_guarantee",
        "liability_amount": "30000",
    }
    assert post(case, "application/party/", **typed).status_code == 302
    party = parties_of(case.application.pk)[1]
    assert (party.role, party.liability_amount) == ("guarantor", 3_000_000)
    again = post(case, "application/party/", **typed)
    assert (again.status_code, Party.objects.count()) == (409, 2)


def test_the_loop_of_a_paper_on_one_page(case: Case) -> None:
    one = next(item for item in items_of(case.application.pk) if item.code == "purchase_contract")
    file = SimpleUploadedFile("合同.pdf", paper("contract"))
    assert post(case, "papers/hand-in/", item=one.pk, file=file).status_code == 302
    assert "等复核" in shown(case, "papers/")
    approver = case.house.approver
    assert post(case, "papers/accept/", item=one.pk).status_code == 403  # the officer reviews nothing
    assert post(case, "papers/return/", approver, item=one.pk, reason="缺章").status_code == 302
    assert "缺章" in shown(case, "papers/")
    file = SimpleUploadedFile("合同2.pdf", paper("contract with seal"))
    post(case, "papers/hand-in/", item=one.pk, file=file)
    assert post(case, "papers/accept/", approver, item=one.pk).status_code == 302
    done = CheckItem.objects.get(pk=one.pk)
    assert (done.state, done.round) == ("accepted", 2)
    first = signed_in(approver).get(at(case, f"papers/file/?paper={done.steps.order_by('pk').first().paper_id}"))
    assert (first.status_code, first["Content-Type"]) == (200, "application/pdf")


def test_nothing_of_another_deal_is_reached_through_this_one(case: Case) -> None:
    other = opened(case.house, place=Desk(case.house, deal_for(case.house, "李军", "13912345678")))
    theirs = items_of(other.application.pk)[0]
    file = SimpleUploadedFile("x.pdf", paper("x"))
    assert post(case, "papers/hand-in/", item=theirs.pk, file=file).status_code == 422
    assert CheckItem.objects.get(pk=theirs.pk).state == "missing"
    assert post(case, "application/link/", party=other.applicant.pk).status_code == 422
    assert PhoneLink.objects.count() == 0


def test_a_statement_is_pasted_and_its_wrong_line_named(case: Case) -> None:
    lines = "日期,收入,支出,余额,摘要\n2026-09-01,10000,,15000,工资\n2026-09-02,,2000,13100,\n"
    typed = {"bank": "江河银行", "account": "6222000011112222", "opening": "5000", "lines": lines}
    assert post(case, "application/statement/", **typed).status_code == 302
    text = shown(case, "application/")
    assert "第 2 行不符" in text and "622200******2222" in text
    flag = Flag.objects.get()
    assert post(case, "application/resolve/", flag=flag.pk, resolution="柜台更正，有盖章").status_code == 302
    assert "柜台更正，有盖章" in shown(case, "application/")


def test_the_link_is_shown_once_to_be_copied_with_its_day_and_can_be_taken_back(case: Case) -> None:
    client = signed_in(case.house.officer)
    text = client.post(at(case, "application/link/"), {"party": case.applicant.pk}).content.decode()
    token = re.search(r'data-copy="http://testserver/m/([\w-]+)/"', text)
    assert token is not None and re.search("有效至 .*11-23", text)
    link = PhoneLink.objects.get()
    assert link.token_hash == token_hash(token[1])
    text = client.get(at(case, "application/")).content.decode()
    assert "/m/" not in text and "可打开" in text
    assert post(case, "application/unlink/", party=case.applicant.pk).status_code == 302
    assert client.get(f"/m/{token[1]}/").status_code == 404
    assert "已收回" in shown(case, "application/")
    assert post(case, "application/unlink/", party=case.applicant.pk).status_code == 404


def test_a_liability_is_changed_and_a_statement_taken_out_with_its_reason(case: Case) -> None:
    typed = {
        "name": "李雷",
        "id_number": identity("330106", date(1988, 1, 1), 1),
        "role": "guarantor",
        "liability": "general_guarantee",
    }
    assert post(case, "application/party/", **typed).status_code == 302
    guarantor = parties_of(case.application.pk)[1]
    changed = {"party": guarantor.pk, "liability": "limited_guarantee"}
    assert post(case, "application/change/", **changed).status_code == 422
    assert post(case, "application/change/", **changed, liability_amount="50000").status_code == 302
    guarantor.refresh_from_db()
    assert (guarantor.liability, guarantor.liability_amount) == ("limited_guarantee", 5_000_000)
    lines = "日期,收入,支出,余额,摘要\n2026-09-01,10000,,15000,工资\n"
    pasted = {"bank": "江河银行", "account": "6222000011112222", "opening": "5000", "lines": lines}
    post(case, "application/statement/", **pasted)
    one = Statement.objects.get()
    assert post(case, "application/statement/drop/", statement=one.pk, reason=" ").status_code == 422
    assert post(case, "application/statement/drop/", statement=one.pk, reason="他人流水").status_code == 302
    one.refresh_from_db()
    assert one.removed_at is not None and "622200******2222" not in shown(case, "application/")


def test_a_changed_answer_shows_what_was_said_before(case: Case) -> None:
    case.answer(income_stated=1_500_000)
    answers_write(party_id=case.applicant.pk, values={"income_stated": 1_600_000}, reason="工资条", actor=case.officer)
    text = shown(case, "application/")
    assert "16,000.00" in text and "改过 1 次" in text and "15,000.00" in text


def test_the_missing_list_names_the_identity_number(case: Case) -> None:
    case.complete()
    Customer.objects.filter(pk=case.deal.customer_id).update(id_number=None)
    assert "王*：缺少身份证号" in [lack.zh for lack in lacks_of(case.application, clock.business_date())]
    with pytest.raises(Refusals) as refused:
        case.submit()
    assert [one.code for one in refused.value.refusals] == ["identity-missing"]


def test_several_lenders_one_is_taken_on_the_screen(case: Case) -> None:
    case.complete().submit()
    assert post(case, "lenders/send/", codes=["jianghe", "changqiao"]).status_code == 302
    bank = Submission.objects.get(lender_code="jianghe")
    typed = {"state": "approved", "amount": "90000", "annual_rate": "5.88", "periods": "36"}
    assert post(case, f"lenders/answer/?submission={bank.pk}", **typed).status_code == 302
    assert "90,000.00" in shown(case, "lenders/") and "5.88%" in shown(case, "lenders/")
    assert post(case, "lenders/win/", submission=bank.pk).status_code == 302
    states = dict(Submission.objects.values_list("lender_code", "state"))
    assert states == {"jianghe": "won", "changqiao": "withdrawn"}
    assert post(case, "lenders/win/", submission=Submission.objects.get(lender_code="changqiao").pk).status_code == 409
    assert post(case, "lenders/funded/", submission=bank.pk).status_code == 302


def test_the_reviewer_sends_the_file_back(case: Case) -> None:
    case.complete().submit()
    assert post(case, "application/return/", case.house.approver, reason="收入证明不清").status_code == 302
    assert "退回原因：收入证明不清" in shown(case, "application/")
    assert post(case, "application/return/", reason="x").status_code == 403


def test_a_credit_report_is_read_on_record_only(case: Case) -> None:
    case.agree()
    figures = BureauFigures(open_loans=2, balance=5_000_000, monthly=200_000)
    bureau_write(party_id=case.applicant.pk, number="R1", queried_on=TODAY, figures=figures, actor=case.officer)
    assert "50,000.00" not in shown(case, "application/")
    assert AuditEntry.objects.filter(action="bureau.read").count() == 0
    assert "50,000.00" in shown(case, f"application/?bureau={case.applicant.pk}")
    assert AuditEntry.objects.filter(action="bureau.read").count() == 1
    hidden = shown(case, f"application/?bureau={case.applicant.pk}", case.house.manager)
    assert "50,000.00" not in hidden
    assert AuditEntry.objects.filter(action="bureau.read").count() == 1
