"""The form pattern on the form of the style page: errors, echoes, drafts, and a second sending that does nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django import forms
from django.http import HttpRequest
from django.test import Client
from django.utils import translation

from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.errors import Conflict, Refusal, Refusals
from chedai.platform.privacy.personal import Personal
from chedai.platform.work import work
from chedai.web import services
from chedai.web.forms.fields import DayField, IdentityField, MoneyField, RateField
from chedai.web.forms.identity import Identity, WrongNumber, read
from chedai.web.forms.page import FormPage, form_page, refuse
from chedai.web.models import Draft, Submission
from chedai.web.style.forms import SampleForm
from tests.conftest import MOMENT
from tests.house import House

Browse = Callable[[Staff], Client]

GOOD = {"name": "王女士", "price": "125,000.00", "down": "25,000", "term": "36", "lender": "1"}


def test_errors_are_listed_on_top_and_at_the_field_and_nothing_is_lost(house: House, browse: Browse) -> None:
    answer = browse(house.officer).post("/style/", {**GOOD, "price": "12.345", "number": "110101199003070012"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "有 2 处需要改" in page
    assert '<a href="#id_price">车价</a>：最多两位小数' in page
    assert '<a href="#id_number">身份证号</a>：校验码不对，有一位写错了' in page
    assert 'id="id_price_error"' in page
    assert 'aria-invalid="true"' in page
    assert 'value="12.345"' in page
    assert 'value="王女士"' in page


def test_the_limit_is_named(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    low = client.post("/style/", {**GOOD, "price": "99.99", "down": "15"}).content.decode()
    assert "至少 10,000.00" in low
    assert "最多 5,000,000.00" in client.post("/style/", {**GOOD, "price": "6000000"}).content.decode()


def test_what_a_service_refuses_stands_at_its_field(house: House, browse: Browse) -> None:
    answer = browse(house.officer).post("/style/", {**GOOD, "down": "15000"})
    assert answer.status_code == 422
    page = answer.content.decode()
    sentence = "首付 12% 低于江河银行下限 15%，至少 18,750.00。"
    assert f'<a href="#id_down">首付</a>：{sentence}' in page
    assert page.count(sentence) == 2
    assert Submission.objects.count() == 0


def test_a_good_form_leads_on_and_says_so_once(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    answer = client.post("/style/", {**GOOD, "form_key": str(uuid4())}, follow=True)
    assert answer.redirect_chain == [("/style/", 302)]
    assert "已收到示例表单" in answer.content.decode()
    assert "已收到示例表单" not in client.get("/style/").content.decode()


def _counting(saved: list[str]) -> FormPage:
    def save(data: dict[str, object], request: HttpRequest) -> str:
        saved.append(str(data["name"]))
        return "/style/?saved=1"

    return FormPage(key="style.sample", form=SampleForm, template="web/style/style.html", save=save)


def _request(browse: Browse, staff: Staff, data: dict[str, str]) -> HttpRequest:
    request = browse(staff).post("/style/", data).wsgi_request
    return request


def test_sent_twice_with_one_key_it_is_done_once_and_answered_twice(house: House, browse: Browse) -> None:
    data, saved = {**GOOD, "form_key": str(uuid4())}, list[str]()
    key = data["form_key"]
    request = _request(browse, house.officer, {**GOOD, "down": "1"})  # a request with actor and rights, nothing saved
    request.POST = request.POST.copy()  # type: ignore[misc]
    for name, value in data.items():
        request.POST[name] = value
    answers = [form_page(request, _counting(saved)) for _ in range(2)]  # type: ignore[arg-type]
    assert [(a.status_code, a["Location"]) for a in answers] == [(302, "/style/?saved=1")] * 2
    assert Submission.objects.filter(key=key).count() == 1
    assert len(saved) == 2  # the second one was undone with its transaction


def test_a_note_of_a_sending_is_taken_once(house: House) -> None:
    actor, key = Actor(ActorKind.PERSON, house.officer.user_id, "林晓"), uuid4()
    services.submission_take(key=key, answer="/a/", actor=actor)
    with pytest.raises(Conflict), work():
        services.submission_take(key=key, answer="/b/", actor=actor)
    assert Submission.objects.get(key=key).answer == "/a/"


def test_a_draft_comes_back_and_is_gone_once_the_form_was_sent(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    kept = client.post("/drafts/style.sample/", {**GOOD, "name": "王小", "visible": "on"})
    assert kept.content.decode() == "11-20 10:00 已暂存"
    page = client.get("/style/").content.decode()
    assert "已恢复 11-20 10:00 暂存的内容。" in page
    assert 'value="王小"' in page
    assert 'value="125,000.00"' in page
    assert page.count("checked") >= 2
    assert "王小" not in browse(house.colleague).get("/style/").content.decode()
    client.post("/style/", {**GOOD, "form_key": str(uuid4())})
    assert Draft.objects.count() == 0
    assert 'value="王小"' not in client.get("/style/").content.decode()


def test_a_draft_rests_sealed(house: House, browse: Browse) -> None:
    browse(house.officer).post("/drafts/style.sample/", {"number": "110101199003070011"})
    kept = Draft.objects.values_list("values", flat=True).get()
    assert isinstance(kept, Personal)
    assert "110101199003070011" not in str(kept)


def test_a_draft_can_be_thrown_away(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    client.post("/drafts/style.sample/", {"name": "王小"})
    answer = client.post("/drafts/style.sample/drop/", headers={"Referer": "http://testserver/style/"})
    assert answer["Location"] == "http://testserver/style/"
    assert Draft.objects.count() == 0
    away = client.post("/drafts/style.sample/drop/", headers={"Referer": "https://elsewhere.example/"})
    assert away["Location"] == "/"


def test_a_draft_that_is_too_long_is_refused(house: House, browse: Browse) -> None:
    assert browse(house.officer).post("/drafts/style.sample/", {"note": "长" * 100_001}).status_code == 422
    assert Draft.objects.count() == 0


def test_leftovers_are_thrown_away_after_a_month(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    client.post("/drafts/style.sample/", {"name": "王小"})
    client.post("/style/", {**GOOD, "form_key": str(uuid4())})
    client.post("/drafts/style.sample/", {"name": "王小"})
    assert services.leftovers_forget() == 0
    with clock.frozen(MOMENT + timedelta(days=31)):
        assert services.leftovers_forget() == 2


@pytest.mark.parametrize(
    ("typed", "fen"), [("125,000.00", 12_500_000), ("１２５，０００", 12_500_000), (" 0.5 ", 50), ("0", 0)]
)
def test_yuan_are_typed_and_fen_arrive(typed: str, fen: int) -> None:
    assert MoneyField().clean(typed) == fen


@pytest.mark.parametrize("typed", ["abc", "1.234", "-1", "1e400", ""])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        MoneyField().clean(typed)


def test_an_amount_may_be_left_open_where_the_form_says_so() -> None:
    assert MoneyField(required=False).clean("") is None
    assert RateField(required=False).clean("") is None
    assert IdentityField(required=False).clean("") == ""


def test_fen_and_rates_are_shown_as_they_are_typed() -> None:
    assert MoneyField().prepare_value(12_500_000) == "125,000.00"
    assert MoneyField().prepare_value("12.") == "12."
    assert RateField().prepare_value(5_880_000) == "5.88"
    assert RateField().clean("5.88%") == 5_880_000
    assert DayField().widget.format_value(date(2026, 11, 20)) == "2026-11-20"
    with pytest.raises(forms.ValidationError):
        RateField().clean("five")


def test_a_refusal_speaks_the_language_of_the_page() -> None:
    with translation.override("en"), pytest.raises(forms.ValidationError) as refused:
        MoneyField().clean("1.234")
    assert refused.value.messages == ["must not have parts of a fen"]


def test_an_identity_number_says_birthday_and_sex() -> None:
    assert read("110101199003070011") == Identity(date(1990, 3, 7), is_male=True)
    assert read("11010119900307002X").is_male is False
    assert IdentityField().clean(" 11010119900307002x ") == "11010119900307002X"


@pytest.mark.parametrize("number", ["1101011990030700", "110101199002300010", "110101199003070012", "A" * 18])
def test_a_number_that_cannot_be_one_is_refused(number: str) -> None:
    with pytest.raises(WrongNumber) as wrong:
        read(number)
    assert number not in str(wrong.value) + wrong.value.text()


def test_several_refusals_go_to_their_fields() -> None:
    form = SampleForm(GOOD)
    assert form.is_valid()
    refuse(form, Refusals([Refusal("a", "甲", "A", field="down"), Refusal("b", "乙", "B", field="elsewhere")]))
    assert form.errors["down"] == ["甲"]
    assert form.non_field_errors() == ["乙"]


def test_up_to_five_options_stand_side_by_side() -> None:
    form = SampleForm()
    assert 'class="segments"' in form["term"].as_field_group()
    many = forms.ChoiceField(choices=[(n, n) for n in range(6)], widget=forms.RadioSelect)
    assert many.get_bound_field(form, "many").kind == "radios"  # type: ignore[attr-defined]
    several = forms.MultipleChoiceField(choices=[(1, 1)], widget=forms.CheckboxSelectMultiple)
    assert several.get_bound_field(form, "several").kind == "checks"  # type: ignore[attr-defined]
    assert 'role="switch"' in form["visible"].as_field_group()
    assert 'class="textarea"' in form["note"].as_field_group()
    assert 'class="select"' in form["lender"].as_field_group()
