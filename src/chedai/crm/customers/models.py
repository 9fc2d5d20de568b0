"""The tables of customers. Every personal value is sealed; what must be found has a blind index."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedai.crm.customers.kinds import CustomerKind, CustomerState, RelationKind, Trade
from chedai.org.models import Staff, Store
from chedai.platform.privacy.fields import BlindIndexField, Sealed, SealedOrNone
from chedai.platform.privacy.kinds import Kind


class Customer(models.Model):
    """One person or firm. `id_number` is the identity number, or the unified social credit code of a firm."""

    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in CustomerKind])
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in CustomerState], default=CustomerState.ACTIVE
    )
    name = Sealed(Kind.NAME)
    name_index = BlindIndexField("name")
    id_number = SealedOrNone(Kind.ID_NUMBER, null=True, blank=True)
    id_number_index = BlindIndexField("id_number")
    phone = SealedOrNone(Kind.PHONE, null=True, blank=True)
    phone_index = BlindIndexField("phone")
    address = SealedOrNone(Kind.ADDRESS, null=True, blank=True)
    bank_account = SealedOrNone(Kind.BANK_ACCOUNT, null=True, blank=True)
    trade = models.CharField(max_length=24, blank=True, default="", choices=[(t.value, t.value) for t in Trade])
    store = models.ForeignKey(Store, models.PROTECT, related_name="customers")
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="customers")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    registered_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["id_number_index"],
                condition=Q(state__in=("active", "restricted"), id_number_index__isnull=False),
                name="one_identity_one_customer",
            ),
        )
        indexes = (models.Index(fields=["store", "-id"], name="customer_store"),)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def title(self) -> str:
        """What to call the customer on a page: a person masked, a firm by its name, which is public."""
        return self.name.in_full() if self.kind == CustomerKind.FIRM else self.name.masked


class Former(models.Model):
    """What a change replaced: the old values of the columns it touched, nothing in the others."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="formers")
    name = SealedOrNone(Kind.NAME, null=True, blank=True)
    id_number = SealedOrNone(Kind.ID_NUMBER, null=True, blank=True)
    phone = SealedOrNone(Kind.PHONE, null=True, blank=True)
    address = SealedOrNone(Kind.ADDRESS, null=True, blank=True)
    bank_account = SealedOrNone(Kind.BANK_ACCOUNT, null=True, blank=True)
    fields = models.CharField(max_length=120)  # what was changed, with commas between; an empty old value counts
    reason = Sealed(Kind.TEXT)  # what somebody wrote may name people
    replaced_at = models.DateTimeField()
    replaced_by = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.customer.pk} {self.fields}"


class Relation(models.Model):
    """`other` is the `kind` of `customer`: the spouse, the guarantor, the employer."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="relations")
    other = models.ForeignKey(Customer, models.PROTECT, related_name="related_to")
    kind = models.CharField(max_length=24, choices=[(k.value, k.value) for k in RelationKind])
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "other", "kind"], condition=Q(ended_at=None), name="related_once"
            ),
        )

    def __str__(self) -> str:
        return self.kind
