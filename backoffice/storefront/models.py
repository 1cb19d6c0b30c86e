"""Pages that editors write for a store view: its home page and its information pages."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from backoffice.storefront.blocks import HomeBlocks


class StoreHomePage(Page):
    """What a store view shows first; one per view, found by the view's code."""

    view_code = models.SlugField(_("store view"), max_length=40, unique=True)
    body = StreamField(HomeBlocks(), blank=True, verbose_name=_("blocks"))

    content_panels = [*Page.content_panels, FieldPanel("view_code"), FieldPanel("body")]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["shell_storefront.StoreContentPage"]

    class Meta:
        verbose_name = _("store home page")


class StoreContentPage(Page):
    """An information page of a store view: imprint, delivery, returns."""

    body = RichTextField(_("text"), features=["h2", "h3", "bold", "italic", "ol", "ul", "link"])
    in_footer = models.BooleanField(_("link in the footer"), default=True)

    content_panels = [*Page.content_panels, FieldPanel("body"), FieldPanel("in_footer")]
    parent_page_types: ClassVar[list[str]] = ["shell_storefront.StoreHomePage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("store information page")
