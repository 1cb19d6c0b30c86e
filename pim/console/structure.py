"""Families, attributes and their options."""

from typing import Any

from django import forms
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import NotFound
from backoffice.ui.filters import ChoiceFilter, FilterSet, SearchFilter, YesNoFilter
from backoffice.ui.forms import Form
from backoffice.ui.pages import ConsolePage, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from pim.console.names import NamesMixin, names_from, names_initial
from pim.models import Attribute, AttributeType, Family, ScopeLevel, TaxClass
from pim.operations.structure import AttributeTerms, save_attribute, save_family, save_options
from pim.permissions import EDIT_STRUCTURE
from pim.selectors.structure_lists import (
    find_attribute,
    find_family,
    list_attribute_groups,
    list_attributes,
    list_families,
    list_measure_choices,
)


class FamilyTable(Table):
    key = "code"
    columns = (
        Column("name", gettext_lazy("Family"), link=True, sub="code"),
        Column("attribute_count", gettext_lazy("Attributes"), kind="count"),
        Column("card_count", gettext_lazy("Cards"), kind="count"),
        Column(
            "tax_class", gettext_lazy("Tax class"), value=lambda row: row.get_tax_class_display(), priority=2
        ),
    )

    def row_url(self, record: Family) -> str:
        return reverse("console:pim-family-edit", args=[record.code])


class FamilyListView(ConsolePage, IndexPage):
    grant = EDIT_STRUCTURE
    title = gettext_lazy("Families")
    intro = gettext_lazy("A family fixes which attributes a product has and which of them must be filled.")
    table_class = FamilyTable
    empty_title = gettext_lazy("No families yet")
    empty_text = gettext_lazy("Start with one family per kind of product.")
    empty_icon = "layers"

    def get_rows(self) -> Any:
        return list_families()

    def get_main_action(self) -> tuple[Any, str] | None:
        return _("Add family"), reverse("console:pim-family-create")


class FamilyForm(NamesMixin, Form):
    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=60, help_text=gettext_lazy("Imports name the family by it.")
    )
    tax_class = forms.ChoiceField(label=gettext_lazy("Tax class"), choices=TaxClass.choices)
    members = forms.CharField(
        label=gettext_lazy("Attributes"),
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One attribute code per line in the order of forms. "
            "Add * when it must be filled, and # when variants differ by it."
        ),
    )
    fieldsets = (
        (gettext_lazy("Family"), ("name_en", "name_de", "code", "tax_class")),
        (gettext_lazy("What products of it have"), ("members",)),
    )

    def clean_members(self) -> list[tuple[Attribute, bool, bool]]:
        known = {attribute.code: attribute for attribute in list_attributes()}
        members, seen = [], set()
        for line in self.cleaned_data["members"].splitlines():
            code = line.strip().rstrip("*# ")
            if not code:
                continue
            if code not in known:
                raise forms.ValidationError(_("There is no attribute “%(code)s”.") % {"code": code})
            if code in seen:
                raise forms.ValidationError(_("“%(code)s” stands there twice.") % {"code": code})
            seen.add(code)
            members.append((known[code], "*" in line, "#" in line))
        return members


class SaveFamilyView(ConsolePage, FormPage):
    grant = EDIT_STRUCTURE
    form_class = FamilyForm
    success_message = gettext_lazy("Family saved.")

    @property
    def family(self) -> Family | None:
        code = self.kwargs.get("code")
        if code is None:
            return None
        found = find_family(code)
        if found is None:
            raise NotFound(_("There is no such family."))
        return found

    def get_title(self) -> str:
        family = self.family
        return family.name if family else _("Add family")

    def get_subject(self) -> Family | None:
        return self.family

    def get_initial(self) -> dict[str, Any]:
        family = self.family
        if family is None:
            return {"members": "title*\ndescription*\nbrand\n"}
        lines = [
            f"{member.attribute.code}{'*' if member.is_required else ''}{'#' if member.is_axis else ''}"
            for member in family.members.select_related("attribute")
        ]
        return {
            "code": family.code,
            "tax_class": family.tax_class,
            "members": "\n".join(lines),
            **names_initial(family.names),
        }

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        save_family(
            self.family,
            code=data["code"],
            names=names_from(data, self.family.names if self.family else {}),
            tax_class=data["tax_class"],
            members=data["members"],
            actor=self.actor,
        )

    def get_success_url(self) -> str:
        return reverse("console:pim-family-list")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Families"), reverse("console:pim-family-list"))]


class AttributeFilter(FilterSet):
    q = SearchFilter(fields=["code__icontains", "names__icontains"], label=gettext_lazy("Attribute"))
    type = ChoiceFilter(label=gettext_lazy("Type"), choices=AttributeType.choices)
    is_filterable = YesNoFilter(field_name="is_filterable", label=gettext_lazy("Filter for buyers"))


class AttributeTable(Table):
    key = "code"
    columns = (
        Column("name", gettext_lazy("Attribute"), link=True, sub="code"),
        Column("type", gettext_lazy("Type"), value=lambda row: row.get_type_display(), sort="type"),
        Column("group.name", gettext_lazy("Group"), priority=2),
        Column("is_localisable", gettext_lazy("By language"), kind="bool", priority=2),
        Column("is_scopable", gettext_lazy("By store"), kind="bool", priority=2),
        Column("is_filterable", gettext_lazy("Filter"), kind="bool", priority=2),
    )

    def row_url(self, record: Attribute) -> str:
        return reverse("console:pim-attribute-edit", args=[record.code])


class AttributeListView(ConsolePage, IndexPage):
    grant = EDIT_STRUCTURE
    title = gettext_lazy("Attributes")
    table_class = AttributeTable
    filter_class = AttributeFilter
    empty_title = gettext_lazy("No attributes")

    def get_rows(self) -> Any:
        return list_attributes().annotate(option_count=Count("options"))

    def get_main_action(self) -> tuple[Any, str] | None:
        return _("Add attribute"), reverse("console:pim-attribute-create")


class AttributeForm(NamesMixin, Form):
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=60)
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=AttributeType.choices)
    group = forms.ChoiceField(label=gettext_lazy("Group"), required=False)
    measure_family_id = forms.ChoiceField(
        label=gettext_lazy("What is measured"),
        required=False,
        help_text=gettext_lazy("For numbers with a unit."),
    )
    is_localisable = forms.BooleanField(label=gettext_lazy("Differs by language"), required=False)
    is_scopable = forms.BooleanField(
        label=gettext_lazy("Differs by website, store or store view"), required=False
    )
    lowest_level = forms.ChoiceField(
        label=gettext_lazy("Lowest level"), choices=ScopeLevel.choices, initial="view"
    )
    is_filterable = forms.BooleanField(label=gettext_lazy("Buyers can filter by it"), required=False)
    is_searchable = forms.BooleanField(label=gettext_lazy("Found by search"), required=False)
    is_shown = forms.BooleanField(
        label=gettext_lazy("Shown on the product page"), required=False, initial=True
    )
    min = forms.CharField(label=gettext_lazy("Smallest value"), required=False, max_length=20)
    max = forms.CharField(label=gettext_lazy("Largest value"), required=False, max_length=20)
    max_length = forms.IntegerField(label=gettext_lazy("Most characters"), required=False, min_value=1)
    options = forms.CharField(
        label=gettext_lazy("Options"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One per line: code | English name | German name | other spellings, separated by commas"
        ),
    )
    fieldsets = (
        (gettext_lazy("Attribute"), ("name_en", "name_de", "code", "type", "group", "measure_family_id")),
        (gettext_lazy("Where it may differ"), ("is_localisable", "is_scopable", "lowest_level")),
        (gettext_lazy("What it is for"), ("is_filterable", "is_searchable", "is_shown")),
        (gettext_lazy("Allowed values"), ("min", "max", "max_length", "options")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(str(group.pk), group.name) for group in list_attribute_groups()]
        self.fields["group"].choices = [("", "—"), *groups]  # type: ignore[attr-defined]
        measures = [("", "—"), *list_measure_choices()]
        self.fields["measure_family_id"].choices = measures  # type: ignore[attr-defined]

    def clean_options(self) -> list[dict[str, Any]]:
        lines = []
        for text in self.cleaned_data["options"].splitlines():
            if not text.strip():
                continue
            code, name_en, name_de, spellings = [*(part.strip() for part in text.split("|")), "", "", ""][:4]
            names = {"en": name_en or code, "de": name_de}
            aliases = [word.strip() for word in spellings.split(",") if word.strip()]
            lines.append({"code": code[:60], "names": names, "aliases": aliases})
        return lines


class SaveAttributeView(ConsolePage, FormPage):
    grant = EDIT_STRUCTURE
    form_class = AttributeForm
    success_message = gettext_lazy("Attribute saved.")

    @property
    def attribute(self) -> Attribute | None:
        code = self.kwargs.get("code")
        if code is None:
            return None
        found = find_attribute(code)
        if found is None:
            raise NotFound(_("There is no such attribute."))
        return found

    def get_title(self) -> str:
        attribute = self.attribute
        return attribute.name if attribute else _("Add attribute")

    def get_subject(self) -> Attribute | None:
        return self.attribute

    def get_initial(self) -> dict[str, Any]:
        attribute = self.attribute
        if attribute is None:
            return {"is_shown": True, "lowest_level": "view"}
        plain = (
            "code", "type", "measure_family_id", "is_localisable", "is_scopable", "lowest_level", "is_filterable",
            "is_searchable", "is_shown",
        )  # fmt: skip
        options = [
            " | ".join(
                [item.code, item.names.get("en", ""), item.names.get("de", ""), ", ".join(item.aliases)]
            )
            for item in attribute.options.all()
        ]
        return {
            **{name: getattr(attribute, name) for name in plain},
            "group": str(attribute.group_id or ""),
            **{name: attribute.validation.get(name) for name in ("min", "max", "max_length")},
            "options": "\n".join(options),
            **names_initial(attribute.names),
        }

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        groups = {str(group.pk): group for group in list_attribute_groups()}
        attribute = save_attribute(
            self.attribute,
            AttributeTerms(
                code=data["code"],
                names=names_from(data, self.attribute.names if self.attribute else {}),
                type=data["type"],
                group=groups.get(data["group"]),
                measure_family_id=int(data["measure_family_id"]) if data["measure_family_id"] else None,
                validation={name: data[name] for name in ("min", "max", "max_length")},
                **{
                    name: data[name]
                    for name in (
                        "is_localisable", "is_scopable", "lowest_level", "is_filterable", "is_searchable", "is_shown",
                    )
                },
            ),
            actor=self.actor,
        )  # fmt: skip
        if attribute.has_options:
            save_options(attribute, data["options"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:pim-attribute-list")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Attributes"), reverse("console:pim-attribute-list"))]
