"""Our side of the mapping: the fields a row can fill."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

ATTRIBUTE = "attribute:"
IMAGE = "image_url"


@dataclass(frozen=True, slots=True)
class Field:
    code: str
    label: Any
    # Header names (folded) under which it is proposed.
    known_as: tuple[str, ...] = ()


FIELDS: tuple[Field, ...] = (
    Field(
        "sku",
        _("Your SKU"),
        ("merchant sku", "item id", "item_id", "artikelnummer", "article number", "product id", "id"),
    ),
    Field("gtin", _("GTIN (EAN, UPC)"), ("ean", "upc", "barcode", "ean13", "gtin13", "isbn")),
    Field("brand", _("Brand"), ("vendor", "manufacturer", "marke", "hersteller")),
    Field("mpn", _("Manufacturer's number"), ("manufacturer number", "part number", "model number")),
    Field("title", _("Title"), ("name", "product name", "bezeichnung", "titel")),
    Field(
        "description", _("Description"), ("short description", "short_description", "beschreibung", "body")
    ),
    Field("family", _("Family"), ("familie",)),
    Field("category", _("Category"), ("kategorie", "product type", "type")),
    Field("price", _("Price"), ("preis", "variant price")),
    Field("list_price", _("Struck price"), ("list price", "old price", "old_price", "uvp", "rrp")),
    Field("currency", _("Currency"), ("währung",)),
    Field("stock", _("Stock"), ("quantity", "qty", "inventory", "bestand")),
    Field("lead_time_days", _("Days until dispatch"), ("lead time", "lieferzeit")),
    Field("condition", _("Condition"), ("zustand",)),
    Field("condition_note", _("About the condition")),
    Field("min_quantity", _("Smallest order quantity"), ("minimum order quantity", "moq")),
    Field("max_quantity", _("Largest order quantity")),
    Field("pack_size", _("Sold in packs of")),
    Field("group", _("Groups variants of one product"), ("parent sku", "item_group_id")),
    Field(IMAGE, _("Picture addresses"), ("image", "images", "picture", "image link", "bild")),
)
BY_CODE = {field.code: field for field in FIELDS}
PROPOSED = {name: field.code for field in FIELDS for name in field.known_as}
OFFER_FIELDS = ("lead_time_days", "min_quantity", "max_quantity", "pack_size", "stock")
