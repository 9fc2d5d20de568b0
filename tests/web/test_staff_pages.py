"""Staff on the screen: joining, roles with their conflicts at the field, withdrawal, hand-over, help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chedai.org import handover
from chedai.org.access import access_of
from chedai.org.handover import Belongings
from chedai.org.models import AuthorityLimit, RoleGrant, Staff, Store
from chedai.platform.accounts import lockout
from chedai.platform.actors import Actor
from chedai.platform.audit.models import AuditEntry
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


def client_of(staff: Staff, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(staff.user)
    client.post("/language/", {"language": language})
    return client


@pytest.fixture
def admin() -> Client:
    return client_of(cast.person("admin", "管理员", cast.store(), "admin"))


@pytest.fixture
def lin() -> Staff:
    return cast.person("lin", "林晓", cast.store(), "officer")


def grant(client: Client, staff: Staff, role: str, store: Any) -> Any:
    return client.post(reverse("staff_grant", args=[staff.pk]), {"role": role, "store": store})


def test_a_store_gets_its_province_and_a_wrong_one_is_refused(lin: Staff) -> None:
    admin = client_of(cast.person("root", "管理员", cast.store(), "admin", everywhere=True))
    where = reverse("store_change", args=[lin.home_id])
    sent = {"name": "城东旗舰店", "region": "zhejiang", "city": "杭州"}
    assert admin.post(where, sent)["Location"] == reverse("stores")
    page = admin.get(reverse("stores")).content.decode()
    assert [word in page for word in ("城东旗舰店", "浙江", "杭州")] == [True] * 3
    before = counts()
    assert admin.post(where, sent | {"region": "atlantis"}).status_code == 422
    assert (counts(), Store.objects.get(pk=lin.home_id).region) == (before, "zhejiang")
    opened = {"code": "C3", "name": "江北店", "region": "jiangsu", "city": ""}
    assert admin.post(reverse("store_new"), opened)["Location"] == reverse("stores")
    assert Store.objects.get(code="C3").region == "jiangsu"
    assert "编号已存在" in admin.post(reverse("store_new"), opened).content.decode()


def counts() -> tuple[int, int]:
    return RoleGrant.objects.count(), AuditEntry.objects.count()


def test_a_role_is_given_and_stands_on_the_page(admin: Client) -> None:
    wu = cast.person("wu", "吴东", cast.store())
    assert grant(admin, wu, "officer", wu.home_id)["Location"] == reverse("staff_one", args=[wu.pk])
    assert access_of(wu.user_id).roles == {"officer"}
    assert "金融专员" in admin.get(reverse("staff_one", args=[wu.pk])).content.decode()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", "金融专员与风控审批不得由同一人担任"),
        ("en", "Finance officer and Credit approver may not be the same person"),
    ],
)
def test_a_conflict_is_explained_at_the_field(lin: Staff, language: str, said: str) -> None:
    client = client_of(cast.person("admin", "管理员", cast.store(), "admin"), language)
    before = counts()
    answer = grant(client, lin, "approver", lin.home_id)
    page = answer.content.decode()
    assert (answer.status_code, said in page, 'id="id_role_error"' in page) == (422, True, True)
    assert counts() == before


def test_an_administrator_of_a_store_grants_nothing_for_another_or_for_the_group(admin: Client, lin: Staff) -> None:
    there, before = cast.store("B1", "城西店"), counts()
    for store in (there.pk, ""):
        assert grant(admin, lin, "manager", store).status_code in (403, 422)
    assert counts() == before


def test_a_role_is_withdrawn_with_a_reason(admin: Client, lin: Staff) -> None:
    held, before = RoleGrant.objects.get(staff=lin), counts()
    address = reverse("grant_withdraw", args=[held.pk])
    assert admin.post(address, {"reason": ""}).status_code == 422
    assert counts() == before
    assert admin.post(address, {"reason": "转岗"}).status_code == 302
    assert access_of(lin.user_id).roles == frozenset()
    assert admin.get(address).status_code == 404


@pytest.fixture
def customers() -> Iterator[dict[int, int]]:
    owned: dict[int, int] = {}

    def move(giver: int, taker: int, actor: Actor) -> int:
        owned[taker] = owned.get(taker, 0) + owned.get(giver, 0)
        return owned.pop(giver, 0)

    before = handover.belongings()
    handover.install({"customers": Belongings("客户", "customers", lambda staff: owned.get(staff, 0), move)})
    yield owned
    handover.install(before)


def test_a_leavers_things_are_counted_first_and_then_move_in_one_act(
    admin: Client, lin: Staff, customers: dict[int, int]
) -> None:
    wu = cast.person("wu", "吴东", cast.store())
    customers[lin.pk] = 37
    address = reverse("staff_leave", args=[lin.pk])
    page = admin.get(address).content.decode()
    assert "客户" in page and "<strong>37</strong>" in page
    given = {"successor": wu.pk, "left_on": "2026-11-20"}
    before = counts()
    assert admin.post(address, given).status_code == 422  # not confirmed
    assert admin.post(address, given | {"sure": "on", "left_on": "2026-12-01"}).status_code == 422
    assert (counts(), customers) == (before, {lin.pk: 37})
    assert admin.post(address, given | {"sure": "on"}).status_code == 302
    lin.refresh_from_db()
    assert (customers, lin.left_on is not None, lin.user.is_active) == ({wu.pk: 37}, True, False)


def test_a_locked_account_is_unlocked_on_the_page(admin: Client, lin: Staff) -> None:
    for _ in range(5):
        tried = lockout.attempt("lin", "10.0.0.1")
        lockout.attempt_begin(tried)
        lockout.attempt_failed(tried, username="lin")
    assert "锁定至" in admin.get(reverse("staff_one", args=[lin.pk])).content.decode()
    assert admin.post(reverse("staff_unlock", args=[lin.pk])).status_code == 302
    assert lockout.locked_until("lin") is None
    assert admin.post(reverse("staff_unlock", args=[lin.pk])).status_code == 409


def test_an_administrator_signs_somebody_out_everywhere(admin: Client, lin: Staff) -> None:
    client = client_of(lin)
    client.post(reverse("account_logout"))
    lin.user.set_password("lantern-Quay-47")
    lin.user.save()
    client.post(reverse("account_login"), {"login": "lin", "password": "lantern-Quay-47"})
    assert client.get("/").status_code == 200
    admin.post(reverse("staff_sign_out", args=[lin.pk]))
    assert client.get("/").status_code == 302


def test_a_name_is_corrected_and_the_log_does_not_repeat_it(admin: Client, lin: Staff) -> None:
    given = {"name": "林小晓", "email": "xiao@example.com"}
    assert admin.post(reverse("staff_describe", args=[lin.pk]), given).status_code == 302
    lin.user.refresh_from_db()
    assert (lin.user.display_name, lin.user.email) == ("林小晓", "xiao@example.com")
    body = bytes(AuditEntry.objects.get(action="account.described").body).decode()
    assert "林小晓" not in body and "xiao" not in body


def test_a_limit_of_authority_is_set_and_listed(lin: Staff) -> None:
    client = client_of(cast.person("zhou", "周合", cast.store(), "compliance", everywhere=True))
    given = {
        "action": "rate.override",
        "role": "manager",
        "amount": "200,000",
        "deviation": 50,
        "store": "",
        "staff": "",
    }
    assert client.post(reverse("authority_new"), given)["Location"] == reverse("authority")
    limit = AuthorityLimit.objects.get()
    assert (limit.amount, limit.deviation, limit.store_id, limit.staff_id) == (20_000_000, 50, None, None)
    assert "200,000.00" in client.get(reverse("authority")).content.decode()
    assert client.post(reverse("authority_new"), given | {"amount": "-1"}).status_code == 422
    assert AuthorityLimit.objects.count() == 1


def test_who_reaches_only_their_own_limits_sees_those_of_their_roles() -> None:
    for role, amount in (("approver", 300_000_00), ("manager", 200_000_00)):
        AuthorityLimit.objects.create(action="rate.override", role=role, amount=amount, since=cast.JOINED)
    page = client_of(cast.person("he", "何风", cast.store(), "approver")).get(reverse("authority")).content.decode()
    assert "300,000.00" in page and "200,000.00" not in page
