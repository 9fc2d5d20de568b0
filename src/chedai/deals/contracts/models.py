"""The tables of the paper. What was shown and what was signed is kept as the very bytes, and never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chedai.deals.contracts.states import (
    Change,
    ContractState,
    PayeeRole,
    PayeeState,
    Place,
    PromiseKind,
    SignedHow,
    StatementState,
)
from chedai.deals.pipeline.models import Deal
from chedai.platform.files.models import Paper
from chedai.platform.privacy.fields import Sealed
from chedai.platform.privacy.kinds import Kind


class CostStatement(models.Model):
    """综合融资成本明示表 of one deal, in one version. `document` is the canonical JSON, `digest` its SHA-256.

    It holds no personal value; the customer's name stands in the PDF only (`paper`). Amounts in fen, rates in 1e-8.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="cost_statements")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in StatementState], default=StatementState.MADE
    )
    document = models.BinaryField()
    digest = models.CharField(max_length=64)
    plan_digest = models.CharField(max_length=64)
    principal = models.BigIntegerField()
    nominal_rate = models.BigIntegerField()
    effective_rate = models.BigIntegerField()
    reading_seconds = models.PositiveIntegerField()
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "deals_cost_statement"
        constraints = (
            models.UniqueConstraint(fields=["deal", "version"], name="statement_version_once"),
            models.UniqueConstraint(fields=["deal"], condition=~Q(state="void"), name="one_statement_in_force"),
        )

    def __str__(self) -> str:
        return f"{self.deal_id} v{self.version}"


class Reading(models.Model):
    """The customer before a statement: opened when and where, confirmed or declined when. Append-only but its end."""

    statement = models.ForeignKey(CostStatement, models.PROTECT, related_name="readings")
    place = models.CharField(max_length=8, choices=[(p.value, p.value) for p in Place])
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    signed_paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "deals_reading"

    def __str__(self) -> str:
        return f"{self.statement_id} {self.place}"


class ClauseVersion(models.Model):
    """One wording of one clause, from a day on, with the law it rests on. `applies` names the fact that calls for it.

    `position` orders the clauses in the contract; `emphasised` ones are printed bold (民法典 496).
    """

    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    body = models.TextField()
    law_note = models.CharField(max_length=200)
    applies = models.CharField(max_length=20, default="always")
    emphasised = models.BooleanField(default=False)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "deals_clause_version"
        constraints = (models.UniqueConstraint(fields=["code", "version"], name="clause_version_once"),)

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class PayeeAccount(models.Model):
    """Where a part of the loan goes (收款账户). The parts of a deal in force add up to the loan."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="payees")
    role = models.CharField(max_length=10, choices=[(r.value, r.value) for r in PayeeRole])
    holder = Sealed(Kind.NAME)
    bank = models.CharField(max_length=80)
    account = Sealed(Kind.BANK_ACCOUNT)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in PayeeState])
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "deals_payee_account"
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="payee_gets_something"),)

    def __str__(self) -> str:
        return f"{self.deal_id} {self.role}"


class Contract(models.Model):
    """One contract of a deal: the frozen figures and clauses, the PDF made of them, and the file that was signed.

    `document` is canonical JSON without personal values, `digest` its SHA-256; `draft` is the PDF to be signed,
    `signed` the file that was, `signed_sha256` its hash.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="contracts")
    statement = models.ForeignKey(CostStatement, models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=30, unique=True)
    version = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in ContractState], default=ContractState.DRAFT
    )
    document = models.BinaryField()
    digest = models.CharField(max_length=64)
    principal = models.BigIntegerField()
    annual_rate = models.BigIntegerField()
    periods = models.PositiveSmallIntegerField()
    draft = models.ForeignKey(Paper, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=80)
    signed = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    signed_sha256 = models.CharField(max_length=64, blank=True)
    signed_how = models.CharField(max_length=10, choices=[(s.value, s.value) for s in SignedHow], blank=True)
    signed_on = models.DateField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    returned_for = models.CharField(max_length=200, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "deals_contract"
        constraints = (
            models.UniqueConstraint(fields=["deal", "version"], name="contract_version_once"),
            models.UniqueConstraint(fields=["deal"], condition=~Q(state="void"), name="one_contract_in_force"),
        )

    def __str__(self) -> str:
        return self.number


class Promise(models.Model):
    """One oral promise, written down (口头承诺): who promised what on which day. Printed in the annex, signed with it.

    One given after the contract was signed needs a signed `paper` of its own.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="promises")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in PromiseKind])
    text = models.CharField(max_length=300)
    promised_on = models.DateField()
    promised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    struck_at = models.DateTimeField(null=True, blank=True)  # taken back before anything was signed

    class Meta:
        db_table = "deals_promise"

    def __str__(self) -> str:
        return f"{self.deal_id} {self.kind}"


class Amendment(models.Model):
    """A change after the approval (变更备忘): what, from what to what, why, and whether it voided the approval."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="amendments")
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, blank=True, related_name="amendments")
    change = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Change])
    before = models.CharField(max_length=200)
    after = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    voids = models.BooleanField()
    approved_digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        db_table = "deals_amendment"

    def __str__(self) -> str:
        return f"{self.deal_id} {self.change}"


class SigningKey(models.Model):
    """A key of the house that signs: the root that issues, and the seal of the house. The private half is sealed."""

    name = models.CharField(max_length=20, unique=True)
    certificate = models.TextField()  # PEM
    private = Sealed(Kind.TEXT)  # PEM
    made_at = models.DateTimeField()

    class Meta:
        db_table = "deals_signing_key"

    def __str__(self) -> str:
        return self.name
