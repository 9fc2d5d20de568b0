"""Every attempt to reach somebody, own or of an agency, and what it is counted against."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chedai.book.collection.models.cases import CollectionCase, DebtorNumber
from chedai.book.collection.models.outside import Agency
from chedai.book.collection.states import Channel, Whom
from chedai.crm.models import Customer
from chedai.platform.privacy.fields import SealedOrNone
from chedai.platform.privacy.kinds import Kind


class DebtorDay(models.Model):
    """The row that is locked while somebody may or may not be reached: one a debtor and day.

    `effective` counts the calls that reached somebody liable, of own and outside collectors; `open_calls` those begun
    and without a result, which may still become one.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    day = models.DateField()
    effective = models.PositiveSmallIntegerField(default=0)
    open_calls = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "book_debtor_day"
        constraints = (models.UniqueConstraint(fields=["customer", "day"], name="one_counter_a_debtor_day"),)

    def __str__(self) -> str:
        return f"{self.customer_id} {self.day} {self.effective}"


class NumberDay(models.Model):
    """How often one number was dialled on one day, whoever's debtor it belongs to."""

    phone_index = models.BinaryField(max_length=16)
    day = models.DateField()
    dials = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "book_number_day"
        constraints = (models.UniqueConstraint(fields=["phone_index", "day"], name="one_counter_a_number_day"),)

    def __str__(self) -> str:
        return f"{self.day} {self.dials}"


class Contact(models.Model):
    """One attempt to reach somebody (联系记录), kept whatever came of it. `result` is empty while a call is on.

    `agency` is set where an outside collector made it. `breach` names the rules of conduct an outside collector broke
    and reported; `override_rule` the rule a person set aside, with the reason in the audit log.
    """

    case = models.ForeignKey(CollectionCase, models.PROTECT, related_name="contacts")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    number = models.ForeignKey(DebtorNumber, models.PROTECT, null=True, blank=True, related_name="contacts")
    channel = models.CharField(max_length=8, choices=[(c.value, c.value) for c in Channel])
    whom = models.CharField(max_length=10, choices=[(w.value, w.value) for w in Whom])
    day = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="contacts")
    script = models.CharField(max_length=40, blank=True)
    result = models.CharField(max_length=20, blank=True)
    connected = models.BooleanField(default=False)
    effective = models.BooleanField(default=False)
    seconds = models.PositiveIntegerField(default=0)
    note = SealedOrNone(Kind.TEXT, null=True, blank=True)
    next_on = models.DateField(null=True, blank=True)
    override_rule = models.CharField(max_length=60, blank=True)
    breach = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=80, null=True, blank=True, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "book_contact"
        indexes = (
            models.Index(fields=["customer", "day"], name="contact_debtor_day"),
            models.Index(fields=["case", "-at"], name="contact_case"),
            models.Index(fields=["agency", "day"], name="contact_agency"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(effective=False) | Q(whom__in=("debtor", "guarantor")), name="a_contact_is_never_dunned"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.channel} {self.result}"


class CallHours(models.Model):
    """Hours the debtor agreed to be reached in, inside the quiet hours: from when, where it is written."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    starts = models.TimeField()
    ends = models.TimeField()
    agreed_on = models.DateField()
    source = models.CharField(max_length=120)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "book_call_hours"

    def __str__(self) -> str:
        return f"{self.customer_id} {self.starts}–{self.ends}"
