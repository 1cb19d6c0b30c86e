"""News of carriers entered by hand, for parcels whose carrier does not push any."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel import clock
from backoffice.ui.forms import DateTimeField, Form
from backoffice.ui.pages import FormPage, PortalPage
from oms.models import CarrierStatus, Shipment
from oms.operations.carriers import CarrierNews, record_carrier_news
from oms.permissions import PUSH_TRACKING
from oms.portal.order_acts import OneOrder
from oms.selectors.shipments import get_shipment_of, list_carrier_news


class CarrierNewsForm(Form):
    status = forms.ChoiceField(label=gettext_lazy("What the carrier says"), choices=CarrierStatus.choices)
    happened_at = DateTimeField(
        label=gettext_lazy("When it happened"),
        help_text=gettext_lazy("Older news than the last is kept but changes nothing."),
    )
    message = forms.CharField(label=gettext_lazy("In the carrier's words"), max_length=300, required=False)


class CarrierNewsAct(OneOrder, FormPage):
    """Beside the API: what the carrier says about a parcel of this order."""

    grant = PUSH_TRACKING
    template_name = "oms/portal/carrier_news.html"
    form_class = CarrierNewsForm
    submit_label = gettext_lazy("Record")

    @cached_property
    def shipment(self) -> Shipment:
        return get_shipment_of(self.part, self.kwargs["shipment_ref"])

    def get_title(self) -> str:
        return _("Carrier news of parcel %(ref)s") % {
            "ref": self.shipment.tracking_number or self.shipment.ref
        }

    def get_initial(self) -> dict[str, Any]:
        return {"happened_at": clock.now().replace(second=0, microsecond=0)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            shipment=self.shipment, carrier_news=list_carrier_news(self.shipment), **kwargs
        )

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        news = CarrierNews(data["status"], data["happened_at"], data["message"])
        known = self.shipment.carrier_status_at
        record_carrier_news(self.shipment.ref, news, actor=self.actor)
        if known is not None and known >= news.happened_at:
            return _("Recorded. Newer news of this parcel is known, so its status stays as it is.")
        return _("Recorded; the buyer sees it on the page of the order.")


class CarrierNewsView(PortalPage, CarrierNewsAct):
    pass
