"""The tables of vehicles. No person stands here: whose car it is, is the business of the deal it is bound to."""

from __future__ import annotations

from django.db import models

from chedai.catalog.vehicles.states import Energy, ValuationSource
from chedai.engine.compare import VehicleKind


class VehicleModel(models.Model):
    """A model as it is listed (车型): brand, series, trim. `kind` is how the loan-ratio rules read a car of it."""

    code = models.CharField(max_length=40, unique=True)
    brand = models.CharField(max_length=40)
    series = models.CharField(max_length=40)
    trim = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in VehicleKind])
    energy = models.CharField(max_length=10, choices=[(e.value, e.value) for e in Energy])
    guide_price = models.BigIntegerField()  # fen, 厂商指导价
    is_sold = models.BooleanField(default=True)

    class Meta:
        db_table = "catalog_vehicle_model"
        ordering = ("brand", "series", "-year", "guide_price")
        constraints = (models.CheckConstraint(condition=models.Q(guide_price__gt=0), name="a_model_has_a_price"),)
        indexes = (models.Index(fields=["brand", "series"], name="vehicle_model_series"),)

    def __str__(self) -> str:
        return f"{self.brand} {self.series} {self.year} 款 {self.trim}"


class Vehicle(models.Model):
    """One car. A VIN is one car; amounts are fen."""

    vin = models.CharField(max_length=17, unique=True)
    model = models.ForeignKey(VehicleModel, models.PROTECT, related_name="vehicles")
    is_used = models.BooleanField(default=False)
    plate = models.CharField(max_length=12, blank=True, db_index=True)
    mileage = models.PositiveIntegerField(default=0)  # km
    first_registered = models.DateField(null=True, blank=True)  # 初次登记
    colour = models.CharField(max_length=20, blank=True)
    invoice_price = models.BigIntegerField(null=True, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "catalog_vehicle"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.vin

    @property
    def kind(self) -> VehicleKind:
        """How the loan-ratio rules read this car."""
        return VehicleKind.USED if self.is_used else VehicleKind(self.model.kind)


class BundledItem(models.Model):
    """Something inside the invoice price that is not the car: it is taken off its value."""

    vehicle = models.ForeignKey(Vehicle, models.CASCADE, related_name="bundled")
    name = models.CharField(max_length=60)
    amount = models.BigIntegerField()

    class Meta:
        db_table = "catalog_bundled_item"
        constraints = (models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_bundled_item_has_a_price"),)

    def __str__(self) -> str:
        return self.name


class Valuation(models.Model):
    """What one source says a car is worth on a day. Rows are added, never changed."""

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="valuations")
    source = models.CharField(max_length=10, choices=[(s.value, s.value) for s in ValuationSource])
    valuer = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    mileage = models.PositiveIntegerField(default=0)
    condition = models.CharField(max_length=200, blank=True)
    valued_on = models.DateField()
    paper = models.ForeignKey("platform.Paper", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "catalog_valuation"
        ordering = ("-valued_on", "-id")
        constraints = (models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_value_is_positive"),)

    def __str__(self) -> str:
        return self.valuer


class VehicleBinding(models.Model):
    """A car in a deal, from the day it is bound until it is released: never in two at once (一车多贷)."""

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="bindings")
    deal_id = models.BigIntegerField(db_index=True)
    bound_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "catalog_vehicle_binding"
        constraints = (
            models.UniqueConstraint(
                fields=["vehicle"], condition=models.Q(released_at=None), name="one_live_loan_a_vehicle"
            ),
        )

    def __str__(self) -> str:
        return f"{self.vehicle_id} {self.deal_id}"
