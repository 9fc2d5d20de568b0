"""The keys of the house that sign: made once, on first use or by `chedai begin`, their private half sealed."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from chedai.deals.contracts.certificates import EVENT_DAYS, ROOT_YEARS, SEAL_YEARS, Credential, issue, root
from chedai.deals.contracts.models import SigningKey
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.work import record, service

ORGANISATION: Final = "chedai"
ROOT: Final = "root"
SEAL: Final = "seal"


@service
def signing_keys_make(*, actor: Actor) -> tuple[Credential, Credential]:
    """The root and the seal of the house; made where they are not there yet."""
    held = {key.name: key for key in SigningKey.objects.select_for_update(no_key=True).filter(name__in=(ROOT, SEAL))}
    if ROOT not in held:
        held[ROOT] = _keep(ROOT, root(ORGANISATION, clock.now()), actor)
    top = _credential(held[ROOT])
    if SEAL not in held:
        lasts = timedelta(days=365 * min(SEAL_YEARS, ROOT_YEARS))
        held[SEAL] = _keep(SEAL, issue(top, ORGANISATION, "电子合同专用章", clock.now(), lasts), actor)
    return top, _credential(held[SEAL])


def signer_credential(top: Credential, name: str, evidence: str) -> Credential:
    """A certificate for one signing by one person: it names them and the fingerprint of the evidence of their intent.

    Its key is used once and kept nowhere.
    """
    return issue(top, f"evidence {evidence[:16]}", name, clock.now(), timedelta(days=EVENT_DAYS))


def _keep(name: str, made: Credential, actor: Actor) -> SigningKey:
    kept = SigningKey.objects.create(
        name=name, certificate=made.certificate.decode(), private=made.private.decode(), made_at=clock.now()
    )
    record(actor=actor, action="signing_key.made", subject=f"signing-key:{kept.pk}", facts={"name": name})
    return SigningKey.objects.get(pk=kept.pk)


def _credential(key: SigningKey) -> Credential:
    return Credential(key.certificate.encode(), key.private.in_full().encode())
