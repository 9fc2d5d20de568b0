"""The tables of products, promotions and add-ons. A published version is never written again."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from chedai.catalog.partners.models import Lender
from chedai.catalog.products.requirements import Requirements, requirements_of
from chedai.catalog.products.states import AddOnKind, VersionState
from chedai.engine.compare import Conflict
from chedai.engine.rates import Payee


class Product(models.Model):
    """One product of one lender; what it says stands in its versions."""

    lender = models.ForeignKey(Lender, models.PROTECT, related_name="products")
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "catalog_product"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class ProductVersion(models.Model):
    """What a product says from a day on: until `ends`, or until the day before the next published version starts.

    `terms` is the document of `engine.compare.document.ProductTerms`, `needs` that of `Requirements`; `digest` is over
    both, the days and the product, and is what two people agree on.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    terms = models.JSONField()
    needs = models.JSONField(default=dict)
    note = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in VersionState], default=VersionState.DRAFT
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField()
    approval = models.ForeignKey("platform.Approval", models.PROTECT, null=True, blank=True, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "catalog_product_version"
        constraints = (
            models.UniqueConstraint(fields=["product", "number"], name="product_version_number"),
            models.UniqueConstraint(
                fields=["product", "starts"], condition=models.Q(state="published"), name="one_version_begins_on_a_day"
            ),
        )
        indexes = (models.Index(fields=["state", "product", "starts"], name="product_version_state"),)

    def __str__(self) -> str:
        return f"{self.product_id} v{self.number}"

    @property
    def requirements(self) -> Requirements:
        """What the lender asks for beside the figures."""
        return requirements_of(self.needs)


class Promotion(models.Model):
    """A promotion over products. `terms` is the document of `engine.compare.document.PromotionTerms`.

    `used` counts contracts that took it and never passes `quota`. It ends at midnight after `ends`, Asia/Shanghai.
    """

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    starts = models.DateField()
    ends = models.DateField()
    terms = models.JSONField()
    digest = models.CharField(max_length=64)
    quota = models.PositiveIntegerField(null=True, blank=True)
    used = models.PositiveIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "catalog_promotion"
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(quota=None) | models.Q(used__lte=models.F("quota")), name="promotion_within_quota"
            ),
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("starts")), name="promotion_days_in_order"),
        )

    def __str__(self) -> str:
        return self.name


class PromotionTake(models.Model):
    """One place of a promotion's quota taken by one contract, until it is given back."""

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="takes")
    contract = models.CharField(max_length=60)
    taken_at = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "catalog_promotion_take"
        constraints = (
            models.UniqueConstraint(
                fields=["promotion", "contract"],
                condition=models.Q(given_back_at=None),
                name="a_contract_takes_a_promotion_once",
            ),
        )

    def __str__(self) -> str:
        return self.contract


class ShelfRule(models.Model):
    """How the house lays out its shelf, from a day on: promotions that meet, and what paying in full takes off the car.

    Rows are added, never changed; of one day the newest holds.
    """

    starts = models.DateField()
    conflict = models.CharField(max_length=20, choices=[(c.value, c.value) for c in Conflict])
    cash_discount = models.BigIntegerField(default=0)  # fen
    set_at = models.DateTimeField()

    class Meta:
        db_table = "catalog_shelf_rule"
        indexes = (models.Index(fields=["starts", "id"], name="shelf_rule_days"),)

    def __str__(self) -> str:
        return f"{self.starts} {self.conflict}"


class AddOn(models.Model):
    """One line of the menu beside the car, as the customer sees it. What it costs the house is `AddOnCost`."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in AddOnKind])
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    price = models.BigIntegerField()  # fen
    months = models.PositiveSmallIntegerField(default=0)  # how long it runs; 0 is once and for all
    payee = models.CharField(max_length=12, choices=[(p.value, p.value) for p in Payee])
    payee_name = models.CharField(max_length=80)
    says = models.CharField(max_length=200, blank=True)  # one sentence for the customer
    is_offered = models.BooleanField(default=True)

    class Meta:
        db_table = "catalog_add_on"
        ordering = ("kind", "code")
        constraints = (models.CheckConstraint(condition=models.Q(price__gt=0), name="an_add_on_has_a_price"),)

    def __str__(self) -> str:
        return self.name


class AddOnCost(models.Model):
    """What an add-on costs the house. In a table of its own, so that nothing made for a customer can carry it."""

    add_on = models.OneToOneField(AddOn, models.CASCADE, related_name="costing")
    cost = models.BigIntegerField()  # fen

    class Meta:
        db_table = "catalog_add_on_cost"
        constraints = (models.CheckConstraint(condition=models.Q(cost__gte=0), name="a_cost_is_not_negative"),)

    def __str__(self) -> str:
        return str(self.add_on_id)
