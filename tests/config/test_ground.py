"""What many tests begin with: laid once, their own again for each, gone where it is not asked for."""

from __future__ import annotations

import pytest

from chedai.org.models import Staff, Store
from tests import cast
from tests.support import emptied, ground
from tests.support.ground import begins_with, given

pytestmark = pytest.mark.django_db
BUILT: list[str] = []


def one_store() -> Store:
    BUILT.append("store")
    return cast.store()


def one_person() -> Staff:
    BUILT.append("person")
    return cast.person("lin", "林晓", given(one_store), "officer")


@pytest.mark.parametrize("time", [1, 2])
@begins_with(one_store, one_person)
def test_what_a_test_changes_is_undone_in_the_rows_and_in_the_objects(time: int) -> None:
    lin = given(one_person)
    assert (lin.number, lin.home.name, lin.home, Staff.objects.get().number) == (
        lin.number,
        "城东店",
        Store.objects.get(),
        lin.number,
    )
    lin.number, lin.home.name = "changed", "changed"
    lin.save()
    lin.home.save()
    assert (Staff.objects.get().number, BUILT) == ("changed", ["store", "person"])


@begins_with(one_store)
def test_what_was_built_on_it_is_gone_for_who_asks_for_less() -> None:
    assert (given(one_store), Staff.objects.count()) == (Store.objects.get(), 0)


@begins_with(one_store, one_person)
def test_what_something_was_built_on_is_not_given() -> None:
    with pytest.raises(AssertionError, match="one_person was built on one_store"):
        given(one_store)


def test_who_asks_for_nothing_finds_an_empty_house() -> None:
    assert (Store.objects.count(), ground.lies(one_store)) == (0, False)


@begins_with(one_store, one_person)
@pytest.mark.django_db(transaction=True)
def test_who_commits_finds_an_empty_house_and_makes_its_own() -> None:
    assert Store.objects.count() == 0
    assert given(one_person).home == Store.objects.get()


@pytest.mark.parametrize("time", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_what_one_commits_is_gone_for_the_next(time: int) -> None:
    assert (Store.objects.count(), Staff.objects.count(), emptied.filled()) == (0, 0, [])
    lin = cast.person("lin", "林晓", cast.store(), "officer")
    assert Staff.objects.get(home__code="A1") == lin
    assert {"org_store", "org_staff", "org_rolegrant", "platform_user"} <= set(emptied.filled())
