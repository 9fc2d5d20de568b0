"""On which day the books are, and how far the close of each day has come."""

from __future__ import annotations

from django.db import models


class BusinessDay(models.Model):
    """`on` is the day the books are on; empty means the clock's."""

    on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "platform_business_day"

    def __str__(self) -> str:
        return str(self.on)


class DayClose(models.Model):
    """The close that brought the books to `day`: done once `ended_at` is set, else it goes on where it stopped."""

    day = models.DateField(unique=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    actor = models.CharField(max_length=80)
    looked = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    left_out = models.BigIntegerField(default=0)

    class Meta:
        db_table = "platform_day_close"

    def __str__(self) -> str:
        return str(self.day)


class DayStep(models.Model):
    """How far one step of a close has come. Written in the transaction of the step: what is counted here is done.

    `after` is the key of the last record of the parts that are done; `milliseconds` what the parts took together.
    """

    close = models.ForeignKey(DayClose, models.PROTECT, related_name="steps")
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    after = models.BigIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)
    looked = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    left_out = models.BigIntegerField(default=0)
    milliseconds = models.BigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_day_step"
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=["close", "code"], name="day_step_once"),)

    def __str__(self) -> str:
        return f"{self.close_id} {self.code}"
