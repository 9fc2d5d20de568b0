"""Certificates of the house, for electronic signatures without an outside authority.

A root of our own issues two kinds: the seal of the house (电子印章), kept, and for every signing a certificate of the
signer (事件型证书), whose key signs one document and is then forgotten, so that nobody can sign again in their name
(电子签名法 13: the data of the signature belong to the signer and are controlled by them alone). A signer's certificate
names the person and the fingerprint of the evidence of their intent. A licensed authority can take the place of the
root by bringing its own certificates; what is verified stays the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT_YEARS: Final = 20
SEAL_YEARS: Final = 5
EVENT_DAYS: Final = 30
_SKEW: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate with its private key, both as PEM."""

    certificate: bytes
    private: bytes


def root(name: str, at: datetime) -> Credential:
    """A root that issues and never signs a document."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name, f"{name} Root")
    built = _builder(subject, subject, key, at, timedelta(days=365 * ROOT_YEARS))
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    built = built.add_extension(_usage(issues=True), critical=True)
    return _credential(built.sign(key, hashes.SHA256()), key)


def issue(parent: Credential, organisation: str, name: str, at: datetime, lasts: timedelta) -> Credential:
    """A certificate that signs documents, issued by `parent`."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.load_pem_x509_certificate(parent.certificate)
    signing = serialization.load_pem_private_key(parent.private, None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    built = _builder(_name(organisation, name), issuer.subject, key, at, lasts)
    built = built.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    built = built.add_extension(_usage(issues=False), critical=True)
    public = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    built = built.add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(public), critical=False)
    return _credential(built.sign(signing, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, at: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    built = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    built = built.serial_number(x509.random_serial_number()).not_valid_before(at - _SKEW).not_valid_after(at + lasts)
    return built.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _name(organisation: str, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _usage(*, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not issues,
        content_commitment=not issues,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def _credential(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Credential:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Credential(certificate.public_bytes(serialization.Encoding.PEM), private)
