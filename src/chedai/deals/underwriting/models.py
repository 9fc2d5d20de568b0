"""The tables of the decision. What a decision was made of is kept as bytes and never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chedai.deals.pipeline.models import Deal
from chedai.deals.underwriting.states import (
    CaseKind,
    CaseState,
    ConditionSource,
    ConditionState,
    DecisionState,
    DraftState,
    Verdict,
)


class UnderwritingCase(models.Model):
    """One round of an application before the approvers. `due_at` is the promise of the house (时限)."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="cases")
    application = models.BigIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in CaseKind])
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in CaseState], default=CaseState.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["deal", "round"], name="case_round_once"),)
        indexes = (models.Index(fields=["state", "due_at"], name="case_queue"),)

    def __str__(self) -> str:
        return f"{self.deal_id} round {self.round}"


class RuleText(models.Model):
    """A rule set as it read when it was used, known by its digest: what replays a decision years later."""

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=40)
    content = models.TextField()
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:8]}"


class Assessment(models.Model):
    """What the rules said on one set of facts: inputs, rule versions and result as canonical bytes, and their digest.

    The columns beside the bytes repeat parts of the result for lists; the bytes are the truth.
    """

    case = models.ForeignKey(UnderwritingCase, models.PROTECT, related_name="assessments")
    inputs = models.BinaryField()
    rules = models.BinaryField()
    result = models.BinaryField()
    digest = models.CharField(max_length=64)
    outcome = models.CharField(max_length=10)
    grade = models.CharField(max_length=4, blank=True)
    score = models.IntegerField(null=True, blank=True)
    limit = models.BigIntegerField(default=0)  # fen
    made_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["outcome", "grade"], name="assessment_outcome"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.outcome} {self.grade}"


class Decision(models.Model):
    """What one person proposed on an assessment and what came of it. Amounts fen, rate 1e-8, deviation basis points."""

    case = models.ForeignKey(UnderwritingCase, models.PROTECT, related_name="decisions")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="decisions")
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in DecisionState], default=DecisionState.PROPOSED
    )
    verdict = models.CharField(max_length=12, choices=[(v.value, v.value) for v in Verdict])
    amount = models.BigIntegerField()
    annual_rate = models.BigIntegerField()
    periods = models.PositiveSmallIntegerField()
    lender_code = models.CharField(max_length=40)
    plan_digest = models.CharField(max_length=64)
    deviation = models.IntegerField(default=0)
    reasons = models.JSONField(default=list)  # codes, most important first; a decline has at least one
    opinion = models.TextField(blank=True)
    override_code = models.CharField(max_length=40, blank=True)  # why the rules' answer was not followed
    override_reason = models.TextField(blank=True)
    approval = models.ForeignKey("platform.Approval", models.PROTECT, related_name="+", null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=("proposed", "confirmed")), name="one_live_decision_a_case"
            ),
        )
        indexes = (models.Index(fields=["state", "closed_at"], name="decision_closed"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.verdict} {self.state}"


class PayoutCondition(models.Model):
    """A condition of an approval (放款前提). It blocks the payout until somebody states that it is met.

    `source` says whose condition it is: a decision's of the house, or a partner lender's; `source_id` is its number.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="payout_conditions")
    source = models.CharField(max_length=10, choices=[(s.value, s.value) for s in ConditionSource])
    source_id = models.BigIntegerField()
    code = models.CharField(max_length=40)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    state = models.CharField(
        max_length=6, choices=[(s.value, s.value) for s in ConditionState], default=ConditionState.OPEN
    )
    set_by = models.CharField(max_length=80)
    evidence = models.CharField(max_length=200, blank=True)
    met_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "source_id", "code"], name="a_condition_once_an_approval"),
        )
        indexes = (models.Index(fields=["deal", "state"], name="payout_condition_deal"),)

    def __str__(self) -> str:
        return f"{self.deal_id} {self.code}"


class PolicyException(models.Model):
    """One rule a confirmed decision went beyond (例外): the limit, what was found, by how much in basis points."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="exceptions")
    code = models.CharField(max_length=40)
    limit = models.BigIntegerField()
    found = models.BigIntegerField()
    deviation = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.decision_id} {self.code}"


class PaperSeen(models.Model):
    """A paper of the case that somebody opened: a second person decides on papers, not on the first one's opinion."""

    case = models.ForeignKey(UnderwritingCase, models.PROTECT, related_name="seen")
    paper = models.ForeignKey("platform.Paper", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "paper", "user"], name="seen_once"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.paper_id}"


class Rating(models.Model):
    """One rater's answers to the questionnaire (定性评估): question code to option code."""

    case = models.ForeignKey(UnderwritingCase, models.PROTECT, related_name="ratings")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answers = models.JSONField()
    points = models.IntegerField()
    questionnaire = models.CharField(max_length=64)  # the digest of the questions as they read
    rated_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "rater"], name="one_rating_a_rater"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.points}"


class RuleDraft(models.Model):
    """A rule set as somebody wants it to read. `base_digest` is that of the text it was written against."""

    name = models.CharField(max_length=40)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    base_digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in DraftState], default=DraftState.DRAFT)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approval = models.ForeignKey("platform.Approval", models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["state", "name"], name="rule_draft_state"),)

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class RuleEdition(models.Model):
    """A rule set as two people published it, valid from a day on, in the place of the one shipped. Append-only."""

    name = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    content = models.TextField()
    digest = models.CharField(max_length=64)
    valid_from = models.DateField()
    draft = models.OneToOneField(RuleDraft, models.PROTECT, related_name="edition")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["name", "number"], name="rule_edition_number"),)

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
