"""Official lists and official numbers, each with version, period in force, source, and whether it was confirmed.

Periods are half open: `valid_from` is the first day in force, `valid_to` the first day no longer in force, null while open.
"""

from __future__ import annotations

from django.db import models


def _period(name: str) -> models.CheckConstraint:
    """A period that ends does so after it begins."""
    in_order = models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from"))
    return models.CheckConstraint(condition=in_order, name=f"{name}_period_in_order")


class Catalog(models.Model):
    """One version of an official list."""

    code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.TextField()
    confirmed = models.BooleanField(default=False)
    """False: «por confirmar», not yet read in an official publication."""
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            _period("catalog"),
            models.UniqueConstraint(fields=["code", "version"], name="catalog_one_version"),
            models.UniqueConstraint(fields=["code", "valid_from"], name="catalog_one_start"),
            models.UniqueConstraint(fields=["code"], condition=models.Q(valid_to=None), name="catalog_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class CatalogItem(models.Model):
    """One entry of a version. `attributes` may hold `synonyms`, `note` and what else the list says of the entry."""

    catalog = models.ForeignKey(Catalog, on_delete=models.CASCADE, related_name="items")
    code = models.CharField(max_length=120)
    name = models.CharField(max_length=300)
    parent = models.CharField(max_length=120, blank=True)
    """Code of the entry above it in the same version; empty at the top."""
    attributes = models.JSONField(default=dict)
    position = models.PositiveIntegerField()
    """Order in which the list is shown."""

    class Meta:
        ordering = ["catalog", "position"]
        constraints = [models.UniqueConstraint(fields=["catalog", "code"], name="catalog_item_one_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Parameter(models.Model):
    """A number or text that the law, an agreement or a decision fixes for a period.

    `value` is JSON; null means that no value is known yet, and then nothing may be computed from it.
    """

    key = models.CharField(max_length=80)
    value = models.JSONField(null=True)
    unit = models.CharField(max_length=30)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.TextField()
    confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            _period("parameter"),
            models.UniqueConstraint(fields=["key", "valid_from"], name="parameter_one_start"),
            models.UniqueConstraint(fields=["key"], condition=models.Q(valid_to=None), name="parameter_one_open"),
        ]

    def __str__(self) -> str:
        return self.key
