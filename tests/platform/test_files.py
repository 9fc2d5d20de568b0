"""Papers: known by their content, sealed on the store, handed in whole or in pieces."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.storage import storages
from django.test import override_settings

from chedai.config.environment import Environment, UnsafeSetting, folder
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind, system
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.files import rules, services, store
from chedai.platform.files.models import Paper, Upload
from chedai.platform.files.selectors import paper_content, papers_of, same_elsewhere
from chedai.platform.privacy.cipher import CannotOpen
from tests.conftest import MOMENT
from tests.support import s3

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock", "own_folder")]

OFFICER = Actor(ActorKind.PERSON, 17, "林晓")
GUEST = Actor(ActorKind.GUEST, 3, "")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
PDF = b"%PDF-1.7\n" + bytes(200)


@pytest.fixture
def own_folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.UPLOADS = tmp_path / "uploads"
    papers = folder(tmp_path / "papers")
    with override_settings(STORAGES={**settings.STORAGES, "papers": papers}):
        yield tmp_path / "papers"


def hand_in(content: bytes = PNG, subject: str = "deal:5", **other: Any) -> Paper:
    given = {"purpose": "id-card", "name": "王小明身份证.png", "actor": OFFICER, **other}
    return services.paper_hand_in(subject=subject, content=content, **given)


def test_a_paper_comes_back_as_it_was_handed_in() -> None:
    paper = hand_in()
    assert paper_content(paper.pk)[1] == PNG
    assert (paper.media_type, paper.size) == ("image/png", len(PNG))
    assert list(papers_of("deal:5")) == [paper]


def test_neither_the_store_nor_the_log_holds_it_open(own_folder: Path) -> None:
    hand_in(PDF + "王小明 11010119900307001X".encode())
    (stored,) = (path for path in own_folder.rglob("*") if path.is_file())
    assert "王小明".encode() not in stored.read_bytes()
    assert "王小明" not in bytes(AuditEntry.objects.get().body).decode()
    assert str(Paper.objects.get().name) == "王" + "*" * len("小明身份证.png")


def test_the_same_content_is_stored_once_and_recognised_elsewhere(own_folder: Path) -> None:
    first, again, elsewhere = hand_in(), hand_in(), hand_in(subject="deal:9")
    assert first.pk == again.pk
    assert list(same_elsewhere(first)) == [elsewhere]
    assert len([path for path in own_folder.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file-empty"), (b"MZ\x90\x00" + bytes(300), "file-kind"), (b"<script>alert(1)</script>", "file-kind")],
)
def test_what_a_file_is_is_told_by_its_content_not_by_its_name(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        hand_in(content, name="身份证.png")
    assert (refusal.value.code, refusal.value.field) == (code, "file")
    assert not Paper.objects.exists()


def test_a_place_may_accept_fewer_kinds() -> None:
    with pytest.raises(Refusal) as refusal:
        hand_in(PNG, allowed=frozenset({"application/pdf"}))
    assert refusal.value.zh == "不支持这种文件，可用 pdf"


def test_a_file_may_not_be_too_large() -> None:
    with pytest.raises(Refusal) as refusal:
        hand_in(PNG + bytes(20 * rules.MEGABYTE))
    assert refusal.value.zh == "文件超过 20 MB"


def test_a_tampered_file_does_not_open(own_folder: Path) -> None:
    paper = hand_in()
    (stored,) = (path for path in own_folder.rglob("*") if path.is_file())
    content = stored.read_bytes()
    stored.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(CannotOpen):
        paper_content(paper.pk)


def test_a_full_disk_leaves_nothing_behind(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refusal) as refusal:
        hand_in()
    assert refusal.value.code == "file-not-stored"
    assert not [path for path in own_folder.rglob("*") if path.is_file()]
    assert not Paper.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_disk_is_waited_for_but_not_for_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[int] = []
    monkeypatch.setattr(os, "fsync", waited.append)
    hand_in(PNG)
    with store.unflushed():
        sample = hand_in(PDF)
    assert (len(waited), paper_content(sample.pk)[1]) == (1, PDF)
    hand_in(PDF + b"later")
    assert len(waited) == 2


def test_a_paper_taken_away_is_not_found_any_more() -> None:
    paper = hand_in()
    services.paper_remove(paper_id=paper.pk, reason="传错", actor=OFFICER)
    with pytest.raises(NotFound):
        paper_content(paper.pk)
    with pytest.raises(NotFound):
        services.paper_remove(paper_id=paper.pk, reason="传错", actor=OFFICER)
    assert hand_in().pk != paper.pk


def begin(size: int = len(PNG)) -> Upload:
    return services.upload_begin(subject="deal:5", purpose="id-card", name="身份证", size=size, actor=GUEST)


def send(upload: Upload, offset: int, piece: bytes, actor: Actor = GUEST) -> Upload:
    return services.upload_continue(token=upload.token, offset=offset, piece=piece, actor=actor)


def test_a_photo_over_a_bad_line_goes_on_where_it_broke_off() -> None:
    upload = begin()
    send(upload, 0, PNG[:80])
    with pytest.raises(Conflict) as conflict:
        send(upload, 0, PNG[:80])
    assert conflict.value.zh == "已收到 80 字节，请从此处续传"
    with pytest.raises(Conflict):
        services.upload_finish(token=upload.token, actor=GUEST)
    send(upload, 80, PNG[80:])
    paper = services.upload_finish(token=upload.token, actor=GUEST)
    assert paper_content(paper.pk)[1] == PNG
    assert not Upload.objects.exists()


def test_an_upload_is_its_beginners_and_no_larger_than_announced() -> None:
    upload = begin(size=10)
    with pytest.raises(NotFound):
        send(upload, 0, b"x", actor=OFFICER)
    with pytest.raises(Refusal):
        send(upload, 0, bytes(11))
    for size in (0, rules.LARGEST + 1):
        with pytest.raises(Refusal):
            begin(size=size)


def test_what_was_broken_off_for_good_is_forgotten() -> None:
    upload = begin()
    send(upload, 0, PNG[:80])
    assert services.uploads_forget() == 0
    with clock.frozen(MOMENT + timedelta(days=3)):
        assert services.uploads_forget() == 1
    assert not Upload.objects.exists()


def test_papers_rest_on_a_real_s3_server() -> None:
    with s3.server() as address:
        papers = Environment({"P": f"s3://key:secret@{address}/papers?tls=no"}).papers("P", Path("unused"))
        client = boto3.client(
            "s3",
            endpoint_url=f"http://{address}",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
            region_name="us-east-1",
        )
        client.create_bucket(Bucket="papers")
        with override_settings(STORAGES={"papers": papers}):
            paper = hand_in()
            assert paper_content(paper.pk)[1] == PNG
            (stored,) = client.list_objects_v2(Bucket="papers")["Contents"]
            assert stored["Key"].endswith(paper.address)
            assert PNG not in client.get_object(Bucket="papers", Key=stored["Key"])["Body"].read()
            store.remove(paper.address)
            assert not storages["papers"].exists(stored["Key"])


@pytest.mark.parametrize("url", ["s3://host/bucket", "http://key:secret@host/bucket", "s3://key:secret@host/"])
def test_an_address_of_a_store_that_cannot_work_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(UnsafeSetting):
        Environment({"P": url}).papers("P", Path("unused"))


def test_the_house_itself_may_hand_in_papers() -> None:
    assert hand_in(actor=system("import")).handed_in_by == "system:import"
