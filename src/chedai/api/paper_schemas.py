"""What the API says and hears of statement, contract, security and payout. Amounts in fen, rates in 1e-8 a year."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from chedai.api.schemas import Masked
from chedai.deals.collateral.states import Cover, ItemKind, ItemState
from chedai.deals.contracts.states import Change, ContractState, PayeeRole, PayeeState, PromiseKind, StatementState
from chedai.deals.disbursement.states import Check, EvidenceState, Light, PayoutState, Route
from chedai.platform.errors import Refusal

Reason = Annotated[str, Field(max_length=200)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Amount = Annotated[int, Field(ge=0, lt=2**63)]


class FileIn(Schema):
    """A paper that is handed in: its name, and its bytes in base64."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    content: Annotated[str, Field(max_length=30_000_000)]

    def read(self) -> bytes:
        """The bytes. Errors: `Refusal` where it is no base64."""
        try:
            return base64.b64decode(self.content, validate=True)
        except (binascii.Error, ValueError):
            zh, en = "文件内容不是 base64", "the content is no base64"
            raise Refusal("file-base64", zh, en, field="file") from None


class FileOut(Schema):
    """A paper: its kind, SHA-256 and bytes in base64."""

    media_type: str
    sha256: str
    content: str


class StatementOut(Schema):
    """A statement of all-in cost, as it was frozen."""

    id: int
    version: int
    state: StatementState
    digest: str
    principal: int
    nominal_rate: int
    effective_rate: int
    reading_seconds: int
    made_at: datetime
    document: dict[str, Any]


class PayeeOut(Schema):
    """An account; holder and number masked."""

    id: int
    role: PayeeRole
    holder: Masked
    bank: str
    account: Masked
    amount: int
    state: PayeeState


class PromiseOut(Schema):
    """An oral promise, written down."""

    id: int
    kind: PromiseKind
    text: str
    promised_on: date


class ContractOut(Schema):
    """A contract, as it was frozen."""

    id: int
    number: str
    state: ContractState
    digest: str
    principal: int
    annual_rate: int
    periods: int
    signed_how: str
    signed_on: date | None
    signed_sha256: str
    document: dict[str, Any]


class AmendmentOut(Schema):
    """A change after the approval."""

    id: int
    change: Change
    before: str
    after: str
    reason: str
    voids: bool
    made_at: datetime


class PaperOut(Schema):
    """The paper of a deal as it stands."""

    statement: StatementOut | None
    contract: ContractOut | None
    payees: list[PayeeOut]
    payees_proposed: list[PayeeOut]
    promises: list[PromiseOut]
    amendments: list[AmendmentOut]


class ConfirmIn(Schema):
    """The customer confirmed at the desk: what was on the screen, and the signed sheet."""

    digest: Digest
    file: FileIn


class DeclineIn(Schema):
    """The customer does not agree."""

    reason: Reason = ""


class PayeeIn(Schema):
    """An account as it is entered."""

    role: PayeeRole
    holder: Annotated[str, Field(max_length=80)]
    bank: Annotated[str, Field(max_length=80)]
    account: Annotated[str, Field(max_length=40)]
    amount: Amount


class PayeesIn(Schema):
    """All accounts of a deal."""

    accounts: Annotated[list[PayeeIn], Field(min_length=1, max_length=10)]


class CheckIn(Schema):
    """What a second person says."""

    accept: bool
    reason: Reason = ""


class PromiseIn(Schema):
    """What was promised; `by` is the number of the member of staff."""

    kind: PromiseKind
    text: Annotated[str, Field(max_length=300)]
    promised_on: date
    by: Annotated[str, Field(max_length=20)]
    file: FileIn | None = None


class DraftIn(Schema):
    """The car by its VIN, and the agreed day of the payout."""

    vin: Annotated[str, Field(max_length=17)]
    agreed_on: date


class SignedIn(Schema):
    """A contract signed on paper."""

    signed_on: date
    file: FileIn


class SignedCheckIn(CheckIn):
    """What a second person says of the file with this hash."""

    sha256: Digest


class AmendIn(Schema):
    """What shall change after the approval, in words."""

    change: Change
    after: Reason
    reason: Annotated[str, Field(max_length=300)]


class ItemOut(Schema):
    """Something owed for the security."""

    id: int
    deal: Annotated[str, Field(validation_alias="deal.number")]
    kind: ItemKind
    state: ItemState
    owner: Annotated[str, Field(validation_alias="owner.number")]
    due_on: date | None
    done_on: date | None


class DoneIn(Schema):
    """What is done: its number, the day, the proof."""

    reference: Annotated[str, Field(max_length=60)]
    done_on: date
    file: FileIn | None = None


class InsuranceIn(Schema):
    """A policy on the car."""

    cover: Cover
    insurer: Annotated[str, Field(max_length=60)]
    number: Annotated[str, Field(max_length=60)]
    starts: date
    ends: date
    damage: Amount = 0
    third_party: Amount = 0
    first_beneficiary: Annotated[str, Field(max_length=40)] = ""
    file: FileIn | None = None


class InsuranceOut(Schema):
    """A policy that counts; its number masked."""

    id: int
    cover: Cover
    insurer: str
    number: Masked
    starts: date
    ends: date
    damage: int
    third_party: int
    first_beneficiary: str


class CollateralOut(Schema):
    """The security of a deal."""

    items: list[ItemOut]
    insurance: list[InsuranceOut]


class LineOut(Schema):
    """A line of the funding checklist."""

    check: Check
    code: str
    light: Light
    zh: str
    en: str
    missing_zh: str
    missing_en: str


class EvidenceOut(Schema):
    """A paper of the checklist."""

    id: int
    code: str
    state: EvidenceState
    amount: int


class PartOut(Schema):
    """What of a payout goes to an account."""

    payee: int
    amount: int


class OrderOut(Schema):
    """A payout. `digest` is what a release must state."""

    id: int
    number: str
    route: Route
    state: PayoutState
    amount: int
    agreed_on: date
    paid_on: date | None
    digest: str
    parts: list[PartOut]


class PayoutOut(Schema):
    """The payout of a deal: checklist, proofs, order."""

    checklist: list[LineOut]
    evidence: list[EvidenceOut]
    order: OrderOut | None


class DownPaymentIn(Schema):
    """The proof of the down payment."""

    amount: Amount
    note: Reason = ""
    file: FileIn


class PartIn(Schema):
    """An amount for one account of the contract."""

    payee: Annotated[int, Field(ge=1, lt=2**63)]
    amount: Amount


class PayoutIn(Schema):
    """A request for the payout; without parts those of the contract."""

    agreed_on: date
    parts: Annotated[list[PartIn], Field(max_length=10)] | None = None


class ReleaseIn(Schema):
    """Letting the money go: what was seen, when and under which reference it was paid, and the proof."""

    digest: Digest
    paid_on: date
    reference: Annotated[str, Field(max_length=60)]
    file: FileIn | None = None


class ReturnIn(Schema):
    """Why it is not let go."""

    reason: Reason
