"""Seen only for a reason, used only by consent, deleted when its time is up, and no sooner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.audit.models import AuditEntry
from chedai.platform.audit.selectors import reasons
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.files.models import Paper
from chedai.platform.privacy import keys as key_file
from chedai.platform.privacy import registry, rotation, services
from chedai.platform.privacy.cipher import key_number
from chedai.platform.privacy.kinds import Kind
from chedai.platform.privacy.models import Consent, Erasure
from chedai.platform.privacy.personal import Personal
from chedai.platform.privacy.registry import Hold, Holder, Purpose
from chedai.platform.privacy.states import ErasureState
from tests.conftest import MOMENT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

OFFICER = Actor(ActorKind.PERSON, 17, "林晓")
PHONE = Personal(Kind.PHONE, "13800138000")


class House:
    """A holder that remembers what it was told."""

    def __init__(self) -> None:
        self.until: date | None = None
        self.told: list[str] = []
        self.stale: list[int] = []

    def hold(self, number: int, on: date) -> Hold | None:
        return Hold(self.until, "aml.retention") if self.until is not None and self.until >= on else None


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    holder = Holder(
        hold=house.hold,
        restrict=lambda number: house.told.append(f"restrict {number}"),
        erase=lambda number: house.told.append(f"erase {number}"),
        expired=lambda on: house.stale,
    )
    before = (registry.purposes(), registry.holders())
    registry.install({"bureau": Purpose("查询征信", "ask the credit bureau", True)}, {"customer": holder})
    yield house
    registry.install(*before)


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("seq").values_list("action", flat=True))


def reveal(reason: str) -> str:
    return services.personal_reveal(subject="customer:5", field="phone", value=PHONE, reason=reason, actor=OFFICER)


def test_seeing_a_value_in_full_goes_on_record_with_its_reason_and_without_the_value() -> None:
    assert reveal("电话核实收入") == "13800138000"
    entry = AuditEntry.objects.get()
    body = bytes(entry.body).decode()
    assert reasons([entry.seq]) == {entry.seq: "电话核实收入"}
    assert '"reason":"sha256:' in body
    assert "电话核实收入" not in body
    assert "13800138000" not in body


@pytest.mark.parametrize("reason", ["", "看看", "   "])
def test_without_a_reason_nothing_is_shown(reason: str) -> None:
    with pytest.raises(Refusal) as refusal:
        reveal(reason)
    assert refusal.value.field == "reason"
    assert actions() == []


def give(**other: Any) -> Consent:
    given = {"purpose": "bureau", "wording": "2026-10", "evidence": "paper:3", **other}
    return services.consent_give(subject="customer:5", actor=OFFICER, **given)


@pytest.mark.usefixtures("house")
def test_consent_opens_what_it_gates_until_it_is_withdrawn() -> None:
    with pytest.raises(Refusal) as refusal:
        services.consent_require("customer:5", "bureau")
    assert refusal.value.zh == "缺少授权：查询征信"
    give()
    assert services.consent_require("customer:5", "bureau").evidence == "paper:3"
    services.consent_withdraw(subject="customer:5", purpose="bureau", actor=OFFICER)
    with pytest.raises(Refusal):
        services.consent_require("customer:5", "bureau")
    with pytest.raises(NotFound):
        services.consent_withdraw(subject="customer:5", purpose="bureau", actor=OFFICER)
    assert actions() == ["consent.given", "consent.withdrawn"]


@pytest.mark.usefixtures("house")
def test_agreed_anew_the_newer_proof_counts_and_the_older_is_kept() -> None:
    give()
    give(wording="2026-11", evidence="paper:9")
    assert services.consent_require("customer:5", "bureau").evidence == "paper:9"
    assert Consent.objects.count() == 2


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(("fact", "field"), [("purpose", "purpose"), ("wording", "evidence"), ("evidence", "evidence")])
def test_consent_without_purpose_wording_or_proof_is_none(fact: str, field: str) -> None:
    with pytest.raises(Refusal) as refusal:
        give(**{fact: ""})
    assert refusal.value.field == field
    assert not Consent.objects.exists()


def test_what_no_law_holds_is_deleted_at_once_with_its_consents(house: House) -> None:
    give()
    erasure = services.erasure_ask(subject="customer:5", actor=OFFICER)
    assert (erasure.state, house.told) == (ErasureState.ERASED, ["erase 5"])
    with pytest.raises(Refusal):
        services.consent_require("customer:5", "bureau")
    assert actions() == ["consent.given", "personal.erased"]


def test_what_a_law_holds_is_taken_out_of_use_and_deleted_when_the_hold_ends(house: House) -> None:
    house.until = date(2036, 11, 20)
    erasure = services.erasure_ask(subject="customer:5", actor=OFFICER)
    assert (erasure.state, erasure.hold, house.told) == (ErasureState.RESTRICTED, "aml.retention", ["restrict 5"])
    assert services.retention_run(date(2036, 11, 20)) == 0
    assert services.retention_run(date(2036, 11, 21)) == 1
    assert services.retention_run(date(2036, 11, 22)) == 0
    assert house.told == ["restrict 5", "erase 5"]
    assert Erasure.objects.get().state == ErasureState.ERASED


def test_a_hold_that_has_grown_goes_on(house: House) -> None:
    house.until = date(2036, 11, 20)
    services.erasure_ask(subject="customer:5", actor=OFFICER)
    house.until = date(2038, 1, 1)
    assert services.retention_run(date(2036, 11, 21)) == 0
    assert Erasure.objects.get().held_until == date(2038, 1, 1)
    assert services.retention_run(date(2038, 1, 2)) == 1


def test_deletion_is_asked_for_once(house: House) -> None:
    house.until = date(2036, 11, 20)
    services.erasure_ask(subject="customer:5", actor=OFFICER)
    with pytest.raises(Conflict):
        services.erasure_ask(subject="customer:5", actor=OFFICER)
    house.stale = [5]  # nor does the nightly run ask again for what waits already
    assert services.retention_run(date(2030, 1, 1)) == 0
    assert (Erasure.objects.count(), house.told) == (1, ["restrict 5"])


def test_deletion_is_carried_out_by_hand_on_the_day_the_hold_has_ended_and_once(house: House) -> None:
    house.until = date(2036, 11, 20)
    erasure = services.erasure_ask(subject="customer:5", actor=OFFICER)
    with pytest.raises(Refusal) as held:
        services.erasure_carry_out(erasure_id=erasure.pk, actor=OFFICER)
    assert (held.value.code, "2036-11-20" in held.value.zh, "aml.retention" in held.value.en) == (
        "erasure-held",
        True,
        True,
    )
    house.until = None
    assert services.erasure_carry_out(erasure_id=erasure.pk, actor=OFFICER).state == ErasureState.ERASED
    assert house.told == ["restrict 5", "erase 5"]
    with pytest.raises(Conflict):
        services.erasure_carry_out(erasure_id=erasure.pk, actor=OFFICER)
    with pytest.raises(NotFound):
        services.erasure_carry_out(erasure_id=999, actor=OFFICER)
    assert actions() == ["personal.restricted", "personal.erased"]


def test_what_lay_unused_past_its_time_is_deleted_without_anybody_asking(house: House) -> None:
    house.stale = [7, 8]
    assert services.retention_run(date(2026, 11, 20)) == 2
    assert house.told == ["erase 7", "erase 8"]
    assert set(AuditEntry.objects.values_list("actor", flat=True)) == {"system:retention"}


@pytest.fixture
def own_keys(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.KEYS_FILE = tmp_path / "keys.json"
    key_file.write_new(settings.KEYS_FILE)
    key_file.keys.cache_clear()
    yield settings.KEYS_FILE
    key_file.keys.cache_clear()


def paper(number: int) -> Paper:
    facts = {"purpose": "id", "address": "a", "media_type": "image/png", "size": 1, "handed_in_by": "person:1"}
    return Paper.objects.create(subject=f"deal:{number}", name=f"王{number}", handed_in_at=MOMENT, **facts)


def stored_keys() -> list[int]:
    return [key_number(p.name.sealed_for(Paper._meta.get_field("name").place)) for p in Paper.objects.order_by("pk")]


def test_a_new_key_seals_everything_anew_and_a_second_run_finds_nothing(own_keys: Path) -> None:
    for number in range(3):
        paper(number)
    key_file.add_key(own_keys)
    key_file.keys.cache_clear()
    paper(3)
    assert stored_keys() == [1, 1, 1, 2]
    told: list[tuple[int, int]] = []
    assert rotation.seal_anew(lambda done, total: told.append((done, total))) == 3
    assert (stored_keys(), told[-1]) == ([2, 2, 2, 2], (4, 4))
    assert [p.name.in_full() for p in Paper.objects.order_by("pk")] == ["王0", "王1", "王2", "王3"]
    assert rotation.seal_anew() == 0


def test_a_row_changed_while_the_key_is_brought_in_is_left_as_it_was_changed(
    own_keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = paper(1)
    key_file.add_key(own_keys)
    key_file.keys.cache_clear()
    in_full = Personal.in_full

    def somebody_is_faster(value: Personal) -> str:
        monkeypatch.setattr(Personal, "in_full", in_full)
        Paper.objects.filter(pk=changed.pk).update(name="李四")
        return in_full(value)

    monkeypatch.setattr(Personal, "in_full", somebody_is_faster)
    assert rotation.seal_anew() == 0
    assert Paper.objects.get().name.in_full() == "李四"


def test_retention_reads_no_clock() -> None:
    with clock.frozen(datetime(2030, 1, 1, tzinfo=UTC) + timedelta(days=1)):
        assert services.retention_run(date(2026, 11, 20)) == 0
