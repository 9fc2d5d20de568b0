"""The tables of imports."""

from __future__ import annotations

from django.db import models

from chedai.platform.imports.states import BatchState, RowState


class Mapping(models.Model):
    """Which head is which column, remembered for files with the same heads."""

    kind = models.CharField(max_length=40)
    heads = models.CharField(max_length=64)  # the hash of the heads
    places = models.JSONField()
    saved_by = models.CharField(max_length=80)
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "platform_import_mapping"
        constraints = (models.UniqueConstraint(fields=["kind", "heads"], name="mapping_once"),)

    def __str__(self) -> str:
        return self.kind


class Batch(models.Model):
    """One file on its way in."""

    kind = models.CharField(max_length=40)
    paper = models.ForeignKey("platform.Paper", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in BatchState])
    places = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    brought_by = models.CharField(max_length=80)
    brought_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_import_batch"

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class BatchRow(models.Model):
    """One row of a file: its fingerprint, what became of it, and the reason where nothing did. Not its content."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=64)  # keyed hashes: keys hold personal data
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in RowState])
    reason_zh = models.TextField(blank=True)
    reason_en = models.TextField(blank=True)
    subject = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "platform_import_row"
        constraints = (models.UniqueConstraint(fields=["batch", "number"], name="row_once_in_a_batch"),)
        indexes = (models.Index(fields=["key", "state"], name="import_row_key"),)

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
