"""Signing a PDF so that any reader of PDF can verify it (PAdES B-B, ISO 32000): each signature covers all before it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from chedai.deals.contracts.certificates import Credential

_ROOM: Final = 8192
"""Bytes kept free in a PDF for one signature; ours take some 3,000. Told beforehand, it is not signed twice to see."""


@dataclass(frozen=True, slots=True)
class Signing:
    """One signature: the field it stands in, whose credential, and the reason a reader of PDF shows."""

    field: str
    credential: Credential
    reason: str


class _SignerAt(signers.PdfSigner):
    """Signs at the moment of the house's clock, not of the machine's."""

    def __init__(self, moment: datetime, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._moment = moment

    def init_signing_session(self, *args: Any, **options: Any) -> Any:
        """The session of the library, with our moment."""
        session = super().init_signing_session(*args, **options)
        session.system_time = self._moment
        return session


def signed_pdf(content: bytes, signings: Sequence[Signing], issuer: bytes, at: datetime) -> bytes:
    """The PDF with every signature, in order. `issuer` is the certificate (PEM) that issued theirs.

    The library opens an event loop of its own, which a thread that has one already refuses: hence one aside.
    """
    with ThreadPoolExecutor(max_workers=1) as aside:
        return aside.submit(_signed, content, signings, issuer, at).result()


def _signed(content: bytes, signings: Sequence[Signing], issuer: bytes, at: datetime) -> bytes:
    for one in signings:
        store = SimpleCertificateStore.from_certs(load_certs_from_pemder_data(issuer))  # type: ignore[no-untyped-call]
        (certificate,) = load_certs_from_pemder_data(one.credential.certificate)
        key = load_private_key_from_pemder_data(one.credential.private, None)
        signer = signers.SimpleSigner(certificate, key, store)
        meta = signers.PdfSignatureMetadata(
            field_name=one.field, reason=one.reason, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
        )
        pages = IncrementalPdfFileWriter(BytesIO(content))
        written: BytesIO = _SignerAt(at, meta, signer).sign_pdf(pages, bytes_reserved=_ROOM)
        content = written.getvalue()
    return content
