"""The building blocks of a store's home page."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock


class HeroBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=90)
    text = blocks.TextBlock(max_length=300, required=False)
    picture = ImageChooserBlock(required=False)
    link_label = blocks.CharBlock(max_length=40, required=False)
    link_category = blocks.CharBlock(
        max_length=80, required=False, help_text=_("Slug of the category it opens.")
    )

    class Meta:
        label = _("Hero")
        template = "storefront/blocks/hero.html"


class CategoryTilesBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=90)

    class Meta:
        label = _("Category tiles")
        template = "storefront/blocks/category_tiles.html"


class ProductRowBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=90)
    category = blocks.CharBlock(
        max_length=80, required=False, help_text=_("Slug of a category; empty means all.")
    )
    sort = blocks.ChoiceBlock(
        choices=[("newest", _("Newest first")), ("price", _("Lowest price first"))], default="newest"
    )

    class Meta:
        label = _("Row of products")
        template = "storefront/blocks/product_row.html"


class ReasonsBlock(blocks.StructBlock):
    reasons = blocks.ListBlock(
        blocks.StructBlock(
            [("title", blocks.CharBlock(max_length=60)), ("text", blocks.CharBlock(max_length=160))]
        ),
        max_num=4,
    )

    class Meta:
        label = _("Reasons to buy here")
        template = "storefront/blocks/reasons.html"


class HomeBlocks(blocks.StreamBlock):
    hero = HeroBlock()
    categories = CategoryTilesBlock()
    products = ProductRowBlock()
    reasons = ReasonsBlock()
