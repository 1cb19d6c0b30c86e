from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet
from mas.countries import country_name


def new_counterparty_ref() -> str:
    return new_ref("CPT")


def new_address_ref() -> str:
    return new_ref("ADR")


class CounterpartyQuerySet(VisibleQuerySet["Counterparty"]):
    """Scoped by its merchant."""


class Counterparty(models.Model):
    """The legal person behind a merchant, as it stands in the register and on invoices."""

    ref = models.CharField(max_length=24, unique=True, default=new_counterparty_ref, editable=False)
    merchant = models.OneToOneField("mas.Merchant", on_delete=models.PROTECT, related_name="counterparty")
    legal_name = models.CharField(_("legal name"), max_length=200)
    legal_form = models.CharField(_("legal form"), max_length=60, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=60, blank=True)
    register_name = models.CharField(_("register or court"), max_length=120, blank=True)
    country = models.CharField(_("country of the company"), max_length=2)
    representative_name = models.CharField(_("legal representative"), max_length=150, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[Any] = CounterpartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("counterparty")
        verbose_name_plural = _("counterparties")

    def __str__(self) -> str:
        return self.legal_name

    @property
    def country_name(self) -> str:
        return country_name(self.country)


class TaxNumber(models.Model):
    """One tax registration of a counterparty; the number passed its country's own check."""

    class Kind(models.TextChoices):
        VAT = "vat", _("VAT number")
        NATIONAL = "national", _("National tax number")

    counterparty = models.ForeignKey(Counterparty, on_delete=models.CASCADE, related_name="tax_numbers")
    country = models.CharField(_("country"), max_length=2)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.VAT)
    number = models.CharField(_("tax number"), max_length=40)
    # False where no check is known for the country: then only a document can prove it.
    is_format_checked = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["country", "kind"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["counterparty", "country", "kind"], name="tax_number_once_per_country_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.number}"


class FiscalRepresentative(models.Model):
    """Who answers for the counterparty's taxes in a country where it has no seat."""

    counterparty = models.OneToOneField(
        Counterparty, on_delete=models.CASCADE, related_name="fiscal_representative"
    )
    name = models.CharField(_("name of the representative"), max_length=200)
    country = models.CharField(_("country"), max_length=2)
    tax_number = models.CharField(_("tax number"), max_length=40)
    address = models.TextField(_("address"))

    def __str__(self) -> str:
        return self.name


class AddressKind(models.TextChoices):
    REGISTERED = "registered", _("Registered office")
    BILLING = "billing", _("Billing address")
    SHIPPING = "shipping", _("Ships from")
    RETURNS = "returns", _("Returns go to")


class AddressQuerySet(VisibleQuerySet["Address"]):
    """Scoped by its merchant."""


class Address(models.Model):
    """A postal address of a merchant; one per kind, missing kinds fall back to the registered office."""

    ref = models.CharField(max_length=24, unique=True, default=new_address_ref, editable=False)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="addresses")
    kind = models.CharField(max_length=12, choices=AddressKind.choices)
    name = models.CharField(_("name"), max_length=150, blank=True)
    line1 = models.CharField(_("street and number"), max_length=150)
    line2 = models.CharField(_("address supplement"), max_length=150, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=16, blank=True)
    city = models.CharField(_("city"), max_length=100)
    region = models.CharField(_("state or region"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2)

    objects: ClassVar[Any] = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering: ClassVar[list[str]] = ["kind"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["merchant", "kind"], name="address_once_per_kind")
        ]

    def __str__(self) -> str:
        return ", ".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """The address as it is written on a label, empty parts left out."""
        place = f"{self.postal_code} {self.city}".strip()
        parts = (self.name, self.line1, self.line2, place, self.region, country_name(self.country))
        return [part for part in parts if part]
