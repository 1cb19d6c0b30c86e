from django.db import models


class ReferenceVersion(models.Model):
    """The token of a set of reference rows kept in memory; a new token tells every process to read them again."""

    name = models.CharField(max_length=40, primary_key=True)
    token = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.name} {self.token[:8]}"
