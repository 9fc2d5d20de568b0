"""The one row that says whether the books are on another day than the clock."""

from __future__ import annotations

from django.db import models


class BusinessDay(models.Model):
    """`on` is the day the books are on; empty means the clock's."""

    on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "platform_business_day"

    def __str__(self) -> str:
        return str(self.on)
