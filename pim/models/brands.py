from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.refs import new_ref


def new_brand_ref() -> str:
    return new_ref("BRD")


class Brand(models.Model):
    """Who makes a thing; the record behind the attribute `brand`."""

    ref = models.CharField(max_length=24, unique=True, default=new_brand_ref, editable=False)
    code = models.SlugField(_("code"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    asset_uuid = models.UUIDField(_("logo"), null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BrandAlias(models.Model):
    """A spelling under which feeds name a brand; its own name is always one of them."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="aliases")
    # Upper case, letters and digits only.
    name_norm = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name_norm
