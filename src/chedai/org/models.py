"""The house: a group of stores, teams in stores, staff in teams, roles granted for stores, limits of authority."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Store(models.Model):
    """One shop (门店) of the group. `region` is its province, as `platform.policies.scope.Region` names it."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    city = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=20, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People of one store who work under one lead (小组)."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="teams")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["store", "name"], name="team_once_in_a_store"),)

    def __str__(self) -> str:
        return self.name


class Staff(models.Model):
    """A member of staff: who they are in the house; how they sign in is their account's business."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="staff")
    number = models.CharField(max_length=20, unique=True)
    home = models.ForeignKey(Store, models.PROTECT, related_name="staff")
    team = models.ForeignKey(Team, models.PROTECT, related_name="staff", null=True, blank=True)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        verbose_name_plural = "staff"

    def __str__(self) -> str:
        return self.number


class RoleGrant(models.Model):
    """A role of one person, for one store or for the whole group (no store), from a day until it is withdrawn."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the last day

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["staff", "role", "store"],
                condition=Q(until=None, store__isnull=False),
                name="role_once_in_a_store",
            ),
            models.UniqueConstraint(
                fields=["staff", "role"], condition=Q(until=None, store__isnull=True), name="role_once_in_the_group"
            ),
        )

    def __str__(self) -> str:
        return self.role


class AuthorityLimit(models.Model):
    """How far a role's (or one person's) authority to approve reaches: by amount and by deviation from the rule."""

    action = models.CharField(max_length=60)
    role = models.CharField(max_length=20)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="limits")
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.BigIntegerField()  # fen, inclusive
    deviation = models.IntegerField(default=0)  # basis points from the rule, inclusive
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["action", "role"], name="authority_action"),)

    def __str__(self) -> str:
        return f"{self.action} {self.role}"


class Responsibility(models.Model):
    """Which role is accountable for a stage of the work in a store. A map is published as a whole, as one version."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    stage = models.CharField(max_length=40)
    role = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["store", "stage"], condition=Q(until=None), name="one_accountable_for_a_stage"
            ),
            models.UniqueConstraint(fields=["store", "version", "stage"], name="stage_once_in_a_version"),
        )
        verbose_name_plural = "responsibilities"

    def __str__(self) -> str:
        return f"{self.stage} {self.role}"


class AccessReview(models.Model):
    """One review of who may do what, for a store or for the whole group: begun, every line decided, closed."""

    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, related_name="+")
    as_of = models.DateField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["store"], condition=Q(closed_at=None, store__isnull=False), name="one_open_review_of_a_store"
            ),
            models.UniqueConstraint(
                fields=["as_of"], condition=Q(closed_at=None, store__isnull=True), name="one_open_review_of_the_group"
            ),
        )

    def __str__(self) -> str:
        return f"{self.as_of}"


class AccessReviewLine(models.Model):
    """One grant in a review: kept or withdrawn, by whom, why."""

    review = models.ForeignKey(AccessReview, models.CASCADE, related_name="lines")
    grant = models.ForeignKey(RoleGrant, models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, blank=True)  # keep, withdraw; nothing while it waits
    reason = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["review", "grant"], name="grant_once_in_a_review"),)

    def __str__(self) -> str:
        return self.decision
