"""Brands and their spellings."""

from typing import Any

from django import forms
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.filters import FilterSet, SearchFilter
from backoffice.ui.forms import Form
from backoffice.ui.pages import ConsolePage, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from pim.models import Brand
from pim.operations.brands import save_brand
from pim.permissions import EDIT_STRUCTURE, VIEW_CATALOGUE
from pim.selectors.brands import get_brand, list_brands


class BrandFilter(FilterSet):
    q = SearchFilter(fields=["name__icontains", "aliases__name_norm__icontains"], label=gettext_lazy("Brand"))

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset).distinct()


class BrandTable(Table):
    columns = (
        Column("name", gettext_lazy("Brand"), link=True, sort=True, sub="code"),
        Column("card_count", gettext_lazy("Cards"), kind="count"),
    )
    default_sort = "name"

    def row_url(self, record: Brand) -> str:
        return reverse("console:pim-brand-edit", args=[record.ref])


class BrandListView(ConsolePage, IndexPage):
    grant = VIEW_CATALOGUE
    title = gettext_lazy("Brands")
    table_class = BrandTable
    filter_class = BrandFilter
    empty_title = gettext_lazy("No brands yet")
    empty_text = gettext_lazy("Brands come with product files, or you add them here.")
    empty_icon = "tag"

    def get_rows(self) -> Any:
        return list_brands().annotate(card_count=Count("cards", distinct=True))

    def get_main_action(self) -> tuple[Any, str] | None:
        if not self.actor.can(EDIT_STRUCTURE):
            return None
        return _("Add brand"), reverse("console:pim-brand-create")


class BrandForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    aliases = forms.CharField(
        label=gettext_lazy("Other spellings"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One per line. Feeds that use them find this brand."),
    )


class SaveBrandView(ConsolePage, FormPage):
    grant = EDIT_STRUCTURE
    form_class = BrandForm
    success_message = gettext_lazy("Brand saved.")

    @property
    def brand(self) -> Brand | None:
        return get_brand(self.kwargs["ref"]) if "ref" in self.kwargs else None

    def get_title(self) -> str:
        brand = self.brand
        return brand.name if brand else _("Add brand")

    def get_subject(self) -> Brand | None:
        return self.brand

    def get_initial(self) -> dict[str, Any]:
        brand = self.brand
        if brand is None:
            return {}
        return {"name": brand.name, "aliases": "\n".join(alias.name_norm for alias in brand.aliases.all())}

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        save_brand(self.brand, name=data["name"], aliases=data["aliases"].splitlines(), actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:pim-brand-list")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Brands"), reverse("console:pim-brand-list"))]
