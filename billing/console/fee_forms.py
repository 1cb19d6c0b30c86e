"""The form of a fee rule, and the way between its fields and the rule."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.money import Money, UnknownCurrency, exponent
from backoffice.ui.forms import DateTimeField, MoneyField, PercentField
from billing.console.fee_scope import ScopeForm, initial_scope, scope_of
from billing.fees.explain import percent
from billing.models import BaseMode, FeeKind, FeeRule, Priority, RefundPolicy, TierMeasure, TierMode
from billing.operations.fee_rules import PERIODIC
from mas.selectors.merchants import list_merchants

AMOUNTS = ("per_line", "per_unit", "min", "max")


class FeeRuleForm(ScopeForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    fee_kind = forms.ChoiceField(label=_("Fee"), choices=FeeKind.choices)
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, coerce=int, initial=Priority.STANDARD.value
    )
    rate_bps = PercentField(label=_("Percent"), required=False)
    base = forms.ChoiceField(label=_("Taken of"), choices=BaseMode.choices)
    amount_currency = forms.CharField(
        label=_("Currency of fixed amounts"), max_length=3, required=False, help_text=_("Such as EUR.")
    )
    per_line = forms.CharField(
        label=_("Fixed amount per line"),
        required=False,
        help_text=_("Of a subscription or listing fee: the amount per month."),
    )
    per_unit = forms.CharField(
        label=_("Fixed amount per piece"),
        required=False,
        help_text=_("Of a listing fee: the amount for each active offer."),
    )
    min = forms.CharField(label=_("Smallest fee"), required=False)
    max = forms.CharField(label=_("Largest fee"), required=False)
    tier_mode = forms.ChoiceField(label=_("Tiers"), choices=TierMode.choices, required=False)
    tier_measure = forms.ChoiceField(
        label=_("Tiers are climbed"), choices=TierMeasure.choices, initial=TierMeasure.LINE, required=False
    )
    tiers = forms.CharField(
        label=_("Tiers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One per line: up to (amount) and percent, such as “100.00 15”. The last line: “above 5”."
        ),
    )
    refund_policy = forms.ChoiceField(
        label=_("On a refund"), choices=RefundPolicy.choices, initial=RefundPolicy.RETURN_PERCENT
    )
    capped_at_proceeds = forms.BooleanField(label=_("Never above what the line brings"), required=False)
    includes_tax = forms.BooleanField(label=_("The stated fee contains the tax on it"), required=False)
    valid_from = DateTimeField(label=_("Valid from"))
    valid_to = DateTimeField(label=_("Valid until"), required=False)
    fieldsets = (
        (_("Rule"), ("name", "fee_kind", "priority")),
        (
            _("Holds for"),
            ("merchant", "category", "brand", "card", "website", "company", "country", "currency"),
        ),
        (
            _("Amount"),
            ("rate_bps", "base", "amount_currency", *AMOUNTS, "tier_mode", "tier_measure", "tiers"),
        ),
        (_("Terms"), ("refund_policy", "capped_at_proceeds", "includes_tax", "valid_from", "valid_to")),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        currency = (data.get("amount_currency") or "").upper()
        stated = [name for name in AMOUNTS if data.get(name)]
        if (stated or data.get("tiers")) and not currency:
            self.add_error("amount_currency", gettext("Say in which currency the amounts are."))
            return data
        if currency:
            try:
                exponent(currency)
            except UnknownCurrency as error:
                self.add_error("amount_currency", str(error))
                return data
        for name in stated:
            try:
                data[name] = Money.parse(data[name], currency).minor
            except Exception as error:  # the parse says what is wrong with the text
                self.add_error(name, str(error))
        try:
            data["tiers"] = read_tiers(data.get("tiers") or "", currency)
        except ValueError as error:
            self.add_error("tiers", str(error))
        return data


def read_tiers(text: str, currency: str) -> list[list[int | None]]:
    """`100.00 15` lines as `[up to in minor units, basis points]`; raises `ValueError` naming the line."""
    tiers: list[list[int | None]] = []
    for number, line in enumerate(filter(None, (part.strip() for part in text.splitlines())), start=1):
        parts = line.replace("%", "").split()
        try:
            top, rate = parts
            bps = int(Decimal(rate) * 100)
            tiers.append([None if top.lower() == "above" else Money.parse(top, currency).minor, bps])
        except (ValueError, InvalidOperation) as error:
            raise ValueError(
                gettext("Line %(number)s is not “amount percent”.") % {"number": number}
            ) from error
    return tiers


def values_of(data: dict[str, Any], actor: Actor, *, basis: FeeRule | None = None) -> dict[str, Any]:
    """The form's cleaned data as values of a rule; what `basis` says in other currencies than the form's is kept."""
    shown = shown_currency(basis) if basis else ""
    amounts: dict[str, Any] = (
        {code: row for code, row in basis.amounts.items() if code != shown} if basis else {}
    )
    if data["amount_currency"] and any(data[name] not in ("", None) for name in AMOUNTS):
        amounts[data["amount_currency"].upper()] = {
            f"{name}_minor": data[name] if data[name] != "" else (0 if name.startswith("per") else None)
            for name in AMOUNTS
        }
    return {
        "name": data["name"],
        "fee_kind": data["fee_kind"],
        "priority": data["priority"],
        "rate_bps": data["rate_bps"] or 0,
        "base": data["base"],
        "amounts": amounts,
        "tiers": data["tiers"],
        "tier_mode": data["tier_mode"],
        "tier_measure": data["tier_measure"] or TierMeasure.LINE,
        **scope_of(data, actor, basis=basis),
        "refund_policy": data["refund_policy"],
        "capped_at_proceeds": data["capped_at_proceeds"],
        "includes_tax": data["includes_tax"],
        "valid_from": data["valid_from"],
        "valid_to": data["valid_to"],
    }


def shown_currency(rule: FeeRule) -> str:
    """The currency whose amounts the form shows."""
    return next(iter(rule.amounts), (rule.currency or "EUR") if rule.tiers else "")


def initial_of(rule: FeeRule) -> dict[str, Any]:
    """A rule as initial values of the form."""
    currency = shown_currency(rule)
    amounts: dict[str, Any] = rule.amounts.get(currency, {})
    names = (
        "name", "fee_kind", "priority", "rate_bps", "base", "tier_mode", "tier_measure",
        "refund_policy", "capped_at_proceeds", "includes_tax", "valid_from", "valid_to",
    )  # fmt: skip
    shown = {
        name: str(Money(amounts[f"{name}_minor"], currency)).split()[0]
        for name in AMOUNTS
        if amounts.get(f"{name}_minor")
    }
    lines = [
        f"{'above' if top is None else str(Money(top, currency)).split()[0]} {Decimal(rate) / 100}"
        for top, rate in rule.tiers
    ]
    return {
        **{name: getattr(rule, name) for name in names},
        **shown,
        "amount_currency": currency,
        "tiers": "\n".join(lines),
        **initial_scope(rule),
    }


def tier_texts(rule: FeeRule) -> list[str]:
    """The tiers of a rule, each as people say it; amounts are in the rule's currency."""
    currency = rule.currency or next(iter(rule.amounts), "EUR")
    return [
        gettext("%(rate)s above") % {"rate": percent(rate)}
        if top is None
        else gettext("%(rate)s up to %(amount)s")
        % {"rate": percent(rate), "amount": Money(top, currency).display()}
        for top, rate in rule.tiers
    ]


class PreviewForm(ScopeForm):
    """A sale that is thought up: its merchant, its amount, and what else a rule may ask for."""

    # Monthly fees are no fee of a sale.
    fee_kind = forms.ChoiceField(
        label=_("Fee"), choices=[choice for choice in FeeKind.choices if choice[0] not in PERIODIC]
    )
    amount = MoneyField(label=_("Amount"), currency="EUR")
    quantity = forms.IntegerField(label=_("Pieces"), min_value=1)
    field_order = ("fee_kind", "merchant", "currency", "amount", "quantity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["merchant"].required = self.fields["currency"].required = True
        self.fields["currency"].initial = "EUR"

    def clean_merchant(self) -> str:
        from backoffice.kernel.actors import system_actor

        ref: str = self.cleaned_data["merchant"].strip()
        if not list_merchants(system_actor()).filter(ref=ref).exists():
            raise forms.ValidationError(gettext("There is no merchant with this reference."))
        return ref

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].upper()
        try:
            exponent(code)
        except UnknownCurrency as error:
            raise forms.ValidationError(str(error)) from error
        return code
