"""Forms over the lines of a merchant order: how many pieces of each."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import Form, MoneyField
from oms.models import MerchantOrder, OrderLine
from oms.selectors.refunds import REASONS
from oms.selectors.shipments import OTHER, list_offered_carriers


class LinesForm(Form):
    """One number field per line; `pieces()` gives `position → pieces` of the lines that have one."""

    prefix_of_lines = "line"

    def __init__(self, *args: Any, lines: Iterable[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            self.fields[self.name_of(line)] = forms.IntegerField(
                label=line.title,
                min_value=0,
                max_value=self.most(line),
                initial=self.preset(line),
                required=False,
                help_text=self.help_of(line),
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "bo-input-num"}),
            )

    def name_of(self, line: OrderLine) -> str:
        return f"{self.prefix_of_lines}_{line.position}"

    def most(self, line: OrderLine) -> int:
        return line.quantity_open

    def preset(self, line: OrderLine) -> int:
        return self.most(line)

    def help_of(self, line: OrderLine) -> str:
        return _("%(sku)s · at most %(count)s") % {"sku": line.merchant_sku, "count": self.most(line)}

    def pieces(self) -> dict[int, int]:
        return {line.position: self.cleaned_data.get(self.name_of(line)) or 0 for line in self.lines}


class AnswerForm(LinesForm):
    """Pieces accepted per line; the rest is refused."""

    reason = forms.CharField(
        label=gettext_lazy("Reason for what you refuse"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("The buyer reads it. Needed only when you accept less than was ordered."),
    )

    field_order = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*(self.name_of(line) for line in self.lines), "reason"])


class ShipForm(LinesForm):
    """What is in the parcel and how it travels."""

    carrier = forms.ChoiceField(label=gettext_lazy("Carrier"), required=False)
    tracking_number = forms.CharField(label=gettext_lazy("Tracking number"), max_length=80, required=False)
    carrier_name = forms.CharField(
        label=gettext_lazy("Name of the other carrier"), max_length=80, required=False
    )
    tracking_url = forms.URLField(
        label=gettext_lazy("Tracking link of the other carrier"),
        max_length=300,
        required=False,
        assume_scheme="https",
    )
    package_ref = forms.CharField(label=gettext_lazy("Your package reference"), max_length=60, required=False)

    def __init__(self, *args: Any, may_use_others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(carrier.code, carrier.name) for carrier in list_offered_carriers()]
        others = [(OTHER, _("Another carrier"))] if may_use_others else []
        self.fields["carrier"].choices = [("", _("Without a carrier")), *listed, *others]  # type: ignore[attr-defined]
        if not may_use_others:
            del self.fields["carrier_name"], self.fields["tracking_url"]


class CancelForm(LinesForm):
    """Pieces that will not be sent."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("The buyer reads it.")
    )


class RefundForm(LinesForm):
    """Per line pieces and, if it differs from their price, an amount; shipping apart."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=list(REASONS.items()))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, part: MerchantOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = []
        for line in self.lines:
            name = f"amount_{line.position}"
            self.fields[name] = MoneyField(
                label=_("Amount for “%(title)s”") % {"title": line.title},
                currency=part.currency,
                min_minor=0,
                max_minor=line.refundable_minor,
                required=False,
                help_text=_("Leave empty for the price of the pieces."),
            )
            names += [self.name_of(line), name]
        left = part.shipping_minor - part.withdrawn_shipping_minor - part.refunded_shipping_minor
        self.fields["shipping_minor"] = MoneyField(
            label=_("Shipping"), currency=part.currency, min_minor=0, max_minor=left, required=False
        )
        self.order_fields([*names, "shipping_minor", "reason", "note"])

    def most(self, line: OrderLine) -> int:
        return line.quantity_refundable

    def preset(self, line: OrderLine) -> int:
        return 0

    def amount_of(self, line: OrderLine) -> int | None:
        amount: int | None = self.cleaned_data.get(f"amount_{line.position}")
        return amount
