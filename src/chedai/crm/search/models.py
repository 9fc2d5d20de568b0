"""The words customers are found by."""

from __future__ import annotations

from django.db import models

from chedai.crm.customers.models import Customer
from chedai.platform.privacy.fields import BlindIndexField, Sealed
from chedai.platform.privacy.kinds import Kind


class SearchWord(models.Model):
    """One word of one customer, sealed like what it was taken from, found through its blind index."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="search_words")
    word = Sealed(Kind.TEXT)
    word_index = BlindIndexField("word")

    def __str__(self) -> str:
        return str(self.customer_id)
