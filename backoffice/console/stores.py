"""Stores with what they sell: the store is of marketplace management, the categories it may sell of the catalogue."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mms.console import stores
from pim.selectors.category_lists import list_category_choices


class AssortedStoreForm(stores.StoreForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _("Everything"))
        self.fields["root_category_ref"].choices = [  # type: ignore[attr-defined]
            everything,
            *list_category_choices(get_language() or "en"),
        ]


class CreateStoreView(stores.CreateStoreView):
    form_class = AssortedStoreForm


class ChangeStoreView(stores.ChangeStoreView):
    form_class = AssortedStoreForm
