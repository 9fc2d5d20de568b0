"""What goes wrong becomes a page that names the rule and the way out, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from chedai.config import urls as product
from chedai.org.doors import open_door
from chedai.org.models import Staff
from chedai.platform.accounts.models import User
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from tests.house import House

Browse = Callable[[Staff], Client]

_RAISED: dict[str, Exception] = {
    "refusal": Refusal("limit", "首付低于下限 15%", "the down payment is below 15 %"),
    "refusals": Refusals([Refusal("a", "第一条", "the first"), Refusal("b", "第二条", "the second")]),
    "conflict": Conflict("changed", "内容已变", "it has changed"),
    "missing": NotFound("none", "没有这一单", "there is no such deal"),
    "forbidden": PermissionDenied(),
    "fault": ZeroDivisionError("138 0013 8000"),
}

_NEVER_COLLECTED = settings.STORAGES | {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
}


@open_door("a test")
def fail(request: HttpRequest, how: str) -> HttpResponse:
    raise _RAISED[how]


@open_door("a test")
def say(request: HttpRequest) -> HttpResponse:
    messages.success(request, "已发补件链接")
    return HttpResponse("<p>1</p>")


urlpatterns = [
    *product.urlpatterns,
    path("fail/<str:how>/", fail),
    path("say/", say),
    path("api/fail/<str:how>/", fail),
]
handler400, handler403, handler404 = product.handler400, product.handler403, product.handler404
handler500 = product.handler500

pytestmark = pytest.mark.urls(__name__)


@pytest.mark.parametrize(
    ("how", "status", "said"),
    [("refusal", 422, "首付低于下限 15%"), ("conflict", 409, "内容已变"), ("missing", 404, "没有这一单")],
)
def test_a_refusal_is_a_page_with_its_status(house: House, browse: Browse, how: str, status: int, said: str) -> None:
    answer = browse(house.officer).get(f"/fail/{how}/")
    assert answer.status_code == status
    page = answer.content.decode()
    assert said in page
    assert 'id="nav"' in page


def test_a_page_speaks_the_language_of_the_reader(house: House, browse: Browse) -> None:
    User.objects.filter(pk=house.officer.user_id).update(language="en")
    client = browse(house.officer)
    page = client.get("/fail/refusal/").content.decode()
    assert "the down payment is below 15 %" in page
    assert "首付" not in page


def test_who_never_chose_a_language_reads_that_of_the_browser(house: House) -> None:
    User.objects.filter(pk=house.officer.user_id).update(language="")
    for asked, said in (("en-GB", "the down payment is below 15 %"), ("zh-CN", "首付")):
        client = Client(headers={"Accept-Language": asked})
        client.force_login(house.officer.user)
        assert said in client.get("/fail/refusal/").content.decode()


def test_several_refusals_are_all_said(house: House, browse: Browse) -> None:
    page = browse(house.officer).get("/fail/refusals/").content.decode()
    assert "第一条" in page
    assert "第二条" in page


def test_a_part_of_a_page_gets_a_part_of_a_page(house: House, browse: Browse) -> None:
    answer = browse(house.officer).get("/fail/conflict/", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer.content.decode().startswith('<div class="notice notice-amber" role="alert">')
    assert "<html" not in answer.content.decode()


def test_a_guest_sees_the_page_without_the_menu(db: None) -> None:
    answer = Client().get("/fail/refusal/", headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 422
    assert 'id="nav"' not in answer.content.decode()


def test_an_unknown_address_is_a_page_of_ours(house: House, browse: Browse) -> None:
    answer = browse(house.officer).get("/nowhere/")
    assert answer.status_code == 404
    assert "没有这个页面或记录" in answer.content.decode()


def test_a_fault_says_nothing_of_itself(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    client.raise_request_exception = False
    answer = client.get("/fail/fault/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "系统出了问题" in page
    assert "138" not in page
    assert "ZeroDivisionError" not in page


def test_a_form_that_is_too_old_says_what_to_do(house: House) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "zh-CN"})
    client.force_login(house.officer.user)
    answer = client.post("/style/", {})
    assert answer.status_code == 403
    assert "页面打开太久或来自别处" in answer.content.decode()


@pytest.mark.parametrize("tls", [True, False])  # the name is looked at before the language, or behind it
@pytest.mark.parametrize(("language", "said"), [("zh-CN", "这个请求读不懂"), ("en", "This request cannot be read")])
def test_a_host_that_is_not_ours_gets_a_plain_page(language: str, said: str, tls: bool) -> None:
    client = Client(raise_request_exception=False, headers={"Accept-Language": language})
    with override_settings(ALLOWED_HOSTS=["localhost"], SECURE_SSL_REDIRECT=tls, STORAGES=_NEVER_COLLECTED):
        answer = client.get("/13800138000/", headers={"Host": "evil.example"})
    page = answer.content.decode()
    assert (answer.status_code, said in page) == (400, True), page
    assert "evil" not in page and "138" not in page


def test_a_host_that_is_not_ours_gets_a_problem_from_the_api() -> None:
    with override_settings(ALLOWED_HOSTS=["localhost"]):
        answer = Client(raise_request_exception=False).get("/api/v1/me", headers={"Host": "evil.example"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    document = json.loads(answer.content)
    assert (document["detail_zh"], document["detail_en"]) == ("请求无法读取", "the request cannot be read")


def test_an_address_the_api_does_not_have_is_a_problem(db: None) -> None:
    answer = Client().get("/api/v1/nowhere")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(answer.content)["type"] == "urn:chedai:problem:not-found"


def test_a_fault_of_the_api_beside_its_operations_is_a_problem(db: None) -> None:
    answer = Client(raise_request_exception=False).get("/api/fail/fault/")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "138" not in answer.content.decode()


@override_settings(STORAGES=_NEVER_COLLECTED)
def test_a_fault_is_answered_where_the_static_files_were_never_collected(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    client.raise_request_exception = False
    answer = client.get("/fail/fault/", headers={"Accept-Language": "en"})
    assert (answer.status_code, "系统出了问题" in answer.content.decode()) == (500, True)


def test_what_django_forbids_is_a_page_of_ours(house: House, browse: Browse) -> None:
    answer = browse(house.officer).get("/fail/forbidden/")
    assert answer.status_code == 403
    assert "没有这项权限" in answer.content.decode()


def test_the_api_answers_for_itself(house: House, browse: Browse) -> None:
    with pytest.raises(Conflict):
        browse(house.officer).get("/api/fail/conflict/")


def test_a_part_of_a_page_brings_its_toast_along(house: House, browse: Browse) -> None:
    answer = browse(house.officer).get("/say/", headers={"HX-Request": "true"})
    assert json.loads(answer["HX-Trigger-After-Swap"]) == {"toast": {"words": ["已发补件链接"]}}
    assert "HX-Trigger-After-Swap" not in browse(house.officer).get("/say/")
