"""The tables of quotes: versions, links, the menu of add-ons, asks for bespoke terms.

A version is never changed once it was offered; what changes makes the next one. Plans are stored as they were shown
(`frozen.FrozenPlan`) and read back from there, never computed again.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from chedai.crm.customers.models import Customer
from chedai.crm.reception.models import Lead, Need, Visit
from chedai.deals.pipeline.models import Deal
from chedai.deals.quotes.states import AddOnChoice, AdviceState, AskState, QuoteState
from chedai.org.models import Staff, Store
from chedai.platform.approvals.models import Approval
from chedai.platform.files.models import Paper
from chedai.platform.messages.models import Message, Template


class Quote(models.Model):
    """One version of a quote (报价单). All versions share the number; until a customer is named there is no deal.

    `customer`, `lead`, `visit`: whom it is for, as reception knows them; none of them where nobody was asked yet.
    `plans` are frozen documents, cash first; `preferred` is the position of 首选, `accepted_plan` of the one taken.
    `need` is the version of the needs interview that the quote answers. `vehicle` is as shown.
    """

    number = models.CharField(max_length=30)
    version = models.PositiveSmallIntegerField(default=1)
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="quotes")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="quotes")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="quotes")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="quotes")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    officer = models.ForeignKey(Staff, models.PROTECT, related_name="quotes")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in QuoteState], default=QuoteState.DRAFT)
    vehicle = models.CharField(max_length=120, blank=True)
    need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="quotes")
    wish = models.JSONField()
    chosen = models.JSONField(default=list)  # the tray, as the desk names its plans
    plans = models.JSONField()
    preferred = models.PositiveSmallIntegerField(default=0)
    accepted_plan = models.PositiveSmallIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64)  # of the plans, in their order
    catalogue = models.CharField(max_length=200)  # the catalogue they were computed from
    product_versions = models.JSONField(default=list)
    policies = models.JSONField(default=list)  # the rows of the policy book above every product
    note = models.CharField(max_length=200, blank=True)  # to the customer
    valid_until = models.DateField(null=True, blank=True)  # inclusive, to its midnight in Shanghai
    quoted_on = models.DateField()  # the business date of the figures
    prepared_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["number", "version"], name="quote_version_once"),
            models.UniqueConstraint(fields=["deal", "version"], condition=~Q(deal=None), name="quote_version_of_deal"),
            models.UniqueConstraint(fields=["deal"], condition=Q(state="accepted"), name="one_quote_accepted_of_deal"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="withdrawn") | Q(valid_until__isnull=False),
                name="an_offer_has_a_last_day",
            ),
        )
        indexes = (
            models.Index(fields=["officer", "-id"], name="quote_officer"),
            models.Index(fields=["state", "valid_until"], name="quote_validity"),
        )

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"


class QuoteShare(models.Model):
    """A link by which a customer opens one version without signing in; only its hash is kept."""

    quote = models.ForeignKey(Quote, models.PROTECT, related_name="shares")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.quote_id}"


class QuoteOpening(models.Model):
    """One opening of a link: when, what was opened, on what kind of device. Nothing that names a person."""

    share = models.ForeignKey(QuoteShare, models.PROTECT, related_name="openings")
    at = models.DateTimeField()
    what = models.CharField(max_length=10)  # page, pdf, image
    device = models.CharField(max_length=10)  # phone, computer

    class Meta:
        indexes = (models.Index(fields=["share", "-id"], name="quote_openings"),)

    def __str__(self) -> str:
        return self.what


class AddOnAnswer(models.Model):
    """One product of the F&I menu, offered once, alone: its price, its effect on the instalment, what was said to it.

    `effect` and `cost` (fen) are what taking it did to the plan as it stood; a decline keeps the customer's signature.
    """

    quote = models.ForeignKey(Quote, models.PROTECT, related_name="add_on_answers")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    price = models.BigIntegerField()
    financed = models.BooleanField(default=False)
    choice = models.CharField(max_length=10, choices=[(c.value, c.value) for c in AddOnChoice])
    instalment = models.BigIntegerField()  # after it
    effect = models.BigIntegerField()
    cost = models.BigIntegerField()
    signature = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["quote", "code"], name="add_on_offered_once"),
            models.CheckConstraint(condition=Q(price__gt=0), name="add_on_has_a_price"),
            models.CheckConstraint(
                condition=~Q(choice="declined") | Q(signature__isnull=False), name="a_decline_is_signed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.choice}"


class BespokeAsk(models.Model):
    """Terms asked for off the catalogue (个性化方案): how far away, who may approve, until when the word is good.

    `plan` is the frozen plan with those terms, `lines` the deviations in figures; `deviation_bp` decides the approver.
    """

    quote = models.ForeignKey(Quote, models.PROTECT, related_name="bespoke_asks")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in AskState], default=AskState.PENDING)
    plan = models.JSONField()
    lines = models.JSONField()
    deviation_bp = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_on = models.DateField()  # the last day on which it may be quoted

    def __str__(self) -> str:
        return f"{self.quote_id} {self.deviation_bp}"

    def asked(self) -> dict[str, Any]:
        """What was put before the approvers: the plan with its terms, the deviations, the reason, the last day."""
        return {
            "plan": self.plan,
            "deviations": self.lines,
            "deviation_bp": self.deviation_bp,
            "reason": self.reason,
            "expires_on": self.expires_on.isoformat(),
        }


class AdviceText(models.Model):
    """One version of a text of the advice library (建议文库): written by one person, published by another.

    `body` names the figures of the plan in braces, as `advice.FIGURES` lists them. What is published is never changed;
    the next version takes its place.
    """

    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=60)
    body = models.TextField()
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in AdviceState], default=AdviceState.DRAFT
    )
    written_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    published_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    template = models.ForeignKey(Template, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["code", "version"], name="advice_version_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state="published"), name="one_advice_text_published_of_a_code"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_by__isnull=False, template__isnull=False),
                name="advice_is_published_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class AdviceNote(models.Model):
    """A note on cost as it was sent to a customer: by which text, about which plan of which version."""

    quote = models.ForeignKey(Quote, models.PROTECT, related_name="advice_notes")
    plan = models.PositiveSmallIntegerField()
    text = models.ForeignKey(AdviceText, models.PROTECT, related_name="notes")
    message = models.OneToOneField(Message, models.PROTECT, related_name="+")
    sent_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.quote_id} {self.text_id}"
