"""Personal values: sealed, found, masked, and never shown by accident."""

from __future__ import annotations

import base64
import hmac
import json
import os
import pickle
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from chedai.platform.privacy import keys as key_file
from chedai.platform.privacy.cipher import CannotOpen, Keyring, key_number
from chedai.platform.privacy.kinds import Kind, mask, normal
from chedai.platform.privacy.personal import Personal

OLD = Keyring(1, {1: bytes(range(32))})
RING = Keyring(2, {1: bytes(range(32)), 2: bytes(range(32, 64))})


@given(st.text())
def test_what_is_sealed_opens_again_and_never_looks_the_same(text: str) -> None:
    sealed = RING.seal("contact.phone", text)
    assert RING.open("contact.phone", sealed) == text
    assert sealed != RING.seal("contact.phone", text)
    assert key_number(sealed) == 2


def test_a_value_copied_to_another_column_does_not_open() -> None:
    with pytest.raises(CannotOpen):
        RING.open("contact.id_number", RING.seal("contact.phone", "13800138000"))


def test_one_flipped_bit_anywhere_does_not_open() -> None:
    sealed = RING.seal("contact.phone", "13800138000")
    for place in range(len(sealed)):
        spoiled = bytearray(sealed)
        spoiled[place] ^= 1
        with pytest.raises(CannotOpen):
            RING.open("contact.phone", bytes(spoiled))
    with pytest.raises(CannotOpen):
        RING.open("contact.phone", b"")


def test_an_old_key_still_opens_and_an_unknown_one_does_not() -> None:
    assert RING.open("c.p", OLD.seal("c.p", "王小明")) == "王小明"
    with pytest.raises(CannotOpen):
        OLD.open("c.p", RING.seal("c.p", "王小明"))


@given(st.text(), st.sampled_from(Kind))
def test_the_blind_index_is_the_hmac_of_the_standard(text: str, kind: Kind) -> None:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"chedai index").derive(bytes(range(32, 64)))
    standard = hmac.digest(key, f"{kind}\x00{normal(kind, text)}".encode(), "sha256")[:16]
    assert RING.index(kind, text) == standard
    assert RING.index_many(kind, [normal(kind, text)]) == {normal(kind, text): RING.index(kind, normal(kind, text))}


@given(st.lists(st.none() | st.text()))
def test_many_are_sealed_as_each_by_itself_and_no_nonce_comes_twice(texts: list[str | None]) -> None:
    sealed = RING.seal_many("contact.phone", texts)
    assert [None if one is None else RING.open("contact.phone", one) for one in sealed] == texts
    nonces = [one[2:14] for one in sealed if one is not None]
    assert len(set(nonces)) == len(nonces)


def test_a_value_is_found_under_every_key_and_however_it_was_typed() -> None:
    assert OLD.index(Kind.PHONE, "+86 138 0013 8000") in RING.index_candidates(Kind.PHONE, "１３８-0013-8000")
    assert RING.index(Kind.PHONE, "13800138000") != RING.index(Kind.ID_NUMBER, "13800138000")
    assert len(RING.index(Kind.PHONE, "13800138000")) == 16


@pytest.mark.parametrize(
    "keys", [(3, {1: bytes(32)}), (1, {1: bytes(16)}), (0, {0: bytes(32)}), (256, {256: bytes(32)})]
)
def test_a_ring_that_cannot_work_is_refused(keys: tuple[int, dict[int, bytes]]) -> None:
    with pytest.raises(ValueError, match="key"):
        Keyring(*keys)


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        (Kind.NAME, "王小明", "王**"),
        (Kind.NAME, "王", "*"),
        (Kind.ID_NUMBER, "11010119900307001x", "110***********001X"),
        (Kind.PHONE, "138 0013 8000", "138****8000"),
        (Kind.PHONE, "010-62345678", "010****5678"),
        (Kind.PHONE, "110", "***"),
        (Kind.BANK_ACCOUNT, "6222 0212 3456 7890 123", "622202*********0123"),
        (Kind.ADDRESS, "北京市东城区安定门内大街12号", "北京市东城区****"),
        (Kind.ADDRESS, "北京", "****"),
        (Kind.EMAIL, "Wang@example.com", "w****@example.com"),
        (Kind.EMAIL, "wang", "****"),
        (Kind.NAME, "", ""),
    ],
)
def test_the_mask_shows_what_it_may(kind: Kind, text: str, shown: str) -> None:
    assert mask(kind, normal(kind, text)) == shown == str(Personal(kind, text))


def test_a_personal_value_keeps_itself_out_of_logs_caches_and_queues() -> None:
    phone = Personal(Kind.PHONE, "13800138000")
    assert f"{phone} {phone!r} {[phone]} {phone!s}".count("13800138000") == 0
    with pytest.raises(TypeError):
        pickle.dumps(phone)
    with pytest.raises(TypeError):
        json.dumps(phone)


def test_equal_values_are_equal_however_they_came() -> None:
    phone = Personal(Kind.PHONE, "+8613800138000")
    stored = Personal(Kind.PHONE, sealed=phone.sealed_for("c.p"), place="c.p")
    assert stored == phone == Personal(Kind.PHONE, "13800138000")
    assert len({stored, phone}) == 1
    assert stored != "13800138000"
    assert phone
    assert not Personal(Kind.PHONE, "")


def test_an_unchanged_value_is_stored_as_it_was_and_a_moved_one_is_sealed_anew() -> None:
    sealed = Personal(Kind.PHONE, "13800138000").sealed_for("c.p")
    stored = Personal(Kind.PHONE, sealed=sealed, place="c.p")
    assert stored.sealed_for("c.p") == sealed
    assert Personal(Kind.PHONE, sealed=stored.sealed_for("d.q"), place="d.q") == stored


def test_the_file_of_keys_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    first = key_file.write_new(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        key_file.write_new(path)
    second = key_file.add_key(path)
    assert (first.ring.active, second.ring.active) == (1, 2)
    assert second.audit_seed == first.audit_seed
    assert second.ring.open("c.p", first.ring.seal("c.p", "王")) == "王"
    assert base64.b64encode(first.ring.masters[1]).decode() not in repr(first)


def test_a_file_of_keys_that_others_can_read_or_nobody_can_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with pytest.raises(key_file.NoKeys):
        key_file.read(path)
    key_file.write_new(path)
    os.chmod(path, 0o644)
    with pytest.raises(key_file.NoKeys, match="600"):
        key_file.read(path)
    os.chmod(path, 0o600)
    path.write_text("{}")
    with pytest.raises(key_file.NoKeys):
        key_file.read(path)
