"""What collateral deletes of a customer, when privacy asks and no law holds it any more."""

from __future__ import annotations

from collections.abc import Sequence

from chedai.deals.collateral.models import CollateralItem, InsurancePolicy


def collateral_erase(customers: Sequence[int]) -> None:
    """Delete the numbers that lead to them elsewhere: of policies, plates, liens, devices. Covers and days stay."""
    InsurancePolicy.objects.filter(deal__customer__in=customers).update(number="")
    CollateralItem.objects.filter(deal__customer__in=customers).update(reference="")
