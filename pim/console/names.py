"""Names in several languages as form fields; languages without a field keep what they have."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class NamesMixin(forms.Form):
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    name_de = forms.CharField(label=_("Name in German"), max_length=120, required=False)


def names_from(data: Mapping[str, Any], stored: Mapping[str, str]) -> dict[str, str]:
    return {**stored, "en": data["name_en"], "de": data["name_de"]}


def names_initial(names: Mapping[str, str]) -> dict[str, str]:
    return {"name_en": names.get("en", ""), "name_de": names.get("de", "")}
