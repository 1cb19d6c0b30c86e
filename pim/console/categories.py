"""The category trees."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, ConsolePage, FormPage, Page
from pim.console.names import NamesMixin, names_from, names_initial
from pim.models import Category
from pim.operations.categories import (
    CategoryTerms,
    change_category,
    create_category,
    delete_category,
    move_category,
)
from pim.permissions import EDIT_STRUCTURE, VIEW_CATALOGUE
from pim.selectors.category_lists import count_cards_below, get_category, list_category_choices
from pim.selectors.category_tree import CategoryNode, get_category_node, get_tree


class CategoryListView(ConsolePage, Page):
    """All trees, unfolded; numbers are cards in a category and below it."""

    grant = VIEW_CATALOGUE
    title = gettext_lazy("Categories")
    template_name = "pim/console/categories.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        language = get_language() or "en"
        counts = count_cards_below()
        nodes = sorted(get_tree().by_id.values(), key=lambda node: node.path)
        rows = [
            {
                "node": node,
                "name": node.name_in(language),
                "depth": min(node.depth, 8),
                "count": counts.get(node.path, 0),
            }
            for node in nodes[:2000]
        ]
        return super().get_context_data(
            rows=rows, total=len(nodes), can_edit=self.actor.can(EDIT_STRUCTURE), **kwargs
        )


class CategoryForm(NamesMixin, Form):
    slug = forms.SlugField(
        label=gettext_lazy("Address"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Part of the page's address; made from the name when empty."),
    )
    description_en = forms.CharField(
        label=gettext_lazy("Text in English"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    description_de = forms.CharField(
        label=gettext_lazy("Text in German"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    google_taxonomy_id = forms.IntegerField(
        label=gettext_lazy("Google product category"),
        required=False,
        min_value=1,
        max_value=2_000_000_000,
        help_text=gettext_lazy("The number of the category in Google's product taxonomy, for feeds."),
    )
    is_visible = forms.BooleanField(label=gettext_lazy("Visible to buyers"), required=False, initial=True)
    fieldsets = (
        (gettext_lazy("Category"), ("name_en", "name_de", "slug", "is_visible")),
        (gettext_lazy("Texts"), ("description_en", "description_de")),
        (gettext_lazy("Channels"), ("google_taxonomy_id",)),
    )


class CategoryPage(ConsolePage):
    grant = EDIT_STRUCTURE

    @property
    def node(self) -> CategoryNode:
        return get_category_node(self.kwargs["ref"])

    def get_success_url(self) -> str:
        return reverse("console:pim-category-list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Categories"), reverse("console:pim-category-list"))]

    def terms(self, data: dict[str, Any], stored: CategoryNode | None = None) -> CategoryTerms:
        texts = {"en": data["description_en"], "de": data["description_de"]}
        return CategoryTerms(
            names=names_from(data, stored.names if stored else {}),
            slug=data["slug"],
            descriptions={**(stored.descriptions if stored else {}), **texts},
            google_taxonomy_id=data["google_taxonomy_id"],
            is_visible=data["is_visible"],
        )


class CreateCategoryView(CategoryPage, FormPage):
    """Below the category in the address, or a tree of its own without one."""

    form_class = CategoryForm
    success_message = gettext_lazy("Category added.")

    def get_title(self) -> str:
        if "ref" not in self.kwargs:
            return _("Add tree")
        return _("Add category below %(name)s") % {"name": self.node.name_in(get_language() or "en")}

    def perform(self, form: Any) -> None:
        create_category(self.kwargs.get("ref", ""), self.terms(form.cleaned_data), actor=self.actor)


class ChangeCategoryView(CategoryPage, FormPage):
    form_class = CategoryForm
    success_message = gettext_lazy("Category saved.")

    def get_title(self) -> str:
        return self.node.name_in(get_language() or "en")

    def get_subject(self) -> Category:
        return get_category(self.node.ref)

    def get_initial(self) -> dict[str, Any]:
        node = self.node
        return {
            **names_initial(node.names),
            "slug": node.slug,
            "description_en": node.descriptions.get("en", ""),
            "description_de": node.descriptions.get("de", ""),
            "google_taxonomy_id": node.google_taxonomy_id,
            "is_visible": node.is_visible,
        }

    def perform(self, form: Any) -> None:
        change_category(self.node.ref, self.terms(form.cleaned_data, self.node), actor=self.actor)


class MoveCategoryForm(Form):
    target = forms.ChoiceField(label=gettext_lazy("New place"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("A tree of its own")), *list_category_choices(get_language() or "en")]
        self.fields["target"].choices = choices  # type: ignore[attr-defined]


class MoveCategoryView(CategoryPage, FormPage):
    form_class = MoveCategoryForm
    success_message = gettext_lazy("Category moved. Lists follow in a moment.")

    def get_title(self) -> str:
        return _("Move %(name)s") % {"name": self.node.name_in(get_language() or "en")}

    def perform(self, form: Any) -> None:
        move_category(self.node.ref, target_ref=form.cleaned_data["target"], actor=self.actor)


class DeleteCategoryView(CategoryPage, ActionPage):
    title = gettext_lazy("Delete category")
    confirm = gettext_lazy("Only an empty category can be deleted.")
    confirm_button = gettext_lazy("Delete category")
    success_message = gettext_lazy("Category deleted.")

    def perform(self) -> None:
        delete_category(self.node.ref, actor=self.actor)
