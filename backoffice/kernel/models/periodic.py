from django.db import models


class PeriodicMark(models.Model):
    """When a periodic piece of work is due next; claimed by a conditional update, so one worker does it."""

    name = models.CharField(max_length=100, primary_key=True)
    next_at = models.DateTimeField()
    last_finished_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name
