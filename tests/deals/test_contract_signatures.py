"""Electronic signatures, verified by a program that is not ours: pdfsig of poppler. The papers' text by pdftotext."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from pathlib import Path

import pytest

from chedai.deals.contracts import selectors
from chedai.deals.contracts.models import SigningKey
from chedai.deals.contracts.services.keys import signing_keys_make
from chedai.engine.money import yuan
from chedai.platform.files.selectors import paper_content
from tests.deals.papering import WANG, Papering, papered, signed
from tests.deals.quoting import shelf
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, papered, signed),
    pytest.mark.usefixtures("held_clock"),
]


def said(program: str, file: Path, *options: str) -> str:
    """What the program says of the file. It belongs to poppler-utils, which the tests need installed."""
    asked = [program, *options, str(file), *(["-"] if program == "pdftotext" else [])]
    return subprocess.run(asked, capture_output=True, env=os.environ | {"TZ": "UTC"}).stdout.decode()


@pytest.fixture
def deal() -> Papering:
    return given(signed)


def written(deal: Papering, folder: Path) -> Path:
    contract = deal.contract
    assert contract.signed_id is not None
    file = folder / "signed.pdf"
    file.write_bytes(paper_content(contract.signed_id)[1])
    return file


def test_both_signatures_are_valid_and_the_last_covers_the_whole_file(deal: Papering, tmp_path: Path) -> None:
    told = said("pdfsig", written(deal, tmp_path))
    assert re.findall(r"Signature Field Name: (\w+)", told) == ["Borrower", "House"]
    assert re.findall(r"Certificate Common Name: (.+)", told) == ["王芳", "电子合同专用章"]
    assert told.count("Signature Validation: Signature is Valid.") == 2
    assert told.count("Signature Type: ETSI.CAdES.detached") == 2
    assert told.count("- Total document signed") == 1
    assert re.findall(r"Signing Time: (.+)", told) == ["Nov 20 2026 02:00:00"] * 2


def test_a_changed_figure_breaks_the_signature(deal: Papering, tmp_path: Path) -> None:
    file = written(deal, tmp_path)
    content = bytearray(file.read_bytes())
    at = content.find(b"/Type/Page") if b"/Type/Page" in content else content.find(b"endobj")
    content[at + 1] ^= 1
    file.write_bytes(bytes(content))
    assert "Signature is Valid" not in said("pdfsig", file).split("Signature #2")[0]


def test_the_hash_of_the_signed_file_is_kept(deal: Papering) -> None:
    contract = deal.contract
    assert contract.signed_id is not None
    content = paper_content(contract.signed_id)[1]
    assert contract.signed_sha256 == hashlib.sha256(content).hexdigest()
    assert contract.draft_id is not None
    assert content.startswith(paper_content(contract.draft_id)[1])  # what was read is what was signed


def test_the_keys_of_the_house_are_made_once_and_sealed(deal: Papering) -> None:
    signing_keys_make(actor=deal.officer)
    assert list(SigningKey.objects.order_by("pk").values_list("name", flat=True)) == ["root", "seal"]
    assert str(SigningKey.objects.get(name="root").private) == "****"


def test_statement_contract_and_annex_print_the_same_figures(deal: Papering, tmp_path: Path) -> None:
    """The text of both PDFs, taken out by poppler, against the frozen documents: to the fen."""
    statement, contract = deal.statement, deal.contract
    document = selectors.contract_document(contract)
    texts = []
    for number in (statement.paper_id, contract.draft_id):
        file = tmp_path / f"{number}.pdf"
        file.write_bytes(paper_content(number)[1])
        texts.append(said("pdftotext", file, "-layout"))
    sheet, paper = texts
    for text in texts:
        assert f"{document.principal // 100:,}.00" in text and "柒万伍仟元整" in text and "王芳" in text
    interest = f"{int(yuan(document.interest).split('.')[0]):,}.{document.interest % 100:02}"
    assert interest in sheet and interest in paper
    lines = [line for line in paper.splitlines() if re.match(r"\s+\d+ +20\d\d-\d\d-\d\d", line)]
    printed = [[int(part.replace(",", "").replace(".", "")) for part in line.split()[2:]] for line in lines]
    assert printed == [[r.principal, r.interest, r.fee, r.total, r.balance] for r in document.schedule]
    assert "除本表所列项目外" in sheet.replace(" ", "") and "6222020200012345678" in paper and WANG in paper
