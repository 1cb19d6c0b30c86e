"""The table of time limits: how long each waiting state may last, what counts, when merchants are reminded."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.hashing import sha256_hex
from backoffice.ui.forms import Form
from backoffice.ui.pages import ConsolePage, FormPage
from oms.models import Counting, TimeLimitKind
from oms.operations.time_limits import change_time_rule
from oms.permissions import MANAGE_TIME_LIMITS
from oms.selectors.time_limits import (
    DUTIES,
    PROMISED,
    Rule,
    RuleEffect,
    find_last_rule_change,
    preview_rules,
    rules,
)

# Limits whose merchant has a calendar: only there a choice of what counts makes sense.
COUNTED = (TimeLimitKind.ACCEPT, TimeLimitKind.CAPTURE, TimeLimitKind.INVOICE)


class TimeRuleForm(Form):
    """One row per kind: hours, what counts, two reminders."""

    stored_values: Mapping[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_names = {kind: self._add(kind, label) for kind, label in TimeLimitKind.choices}

    def _add(self, kind: str, label: Any) -> dict[str, str]:
        names: dict[str, str] = {}
        if kind not in PROMISED:
            names["hours"] = f"{kind}_hours"
            self.fields[names["hours"]] = forms.IntegerField(
                label=_("%(limit)s: hours") % {"limit": label}, min_value=1, max_value=8760
            )
        if kind in COUNTED:
            names["counting"] = f"{kind}_counting"
            self.fields[names["counting"]] = forms.ChoiceField(
                label=_("%(limit)s: what counts") % {"limit": label}, choices=Counting.choices
            )
        if kind in DUTIES:
            for place, text in (("first", _("first reminder")), ("second", _("second reminder"))):
                names[place] = f"{kind}_{place}"
                self.fields[names[place]] = forms.IntegerField(
                    label=_("%(limit)s: %(reminder)s in percent") % {"limit": label, "reminder": text},
                    min_value=0,
                    max_value=99,
                )
        return names

    def rows(self) -> list[dict[str, Any]]:
        """The table as the template draws it."""
        labels = dict(TimeLimitKind.choices)
        return [
            {
                "label": labels[TimeLimitKind(kind)],
                "is_promised": kind in PROMISED,
                **{part: self._cell(names.get(part)) for part in ("hours", "counting", "first", "second")},
            }
            for kind, names in self.row_names.items()
        ]

    def _cell(self, name: str | None) -> dict[str, Any] | None:
        """A field of the table, and what is stored in it when somebody else changed it meanwhile."""
        return {"field": self[name], "stored": self.stored_values.get(name)} if name else None

    def rules(self) -> dict[str, Rule]:
        """The rules as they would be after saving."""
        current, data = rules(), self.cleaned_data
        return {
            kind: Rule(
                data.get(f"{kind}_hours", current[kind].hours),
                data.get(f"{kind}_counting", current[kind].counting),
                (
                    data.get(f"{kind}_first", current[kind].nudges[0]),
                    data.get(f"{kind}_second", current[kind].nudges[1]),
                ),
            )
            for kind in TimeLimitKind.values
        }


def initial_of(current: Mapping[str, Rule]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for kind, rule in current.items():
        values |= {
            f"{kind}_hours": rule.hours,
            f"{kind}_counting": rule.counting,
            f"{kind}_first": rule.nudges[0],
            f"{kind}_second": rule.nudges[1],
        }
    return values


def kinds_of(names: Iterable[str]) -> set[str]:
    """The limits that these fields belong to."""
    return {name.rpartition("_")[0] for name in names}


class TimeRulesView(ConsolePage, FormPage):
    grant = MANAGE_TIME_LIMITS
    title = gettext_lazy("Time limits of orders")
    intro = gettext_lazy(
        "What happens by itself, and after how long. Clocks that run keep their moment; a changed rule holds for "
        "those that start from now on."
    )
    template_name = "oms/console/time_rules.html"
    form_class = TimeRuleForm
    success_message = gettext_lazy("Time limits saved.")
    _effects: list[RuleEffect] | None = None

    def get_version(self) -> str:
        return sha256_hex(repr(self.get_initial()))[:16]

    def get_initial(self) -> dict[str, Any]:
        return initial_of(rules())

    def get_last_save(self, names: set[str]) -> tuple[str, datetime] | None:
        return find_last_rule_change(kinds_of(names))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.POST.get("preview"):
            return super().post(request, *args, **kwargs)
        form = self.get_form(bound=True)
        if form.is_valid():
            self._effects = preview_rules(form.rules())
        return self.render_form(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(effects=self._effects, **kwargs)

    def perform(self, form: Any) -> None:
        current = rules()
        for kind, rule in form.rules().items():
            if rule != current[kind]:
                change_time_rule(kind, rule, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:oms-time_rule-list")
