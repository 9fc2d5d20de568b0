"""Visits with their places in the queue, leads with their contacts, needs with their versions."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q

from chedai.crm.customers.models import Customer
from chedai.crm.reception.states import Channel, LeadLost, LeadState, Outcome, Purpose, Source, VisitState
from chedai.org.models import Staff, Store
from chedai.platform.privacy.fields import BlindIndexField, Sealed, SealedOrNone
from chedai.platform.privacy.kinds import Kind


class Lead(models.Model):
    """Somebody who may buy: theirs is the next contact, and it always has a date (线索).

    `owner` is nobody while the lead is in the pool. `cost` is what the lead was bought for, in fen.
    """

    store = models.ForeignKey(Store, models.PROTECT, related_name="leads")
    owner = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="leads")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="leads")
    name = Sealed(Kind.NAME)
    phone = Sealed(Kind.PHONE)
    phone_index = BlindIndexField("phone")
    source = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Source])
    campaign = models.CharField(max_length=60, blank=True)
    cost = models.BigIntegerField(default=0)
    interest = models.CharField(max_length=80, blank=True)  # the car, as they say it
    score = models.SmallIntegerField(default=0)  # by the screening rule; its version is in `screened_by`
    screened_by = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in LeadState], default=LeadState.OPEN)
    lost_reason = models.CharField(max_length=20, choices=[(r.value, r.value) for r in LeadLost], blank=True)
    next_contact_on = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    first_response_at = models.DateTimeField(null=True, blank=True)
    last_contact_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="open") | Q(owner__isnull=False, next_contact_on__isnull=False),
                name="open_lead_has_owner_and_next_date",
            ),
            models.UniqueConstraint(
                fields=["phone_index"], condition=Q(state__in=("open", "pool")), name="one_live_lead_a_phone"
            ),
            models.CheckConstraint(condition=Q(cost__gte=0), name="lead_cost_not_negative"),
        )
        indexes = (models.Index(fields=["owner", "state", "next_contact_on"], name="lead_next"),)

    def __str__(self) -> str:
        return str(self.name)


class LeadContact(models.Model):
    """One contact with a lead, and what it came to."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="contacts")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Channel])
    outcome = models.CharField(max_length=14, choices=[(o.value, o.value) for o in Outcome])
    note = SealedOrNone(Kind.TEXT, null=True, blank=True)
    next_contact_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.lead_id} {self.at}"


class Visit(models.Model):
    """Somebody in the showroom: the place in the queue of the day, and how long they waited (到店).

    `booked_for` is the time that was agreed; without one the order is that of arrival.
    """

    store = models.ForeignKey(Store, models.PROTECT, related_name="visits")
    day = models.DateField()
    ticket = models.PositiveIntegerField()
    name = Sealed(Kind.NAME)
    phone = SealedOrNone(Kind.PHONE, null=True, blank=True)
    phone_index = BlindIndexField("phone")
    purpose = models.CharField(max_length=12, choices=[(p.value, p.value) for p in Purpose])
    source = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Source])
    interest = models.CharField(max_length=80, blank=True)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="visits")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="visits")
    officer = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="visits")
    registered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in VisitState], default=VisitState.WAITING)
    booked_for = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField()
    served_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["store", "day", "ticket"], name="ticket_once_a_day"),
            models.CheckConstraint(
                condition=~Q(state="served") | Q(served_at__isnull=False, officer__isnull=False),
                name="served_by_somebody",
            ),
        )
        indexes = (models.Index(fields=["store", "day", "state"], name="visit_queue"),)

    def __str__(self) -> str:
        return f"{self.day} {self.ticket}"

    @property
    def waited(self) -> timedelta | None:
        """From arrival to being served; nothing while they wait."""
        return self.served_at - self.arrived_at if self.served_at is not None else None


class Need(models.Model):
    """What a customer asks for, in one version; a change is a new version with its reason (需求).

    Amounts in fen; `pick_up_by` is when they want the car.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="needs")
    version = models.PositiveIntegerField()
    budget = models.BigIntegerField(null=True, blank=True)
    down_payment = models.BigIntegerField(null=True, blank=True)
    instalment = models.BigIntegerField(null=True, blank=True)
    interest = models.CharField(max_length=80, blank=True)
    vehicle_kind = models.CharField(max_length=20, blank=True)
    use = models.CharField(max_length=40, blank=True)
    pick_up_by = models.DateField(null=True, blank=True)
    tags = models.JSONField(default=list)
    reason = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["customer", "version"], name="need_version_once"),)

    def __str__(self) -> str:
        return f"{self.customer_id} v{self.version}"
