"""One customer for one identity across all stores; records that merge keep both histories; people belong together."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chedai.crm.customers import rules, selectors, services
from chedai.crm.customers.kinds import CustomerKind, CustomerState, RelationKind, Trade
from chedai.crm.customers.models import Customer, Relation
from chedai.crm.search.models import SearchWord
from chedai.org.models import Staff
from chedai.platform.actors import Actor
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from chedai.platform.privacy import keys as key_file
from chedai.platform.privacy import rotation
from chedai.platform.work import work
from tests import cast
from tests.support.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

WANG = "110101199003070011"
LI = "11010119900307002X"
FIRM = "91110000600037341L"


@pytest.fixture
def officer() -> Staff:
    return cast.person("lin", "林晓", cast.store(), "officer")


def register(officer: Staff, name: str = "王小明", **other: Any) -> Customer:
    given = {"kind": CustomerKind.PERSON, "store_id": officer.home_id, "owner_id": officer.pk, **other}
    return services.customer_register(name=name, actor=cast.acting(officer), **given)


def change(customer: Customer, actor: Actor, **values: str) -> Customer:
    return services.customer_change(customer_id=customer.pk, reason="客户更正", actor=actor, **values)


def test_a_customer_is_registered_sealed_and_found_however_typed(officer: Staff) -> None:
    customer = register(officer, id_number=WANG, phone="138 0013 8000")
    assert [c.pk for c in selectors.known_as(id_number=f" {WANG} ")] == [customer.pk]
    assert [c.pk for c in selectors.known_as(phone="+8613800138000")] == [customer.pk]
    assert not selectors.known_as(phone="13800138001").exists()
    customer.refresh_from_db()
    assert (str(customer), str(customer.id_number), str(customer.phone)) == (
        "王**",
        "110***********0011",
        "138****8000",
    )
    bodies = b"".join(bytes(b) for b in AuditEntry.objects.values_list("body", flat=True)).decode()
    assert [secret in bodies for secret in (WANG, "13800138000", "王小明")] == [False, False, False]


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"id_number": "110101199003070012"}, "id-check", "id_number"),
        ({"id_number": "11010119900307001"}, "id-length", "id_number"),
        ({"id_number": "110101900307001"}, "id-length", "id_number"),
        ({"id_number": "110101209003070018"}, "id-birthday", "id_number"),
        ({"phone": "12345"}, "phone-wrong", "phone"),
        ({"phone": "abc"}, "phone-wrong", "phone"),
        ({"name": " "}, "name-missing", "name"),
        ({"kind": CustomerKind.FIRM, "id_number": "91110000600037341X"}, "uscc-check", "id_number"),
    ],
)
def test_an_identity_that_cannot_be_is_refused_at_its_field(
    officer: Staff, wrong: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refusals) as refusal:
        register(officer, **wrong)
    assert [(r.code, r.field) for r in refusal.value.refusals] == [(code, field)]
    assert not Customer.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_county_younger_than_the_person_is_no_fault(officer: Staff) -> None:
    assert register(officer, id_number="33010619710516600X").id_number is not None


def test_everything_wrong_is_said_at_once(officer: Staff) -> None:
    with pytest.raises(Refusals) as refusal:
        register(officer, name="", id_number="1", phone="1")
    assert [r.field for r in refusal.value.refusals] == ["name", "id_number", "phone"]


def test_an_identity_number_says_birthday_and_sex() -> None:
    assert rules.birthday(WANG) == date(1990, 3, 7)
    assert not rules.is_female(WANG)
    assert rules.is_female(LI)


def test_a_firm_has_a_social_credit_code(officer: Staff) -> None:
    assert register(officer, "城东汽车", kind=CustomerKind.FIRM, id_number=FIRM).kind == CustomerKind.FIRM


def test_one_identity_is_one_customer_in_all_stores(officer: Staff) -> None:
    register(officer, id_number=WANG)
    other = cast.person("wu", "吴东", cast.store("B1", "城西店"), "officer")
    with pytest.raises(Conflict) as conflict:
        register(other, "王晓明", id_number=WANG)
    assert conflict.value.field == "id_number"
    assert Customer.objects.count() == 1


def test_of_many_registering_one_identity_at_once_one_does(officer: Staff) -> None:
    results = race(lambda number: register(officer, id_number=WANG), 8)
    assert sum(isinstance(result, Customer) for result in results) == Customer.objects.count() == 1


def test_a_change_is_logged_by_name_and_fingerprint_only(officer: Staff) -> None:
    customer = register(officer, id_number=WANG, phone="13800138000")
    change(customer, cast.acting(officer), phone="13900139000", id_number=WANG)
    body = bytes(AuditEntry.objects.get(action="customer.changed").body).decode()
    assert '"phone":"' in body
    assert "id_number" not in body
    assert "13900139000" not in body
    assert [c.pk for c in selectors.known_as(phone="13900139000")] == [customer.pk]
    count = AuditEntry.objects.count()
    change(customer, cast.acting(officer), phone="139-0013-9000")
    assert AuditEntry.objects.count() == count


def test_a_change_cannot_take_somebody_elses_identity(officer: Staff) -> None:
    register(officer, id_number=WANG)
    other = register(officer, "李四")
    with pytest.raises(Conflict):
        change(other, cast.acting(officer), id_number=WANG)
    with pytest.raises(Refusals):
        change(other, cast.acting(officer), phone="1")
    with pytest.raises(TypeError):
        change(other, cast.acting(officer), store="B1")


def merge(keep: Customer, gone: Customer, officer: Staff) -> Customer:
    return services.customer_merge(keep_id=keep.pk, gone_id=gone.pk, reason="同一人", actor=cast.acting(officer))


def test_records_that_merge_keep_both_histories_and_fill_each_other(officer: Staff) -> None:
    keep, gone = register(officer, phone="13800138000"), register(officer, "王小明", id_number=WANG)
    merge(keep, gone, officer)
    keep.refresh_from_db()
    assert keep.id_number is not None
    assert (keep.id_number.in_full(), str(keep.phone)) == (WANG, "138****8000")
    assert selectors.customer_resolve(gone.pk).pk == keep.pk
    assert selectors.history_subjects(keep) == [f"customer:{keep.pk}", f"customer:{gone.pk}"]
    assert [c.pk for c in selectors.known_as(id_number=WANG)] == [keep.pk]
    merged = AuditEntry.objects.filter(action="customer.merged").values_list("subject", flat=True)
    assert sorted(merged) == sorted([f"customer:{keep.pk}", f"customer:{gone.pk}"])


def test_a_chain_of_merges_leads_to_the_record_that_counts(officer: Staff) -> None:
    first, second, third = (register(officer) for _ in range(3))
    merge(second, first, officer)
    merge(third, second, officer)
    assert selectors.customer_resolve(first.pk).pk == third.pk
    assert len(selectors.history_subjects(third)) == 3
    with pytest.raises(NotFound):
        merge(third, first, officer)
    with pytest.raises(NotFound):
        selectors.customer_resolve(0)


def test_two_people_are_not_merged(officer: Staff) -> None:
    wang, li = register(officer, id_number=WANG), register(officer, "李四", id_number=LI)
    firm = register(officer, "城东汽车", kind=CustomerKind.FIRM)
    for keep, gone, code in ((wang, li, "merge-two-people"), (wang, firm, "merge-kinds"), (wang, wang, "merge-itself")):
        with pytest.raises(Refusal) as refusal:
            merge(keep, gone, officer)
        assert refusal.value.code == code
    assert not Customer.objects.filter(state=CustomerState.MERGED).exists()


def relate(one: Customer, two: Customer, kind: RelationKind, officer: Staff) -> Relation:
    return services.relation_add(customer_id=one.pk, other_id=two.pk, kind=kind, actor=cast.acting(officer))


def related(customer: Customer) -> list[tuple[int, str]]:
    return [(relation.other_id, relation.kind) for relation in selectors.relations_of(customer.pk)]


def test_a_marriage_holds_both_ways_once_and_ends_for_both(officer: Staff) -> None:
    wang, li, zhao = (register(officer, name) for name in ("王小明", "李四", "赵六"))
    relation = relate(wang, li, RelationKind.SPOUSE, officer)
    assert (related(wang), related(li)) == ([(li.pk, "spouse")], [(wang.pk, "spouse")])
    for one, two in ((wang, zhao), (zhao, wang), (li, wang)):
        with pytest.raises(Conflict):
            relate(one, two, RelationKind.SPOUSE, officer)
    services.relation_end(relation_id=relation.pk, actor=cast.acting(officer))
    assert related(wang) == related(li) == []
    with pytest.raises(Conflict):
        services.relation_end(relation_id=relation.pk, actor=cast.acting(officer))


def test_a_guarantor_stands_for_one_side_and_not_for_themselves(officer: Staff) -> None:
    wang, li = register(officer), register(officer, "李四")
    relation = relate(wang, li, RelationKind.GUARANTOR, officer)
    assert (related(wang), related(li)) == ([(li.pk, "guarantor")], [])
    with pytest.raises(Conflict):
        relate(wang, li, RelationKind.GUARANTOR, officer)
    with pytest.raises(Refusal) as refusal:
        relate(wang, wang, RelationKind.GUARANTOR, officer)
    assert refusal.value.field == "other"
    services.relation_end(relation_id=relation.pk, actor=cast.acting(officer))
    assert related(wang) == []


def test_relations_follow_a_merge_each_once_and_none_to_itself(officer: Staff) -> None:
    keep, gone, li = (register(officer, name) for name in ("王小明", "王晓明", "李四"))
    relate(keep, li, RelationKind.GUARANTOR, officer)
    relate(gone, li, RelationKind.GUARANTOR, officer)
    relate(gone, li, RelationKind.SPOUSE, officer)
    relate(gone, keep, RelationKind.OTHER, officer)
    merge(keep, gone, officer)
    assert sorted(related(keep)) == [(li.pk, "guarantor"), (li.pk, "spouse")]
    assert related(li) == [(keep.pk, "spouse")]
    assert related(gone) == []


def test_what_a_change_replaces_is_kept_sealed_with_its_reason_until_the_person_is_erased(officer: Staff) -> None:
    customer = register(officer, phone="13800138000")
    actor = cast.acting(officer)
    change(customer, actor, phone="13900139001", address="文三路 478 号")
    change(customer, actor, phone="+86 139 0013 9001")  # the same number: nothing was replaced
    change(customer, actor, address="")
    now, first = selectors.formers_of(customer)
    assert (first.fields, first.reason.in_full(), first.replaced_by) == ("phone,address", "客户更正", actor.key)
    assert first.phone is not None and now.address is not None
    assert (first.phone.in_full(), first.address, first.name) == ("13800138000", None, None)
    assert (now.fields, now.address.in_full(), now.phone) == ("address", "文三路 478 号", None)
    with work():
        services.customer_erase(customer.pk)
    assert not selectors.formers_of(customer).exists()


def test_a_change_without_a_reason_changes_nothing(officer: Staff) -> None:
    customer = register(officer, phone="13800138000")
    with pytest.raises(Refusal) as refusal:
        services.customer_change(customer_id=customer.pk, reason="  ", actor=cast.acting(officer), phone="13900139001")
    assert refusal.value.field == "reason"
    customer.refresh_from_db()
    assert (str(customer.phone), selectors.formers_of(customer).exists()) == ("138****8000", False)


def test_a_trade_is_set_left_and_taken_away(officer: Staff) -> None:
    customer = register(officer, trade=Trade.TAXI)
    actor = cast.acting(officer)
    change(customer, actor, phone="13900139001")
    customer.refresh_from_db()
    assert customer.trade == Trade.TAXI
    services.customer_change(customer_id=customer.pk, reason="改行", actor=actor, trade=Trade.FREIGHT)
    services.customer_change(customer_id=customer.pk, reason="不再从业", actor=actor, trade=None)
    customer.refresh_from_db()
    assert customer.trade == ""
    bodies = [bytes(b).decode() for b in AuditEntry.objects.order_by("seq").values_list("body", flat=True)]
    assert '"trade":"taxi -> freight"' in bodies[-2] and '"trade":"freight -> none"' in bodies[-1]


def test_a_merged_record_brings_its_trade_where_there_is_none(officer: Staff) -> None:
    keep, gone = register(officer), register(officer, "王晓明", trade=Trade.TAXI)
    merge(keep, gone, officer)
    keep.refresh_from_db()
    assert keep.trade == Trade.TAXI


PERSON_, FIRM_ = CustomerKind.PERSON, CustomerKind.FIRM


@pytest.mark.parametrize(
    ("kind", "of", "other", "code"),
    [
        (RelationKind.SPOUSE, PERSON_, PERSON_, None),
        (RelationKind.SPOUSE, PERSON_, FIRM_, "relation-family"),
        (RelationKind.CHILD, FIRM_, PERSON_, "relation-family"),
        (RelationKind.LEGAL_REPRESENTATIVE, FIRM_, PERSON_, None),
        (RelationKind.LEGAL_REPRESENTATIVE, FIRM_, FIRM_, "relation-representative"),
        (RelationKind.LEGAL_REPRESENTATIVE, PERSON_, PERSON_, "relation-representative"),
        (RelationKind.EMPLOYER, PERSON_, FIRM_, None),
        (RelationKind.EMPLOYER, PERSON_, PERSON_, None),  # a sole trader employs people
        (RelationKind.EMPLOYER, FIRM_, FIRM_, "relation-employer"),
        (RelationKind.GUARANTOR, PERSON_, FIRM_, None),
        (RelationKind.CO_BORROWER, FIRM_, PERSON_, None),
    ],
)
def test_who_can_be_what_to_whom(kind: RelationKind, of: CustomerKind, other: CustomerKind, code: str | None) -> None:
    refused = rules.relation_refusal(kind, of, other)
    assert (refused.code if refused else None) == code


@pytest.mark.parametrize(
    ("on", "years"), [(date(2026, 3, 6), 35), (date(2026, 3, 7), 36), (date(2027, 3, 6), 36), (date(1990, 3, 7), 0)]
)
def test_an_age_grows_on_the_birthday(on: date, years: int) -> None:
    assert rules.age(date(1990, 3, 7), on) == years


def test_erasing_leaves_a_number_and_no_person(officer: Staff) -> None:
    keep, gone = register(officer, id_number=WANG, phone="13800138000"), register(officer, "王晓明")
    merge(keep, gone, officer)
    with work():
        services.customer_erase(keep.pk)
    for customer in Customer.objects.all():
        assert (customer.state, customer.name.in_full(), customer.id_number) == (CustomerState.ERASED, "", None)
        assert (customer.name_index, customer.id_number_index, customer.phone_index) == (None, None, None)
    register(officer, id_number=WANG)


def test_a_restricted_customer_is_out_of_sight_but_the_identity_stays_taken(officer: Staff) -> None:
    customer = register(officer, id_number=WANG)
    services.customer_restrict(customer.pk)
    assert not selectors.known_as(id_number=WANG).exists()
    with pytest.raises(Conflict):
        register(officer, id_number=WANG)
    with pytest.raises(NotFound):
        change(customer, cast.acting(officer), phone="13900139000")


def test_customers_follow_the_hand_over_of_a_leaver(officer: Staff) -> None:
    other = cast.person("wu", "吴东", cast.store(), "officer")
    register(officer)
    register(officer)
    assert services.customers_count(officer.pk) == 2
    assert services.customers_move(officer.pk, other.pk, cast.acting(other)) == 2
    assert (services.customers_count(officer.pk), services.customers_count(other.pk)) == (0, 2)


def test_a_customer_is_found_while_and_after_a_new_key_is_brought_in(
    officer: Staff, tmp_path: Any, settings: Any
) -> None:
    settings.KEYS_FILE = tmp_path / "keys.json"
    key_file.write_new(settings.KEYS_FILE)
    key_file.keys.cache_clear()
    try:
        customer = register(officer, id_number=WANG)
        key_file.add_key(settings.KEYS_FILE)
        key_file.keys.cache_clear()
        assert [c.pk for c in selectors.known_as(id_number=WANG)] == [customer.pk]
        with pytest.raises(Conflict):
            register(officer, id_number=WANG)
        assert rotation.seal_anew() == 1 + SearchWord.objects.count()
        assert [c.pk for c in selectors.known_as(id_number=WANG)] == [customer.pk]
        assert Customer.objects.get().id_number_index == key_file.keys().ring.index(customer.id_number.kind, WANG)  # type: ignore[union-attr]
    finally:
        key_file.keys.cache_clear()
