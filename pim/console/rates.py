"""Exchange rates, how prices are converted, and units."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel import clock
from backoffice.ui.filters import CharFilter, ChoiceFilter, DateRangeFilter, FilterSet
from backoffice.ui.forms import DateField, Form, PercentField
from backoffice.ui.pages import ConsolePage, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from pim.models import ConversionRule, Rounding, Unit
from pim.operations.rates import enter_rate, load_ecb_rates, save_conversion_rule
from pim.permissions import EDIT_RATES, VIEW_CATALOGUE
from pim.selectors.prices import find_conversion_rule, list_conversion_rules
from pim.selectors.rates import list_rates
from pim.selectors.scopes import list_scopes
from pim.selectors.structure_lists import list_units


class RateFilter(FilterSet):
    base = CharFilter(label=gettext_lazy("From currency"), lookup_expr="iexact")
    quote = CharFilter(label=gettext_lazy("To currency"), lookup_expr="iexact")
    source = ChoiceFilter(
        label=gettext_lazy("Source"),
        choices=[("ecb", gettext_lazy("ECB")), ("manual", gettext_lazy("Entered"))],
    )
    on = DateRangeFilter(field_name="on", label=gettext_lazy("Day"), dates=True)


class RateTable(Table):
    key = "pk"
    columns = (
        Column("on", gettext_lazy("Day"), kind="date", sort=True),
        Column("pair", gettext_lazy("Pair"), value=lambda row: f"1 {row.base} → {row.quote}"),
        Column("value", gettext_lazy("Exchange rate")),
        Column(
            "source", gettext_lazy("Source"), value=lambda row: "ECB" if row.source == "ecb" else _("Entered")
        ),
        Column("entered_by", gettext_lazy("By"), priority=2),
    )
    default_sort = "-on"


class RateListView(ConsolePage, IndexPage):
    grant = VIEW_CATALOGUE
    title = gettext_lazy("Exchange rates")
    intro = gettext_lazy("Prices in a currency a merchant did not give are converted by the rate of the day.")
    template_name = "pim/console/rates.html"
    table_class = RateTable
    filter_class = RateFilter
    empty_title = gettext_lazy("No exchange rates yet")
    empty_text = gettext_lazy("Load the ECB's reference file, or enter a rate by hand.")
    empty_icon = "money"

    def get_rows(self) -> Any:
        return list_rates()

    def get_main_action(self) -> tuple[Any, str] | None:
        return (_("Enter a rate"), reverse("console:pim-rate-create")) if self.actor.can(EDIT_RATES) else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scopes = list_scopes()
        rules = [
            {"scope": scopes[rule.scope_id].name, "rule": rule}
            for rule in list_conversion_rules()
            if rule.scope_id in scopes
        ]
        return super().get_context_data(rules=rules, can_edit=self.actor.can(EDIT_RATES), **kwargs)


class RatePage(ConsolePage):
    grant = EDIT_RATES

    def get_success_url(self) -> str:
        return reverse("console:pim-rate-list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Exchange rates"), reverse("console:pim-rate-list"))]


class RateForm(Form):
    base = forms.CharField(
        label=gettext_lazy("One unit of"), max_length=3, help_text=gettext_lazy("Such as SAR.")
    )
    quote = forms.CharField(
        label=gettext_lazy("Is worth in"), max_length=3, help_text=gettext_lazy("Such as EUR.")
    )
    value = forms.CharField(
        label=gettext_lazy("Exchange rate"), max_length=40, help_text=gettext_lazy("Such as 0.2452.")
    )
    on = DateField(label=gettext_lazy("From day"))


class EnterRateView(RatePage, FormPage):
    title = gettext_lazy("Enter a rate")
    form_class = RateForm
    success_message = gettext_lazy("Rate entered.")

    def get_initial(self) -> dict[str, Any]:
        return {
            "base": self.request.GET.get("base", ""),
            "quote": self.request.GET.get("quote", ""),
            "on": clock.today(),
        }

    def perform(self, form: Any) -> None:
        enter_rate(actor=self.actor, **form.cleaned_data)


class EcbForm(Form):
    file = forms.FileField(
        label=gettext_lazy("ECB reference file"),
        help_text=gettext_lazy("eurofxref-daily.xml, eurofxref-hist-90d.xml or eurofxref-hist.xml"),
    )


class LoadEcbView(RatePage, FormPage):
    title = gettext_lazy("Load ECB rates")
    form_class = EcbForm
    submit_label = gettext_lazy("Load rates")

    def perform(self, form: Any) -> str:
        count = load_ecb_rates(form.cleaned_data["file"], actor=self.actor)
        return _("%(count)s new rates loaded.") % {"count": count}


class RuleForm(Form):
    scope_id = forms.TypedChoiceField(label=gettext_lazy("Where"), coerce=int)
    margin_bps = PercentField(label=gettext_lazy("Margin"), min_bps=-5000, max_bps=10_000, initial=0)
    rounding = forms.ChoiceField(label=gettext_lazy("Rounding"), choices=Rounding.choices)
    is_enabled = forms.BooleanField(label=gettext_lazy("Convert prices here"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(scope.id, scope.name) for scope in list_scopes().values()]
        self.fields["scope_id"].choices = choices  # type: ignore[attr-defined]


class SaveRuleView(RatePage, FormPage):
    title = gettext_lazy("Conversion rule")
    form_class = RuleForm
    success_message = gettext_lazy("Rule saved. Converted prices follow in a moment.")

    def get_subject(self) -> ConversionRule | None:
        return find_conversion_rule(self.request.GET.get("scope", "0"))

    def get_initial(self) -> dict[str, Any]:
        rule = self.get_subject()
        if rule is None:
            return {"scope_id": self.request.GET.get("scope", "0"), "is_enabled": True, "margin_bps": 0}
        return {name: getattr(rule, name) for name in ("scope_id", "margin_bps", "rounding", "is_enabled")}

    def perform(self, form: Any) -> None:
        save_conversion_rule(actor=self.actor, **form.cleaned_data)


class UnitTable(Table):
    key = "code"
    columns = (
        Column("family.name", gettext_lazy("Measure")),
        Column("name", gettext_lazy("Unit"), sub="code"),
        Column("symbol", gettext_lazy("Symbol")),
        Column("factor", gettext_lazy("In base units"), value=lambda row: _factor(row)),
        Column(
            "aliases", gettext_lazy("Other spellings"), value=lambda row: ", ".join(row.aliases), priority=2
        ),
    )


def _factor(unit: Unit) -> str:
    offset = (
        ""
        if unit.offset == "0"
        else f" {'+' if not unit.offset.startswith('-') else '−'} {unit.offset.lstrip('-')}"
    )
    return f"× {unit.factor}{offset} {unit.family.base_unit}"


class UnitListView(ConsolePage, IndexPage):
    grant = VIEW_CATALOGUE
    title = gettext_lazy("Units")
    intro = gettext_lazy("Exact factors; values are stored as given and compared in the base unit.")
    table_class = UnitTable
    empty_title = gettext_lazy("No units")

    def get_rows(self) -> Any:
        return list_units()
