"""Rights follow from grants and the table, by store and by ownership; nobody outside them gets in."""

from __future__ import annotations

import pytest

from chedai.org import permissions
from chedai.org.access import NOBODY, access_of
from chedai.org.models import RoleGrant, Staff
from chedai.org.permissions import Reach, TableFault, table
from chedai.platform.errors import NotAllowed
from tests import cast
from tests.conftest import MOMENT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


@pytest.fixture
def officer() -> Staff:
    return cast.person("lin", "林晓", cast.store(), "officer")


def test_an_officer_reveals_only_their_own_customers(officer: Staff) -> None:
    access, other = access_of(officer.user_id), cast.store("B1", "城西店")
    assert access.may("privacy.reveal")
    assert access.may("privacy.reveal", store_id=officer.home_id, owner_id=officer.pk)
    assert not access.may("privacy.reveal", store_id=officer.home_id, owner_id=officer.pk + 1)
    assert not access.may("privacy.reveal", store_id=other.pk, owner_id=officer.pk)
    with pytest.raises(NotAllowed) as refusal:
        access.require("privacy.reveal", store_id=other.pk, owner_id=officer.pk)
    assert refusal.value.zh == "没有权限：查看完整个人信息（留痕）"
    assert not access.may("audit.read")


def test_a_role_for_a_store_reaches_that_store_and_one_for_the_group_all() -> None:
    here, there = cast.store(), cast.store("B1", "城西店")
    manager = access_of(cast.person("xu", "许宁", here, "manager").user_id)
    compliance = access_of(cast.person("zhou", "周合", here, "compliance", everywhere=True).user_id)
    assert manager.may("staff.read", store_id=here.pk, owner_id=0)
    assert not manager.may("staff.read", store_id=there.pk, owner_id=0)
    assert compliance.may("staff.read", store_id=there.pk, owner_id=0)
    assert (manager.stores("staff.read"), compliance.stores("staff.read")) == (frozenset({here.pk}), None)
    assert access_of(0).stores("staff.read") == frozenset()


def test_a_list_holds_what_its_reader_may_see() -> None:
    here, there = cast.store(), cast.store("B1", "城西店")
    manager = cast.person("xu", "许宁", here, "manager")
    boss = cast.person("zhou", "周合", here, "compliance", everywhere=True)
    cast.person("wu", "吴东", there, "officer")

    def seen(reader: Staff) -> set[str]:
        records = access_of(reader.user_id).records("staff.read", store="home_id", owner="pk")
        return set(Staff.objects.filter(records).values_list("user__username", flat=True))

    assert seen(manager) == {"xu", "zhou"}
    assert seen(boss) == {"xu", "zhou", "wu"}
    assert not Staff.objects.filter(NOBODY.records("staff.read")).exists()


def test_own_reach_leaves_of_a_list_what_is_ones_own(officer: Staff) -> None:
    cast.person("wu", "吴东", cast.store(), "officer")
    records = access_of(officer.user_id).records("approval.read", store="home_id", owner="pk")
    assert list(Staff.objects.filter(records)) == [officer]


def test_a_grant_that_ended_or_has_not_begun_gives_nothing(officer: Staff) -> None:
    grant = RoleGrant.objects.get()
    for dates in ({"until": MOMENT.date().replace(day=19)}, {"until": None, "since": MOMENT.date().replace(day=21)}):
        RoleGrant.objects.filter(pk=grant.pk).update(**dates)
        assert access_of(officer.user_id).grants == ()


def test_who_left_or_whose_account_is_closed_may_nothing(officer: Staff) -> None:
    Staff.objects.update(left_on=MOMENT.date())
    assert access_of(officer.user_id) == NOBODY
    Staff.objects.update(left_on=None)
    officer.user.is_active = False
    officer.user.save()
    assert access_of(officer.user_id) == NOBODY


def test_all_rights_of_a_person_are_read_with_the_day_in_two_queries(
    officer: Staff, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        access = access_of(officer.user_id)
        assert access.may("home.read")
        assert access.roles == {"officer"}


def test_every_role_opens_the_start_page_and_every_right_has_its_words() -> None:
    for role in table().roles:
        assert table().reach_of(role, "home.read") is Reach.OWN
    for words in (*table().roles.values(), *table().permissions.values()):
        assert words.zh
        assert words.en


@pytest.mark.parametrize(
    "part",
    [
        {"permissions": {"a.b": {"zh": "甲", "en": "a", "nobody": "own"}}},
        {"permissions": {"a.b": {"zh": "甲", "en": "a", "clerk": "everything"}}},
        {"conflicts": [{"roles": ["clerk"], "zh": "", "en": ""}]},
        {"conflicts": [{"roles": ["clerk", "ghost"], "zh": "", "en": ""}]},
        {"house": {"permissions": ["a.b"]}},
    ],
)
def test_a_table_that_contradicts_itself_is_refused(part: dict[str, object]) -> None:
    roles, house = {"clerk": {"zh": "职员", "en": "clerk"}}, {"permissions": []}
    whole = {"roles": roles, "permissions": {}, "conflicts": [], "house": house}
    with pytest.raises(TableFault):
        permissions.read(whole | part)
