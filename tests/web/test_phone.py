"""The customer's pages: one link, one person; typed answers kept at once; papers over a line that breaks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from chedai.deals.applications.models import Answer, CheckItem, CheckStep, Difference
from chedai.deals.applications.selectors import answers_in_force, answers_plain, items_of
from chedai.deals.applications.services.answers import answers_write
from chedai.deals.applications.services.links import link_make, link_revoke
from chedai.platform import clock
from chedai.platform.audit.models import AuditEntry
from chedai.platform.files.models import Paper, Upload
from chedai.platform.privacy.models import Consent
from tests.conftest import MOMENT
from tests.deals.applying import Case, asked_for, opened, paper
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


@pytest.fixture
def token(case: Case) -> str:
    return link_make(party_id=case.applicant.pk, actor=case.officer)[1]


def get(path: str) -> HttpResponse:
    return Client(headers={"Accept-Language": "zh-hans"}).get(path)


def page(path: str) -> str:
    answer = get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def rows() -> list[object]:
    tables = (Answer, CheckItem, CheckStep, Consent, Difference, Paper, Upload, AuditEntry)
    return [row for table in tables for row in table.objects.order_by("pk").values_list()]


def answers(case: Case) -> dict[str, str]:
    return answers_plain(answers_in_force([case.applicant.pk])[case.applicant.pk])


def test_the_link_shows_whose_turn_it_is_and_its_opening_is_on_record(case: Case, token: str) -> None:
    text = page(f"/m/{token}/")
    assert "现在轮到您：授权" in text and "王*" in text and case.deal.number in text
    assert AuditEntry.objects.filter(action="link.opened").count() == 1
    answer = get(f"/m/{token}/")
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("private, no-store", "same-origin")


@pytest.mark.parametrize("why", ["expired", "revoked", "made up", "replaced"])
def test_a_link_that_no_longer_opens_says_the_same_whatever_the_reason(case: Case, token: str, why: str) -> None:
    later = MOMENT
    if why == "expired":
        later = MOMENT + timedelta(days=3)
    elif why == "revoked":
        link_revoke(link_id=case.applicant.links.get().pk, actor=case.officer)
    elif why == "made up":
        token = "A" * 32
    else:
        link_make(party_id=case.applicant.pk, actor=case.officer)
    before = rows()
    with clock.frozen(later):
        for answer in (get(f"/m/{token}/"), Client().post(f"/m/{token}/consents/", {"purpose": "sensitive"})):
            assert answer.status_code == 404
            assert "王" not in answer.content.decode()
    assert rows() == before


def test_guessing_is_slowed_down(case: Case, token: str) -> None:
    statuses = [get(f"/m/{'x' * 20}{n}/").status_code for n in range(22)]
    assert (statuses[:20], statuses[20:]) == ([404] * 20, [429] * 2)
    assert get(f"/m/{token}/").status_code == 200  # who has a link is not in their way


def test_each_purpose_is_agreed_to_on_its_own(case: Case, token: str) -> None:
    path = f"/m/{token}/consents/"
    assert "1 / 3" in page(path)
    for purpose in ("sensitive", "credit_bureau", "share_lender"):
        assert Client().post(path, {"purpose": purpose}).status_code == 302
    assert "授权已完成" in page(path)
    given = Consent.objects.filter(subject=f"customer:{case.deal.customer_id}").order_by("pk")
    link = case.applicant.links.get().pk
    assert [(c.purpose, c.wording, c.evidence) for c in given] == [
        (purpose, f"{purpose}-2026-11", f"link:{link}") for purpose in ("sensitive", "credit_bureau", "share_lender")
    ]
    before = rows()
    assert Client().post(path, {"purpose": "marketing"}).status_code == 422
    assert rows() == before


def test_what_is_typed_is_kept_at_once_and_the_button_leads_on(case: Case, token: str) -> None:
    path = f"/m/{token}/apply/home/"
    typed = {"marital": "single", "residence_months": "24"}
    answer = Client(headers={"HX-Request": "true"}).post(path, typed)
    assert (answer.status_code, "已保存" in answer.content.decode()) == (200, True)
    assert answers(case) == {"marital": "single", "residence_months": "24"}
    done = Client().post(path, typed | {"home_address": "浙江省杭州市文三路 1 号"})
    assert done["Location"] == f"/m/{token}/apply/work/"
    own = Answer.objects.get(question="home_address", superseded_at=None)
    assert (own.by_customer, own.source, own.written_by) == (True, "customer", f"guest:{case.applicant.links.get().pk}")
    before = rows()
    wrong = Client().post(f"/m/{token}/apply/money/", {"income_stated": "1.001"})
    assert (wrong.status_code, rows()) == (422, before)


def test_the_customer_is_not_asked_what_staff_verify(case: Case, token: str) -> None:
    assert "已核实" not in page(f"/m/{token}/apply/money/")
    Client().post(f"/m/{token}/apply/money/", {"income_stated": "15,000", "income_verified": "99999"})
    assert answers(case) == {"income_stated": "1500000"}


def test_a_paper_arrives_in_pieces_over_a_line_that_breaks(case: Case, token: str) -> None:
    one = next(i for i in items_of(case.application.pk) if i.code == "id_card")
    base, content = f"/m/{token}/papers/{one.pk}/uploads/", paper("身份证" * 100)
    begun = Client().post(base, {"name": "id.pdf", "size": str(len(content))}).json()
    upload, half = begun["upload"], len(content) // 2
    assert send(f"{base}{upload}/0/", content[:half]).json() == {"received": half}
    lost = send(f"{base}{upload}/0/", content[:half])  # its answer never came: the same piece again
    assert (lost.status_code, lost.json()) == (409, {"received": half})
    assert Client().get(f"{base}{upload}/").json()["received"] == half
    early = Client().post(f"{base}{upload}/finish/")
    assert (early.status_code, CheckItem.objects.get(pk=one.pk).state) == (409, "missing")
    send(f"{base}{upload}/{half}/", content[half:])
    assert Client().post(f"{base}{upload}/finish/").json() == {"next": f"/m/{token}/papers/"}
    item = CheckItem.objects.get(pk=one.pk)
    assert (item.state, item.round, item.steps.get().by) == ("handed_in", 1, f"guest:{case.applicant.links.get().pk}")
    assert Upload.objects.count() == 0
    assert "待复核" in page(f"/m/{token}/papers/")


def send(path: str, piece: bytes) -> Any:
    return Client().post(path, piece, content_type="application/octet-stream")


def test_a_file_of_a_wrong_kind_is_refused_in_words_and_nothing_is_handed_in(case: Case, token: str) -> None:
    one = items_of(case.application.pk)[0]
    base = f"/m/{token}/papers/{one.pk}/uploads/"
    upload = Client().post(base, {"name": "x.exe", "size": "4"}).json()["upload"]
    send(f"{base}{upload}/0/", b"MZ..")
    answer = Client(headers={"Accept-Language": "zh-hans"}).post(f"{base}{upload}/finish/")
    assert (answer.status_code, answer.json()["code"]) == (422, "file-kind")
    handed = Paper.objects.filter(subject=f"deal:{case.deal.pk}").count()
    assert (handed, CheckItem.objects.get(pk=one.pk).state) == (0, "missing")


def test_nothing_of_another_customer_is_within_reach(case: Case, token: str) -> None:
    other = opened(case.house, place=Desk(case.house, deal_for(case.house, "李军", "13912345678")))
    theirs = items_of(other.application.pk)[0]
    before = rows()
    for path in (f"/m/{token}/papers/{theirs.pk}/", f"/m/{token}/papers/{theirs.pk}/uploads/x/"):
        assert get(path).status_code == 404
    begun = Client().post(f"/m/{token}/papers/{theirs.pk}/uploads/", {"name": "a.pdf", "size": "10"})
    assert (begun.status_code, rows()) == (404, before)
    their_token = link_make(party_id=other.applicant.pk, actor=case.officer)[1]
    upload = Client().post(f"/m/{their_token}/papers/{theirs.pk}/uploads/", {"name": "a", "size": "10"}).json()
    mine = items_of(case.application.pk)[0]
    assert get(f"/m/{token}/papers/{mine.pk}/uploads/{upload['upload']}/").status_code == 404


def test_a_change_by_staff_is_shown_and_acknowledged(case: Case, token: str) -> None:
    Client().post(f"/m/{token}/apply/money/", {"income_stated": "15000"})
    answers_write(
        party_id=case.applicant.pk, values={"income_stated": 1_800_000}, reason="工资条为准", actor=case.officer
    )
    text = page(f"/m/{token}/changes/")
    assert "15,000.00" in text and "18,000.00" in text and "工资条为准" in text
    difference = Difference.objects.get()
    before = rows()
    assert Client().post(f"/m/{token}/changes/", {"difference": "999"}).status_code == 422
    assert rows() == before
    assert Client().post(f"/m/{token}/changes/", {"difference": str(difference.pk)}).status_code == 302
    difference.refresh_from_db()
    assert difference.state == "acknowledged"


def test_a_submitted_application_is_read_only(case: Case, token: str) -> None:
    case.complete().submit()
    assert "申请已提交" in page(f"/m/{token}/apply/home/")
    before = rows()
    answer = Client().post(f"/m/{token}/apply/home/", {"marital": "married"})
    assert (answer.status_code, rows()) == (422, before)
