"""Where Django finds the models of the rooms."""

from chedai.catalog.partners.models import Agreement, Lender, LenderContact
from chedai.catalog.products.models import (
    AddOn,
    AddOnCost,
    Product,
    ProductVersion,
    Promotion,
    PromotionTake,
    ShelfRule,
)
from chedai.catalog.vehicles.models import BundledItem, Valuation, Vehicle, VehicleBinding, VehicleModel

__all__ = [
    "AddOn",
    "AddOnCost",
    "Agreement",
    "BundledItem",
    "Lender",
    "LenderContact",
    "Product",
    "ProductVersion",
    "Promotion",
    "PromotionTake",
    "ShelfRule",
    "Valuation",
    "Vehicle",
    "VehicleBinding",
    "VehicleModel",
]
