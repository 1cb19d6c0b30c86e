from django.db import models

from backoffice.kernel import clock


class NumberSeries(models.Model):
    """One run of document numbers: a kind of document of one owner (a company) in one year."""

    kind = models.CharField(max_length=40)
    owner = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner", "year"], name="number_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.owner} {self.year}"


class IssuedNumber(models.Model):
    """One number of a series and the document that bears it; append-only."""

    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="numbers")
    number = models.PositiveBigIntegerField()
    document = models.CharField(max_length=80, unique=True)
    issued_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="issued_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="issued_number_from_one"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """What stands on the document: `NORDHAUS-2026-00012`."""
        return f"{self.series.owner.upper()}-{self.series.year}-{self.number:05d}"
