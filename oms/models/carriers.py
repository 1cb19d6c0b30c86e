from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock


class Carrier(models.Model):
    """A carrier the marketplace knows: its name and how a tracking link is built from a number."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    # With `{number}` where the tracking number goes; empty when the carrier has no page.
    tracking_url = models.CharField(_("tracking link"), max_length=300, blank=True)
    is_active = models.BooleanField(_("offered to merchants"), default=True)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name
