"""Editing the values of one layer of a card, and undoing what one act changed."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from backoffice.ui.pages import ActionPage, ConsolePage, FormPage
from mms.selectors.scopes import list_store_contexts
from pim.console.cards import CardPage
from pim.models import ChangeSource
from pim.operations.change_sets import open_change_set
from pim.operations.reverts import undo_change_set
from pim.operations.values import set_values
from pim.permissions import EDIT_CARDS
from pim.selectors.cards import inherited_texts, read_layer
from pim.selectors.history import find_last_change, get_change_set
from pim.selectors.layers import Layer
from pim.selectors.scopes import list_scopes
from pim.selectors.structure import get_structure
from pim.value_forms import Place, ValueForm, fields_of_layer


class EditValuesView(CardPage, FormPage):
    """One layer at a time: `?scope=<code>&locale=<language>`; without them the plain values."""

    grant = EDIT_CARDS
    form_class = ValueForm
    template_name = "pim/console/card_values.html"
    success_message = gettext_lazy("Values saved.")

    def get_title(self) -> str:
        return _("Edit %(title)s") % {"title": self.card.title or self.card.ref}

    @property
    def scopes(self) -> dict[str, Any]:
        return {scope.code: scope for scope in list_scopes().values()}

    @property
    def layer(self) -> Layer:
        code = self.request.GET.get("scope", "")
        if code and code not in self.scopes:
            raise NotFound(_("There is no such scope."))
        return Layer(self.scopes[code].id if code else 0, self.request.GET.get("locale", "")[:10])

    def get_version(self) -> Any:
        return self.card.version

    def get_last_save(self, names: set[str]) -> tuple[str, datetime] | None:
        return find_last_change(self.card)

    def get_form_kwargs(self) -> dict[str, Any]:
        layer = self.layer
        family = get_structure().families[self.card.family_id]
        level = next((scope.level for scope in self.scopes.values() if scope.id == layer.scope_id), "global")
        stored = read_layer(self.card, layer)
        codes = [spec.code for spec in fields_of_layer(family, Place(layer, level))]
        return {
            "family": family,
            "place": Place(layer, level),
            "stored": stored,
            # The title of a variant may come from its parent, that of a translated card from its languages.
            "must_have_title": "title" in stored,
            "shown_through": inherited_texts(self.card, layer, codes, get_language() or "en"),
        }

    def perform(self, form: Any) -> str | None:
        change_set = open_change_set(self.actor, source=ChangeSource.FORM)
        changed = set_values(self.card, self.layer, form.patch(), actor=self.actor, change_set=change_set)
        return None if changed else _("Nothing was changed.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        layer = self.layer
        locales = sorted({store.language for store in list_store_contexts()} | {"en"})
        return super().get_context_data(
            card=self.card,
            scopes=list(self.scopes.values()),
            locales=locales,
            chosen_scope=self.request.GET.get("scope", ""),
            chosen_locale=layer.locale,
            **kwargs,
        )


class UndoChangeSetView(ConsolePage, ActionPage):
    """Take back everything one form save, import or API call changed."""

    grant = EDIT_CARDS
    title = gettext_lazy("Undo this change")
    confirm = gettext_lazy("Every value it changed goes back, except where somebody changed the same since.")
    confirm_button = gettext_lazy("Undo")

    def perform(self) -> str:
        result = undo_change_set(get_change_set(self.kwargs["ref"], actor=self.actor), actor=self.actor)
        text = _("%(values)s values put back, %(cards)s cards archived, %(offers)s offers removed.") % {
            "values": result.values,
            "cards": result.cards_archived,
            "offers": result.offers_removed,
        }
        if result.skipped:
            text += " " + _("Left alone because they changed since: %(names)s.") % {
                "names": ", ".join(result.skipped[:10])
            }
        return text

    def get_success_url(self) -> str:
        return reverse("console:pim-card-list")
