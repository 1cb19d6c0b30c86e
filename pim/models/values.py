from django.db import models
from django.db.models import Q

from pim.models.cards import Card
from pim.models.families import Attribute, AttributeOption

# The widest scope needs no row of its own; 0 instead of NULL keeps unique constraints alike on both engines.
GLOBAL_SCOPE = 0
# Facets hold numbers as integers of a millionth, exact on both engines.
FACET_SCALE = 1_000_000


class CardLayer(models.Model):
    """The values set for one card at one (scope, locale): an absent key inherits, `null` is blank here.

    Scope 0 and locale "" hold the plain values; a further row exists only where something differs.
    """

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="layers")
    scope_id = models.BigIntegerField(default=GLOBAL_SCOPE)
    locale = models.CharField(max_length=10, blank=True, default="")
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "scope_id", "locale"], name="pim_layer_once")]

    def __str__(self) -> str:
        return f"{self.card_id} @{self.scope_id}/{self.locale or '*'}"


class CardFacet(models.Model):
    """A filterable value of a layer in indexable form, written in the same transaction.

    Exactly one of option, number, text is set; a row with none says "blank here" and hides wider values.
    """

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="facets")
    # The card found in lists (the parent for a variant), so one filter serves both.
    shown_card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="shown_facets")
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE)
    scope_id = models.BigIntegerField(default=GLOBAL_SCOPE)
    locale = models.CharField(max_length=10, blank=True, default="")
    option = models.ForeignKey(AttributeOption, on_delete=models.PROTECT, null=True, db_index=False)
    number_micro = models.BigIntegerField(null=True)
    text = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["attribute", "option", "shown_card"], name="pim_facet_option"),
            models.Index(
                fields=["attribute", "number_micro", "shown_card"],
                condition=Q(number_micro__isnull=False),
                name="pim_facet_number",
            ),
            models.Index(
                fields=["attribute", "text", "shown_card"], condition=~Q(text=""), name="pim_facet_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.attribute_id}"
