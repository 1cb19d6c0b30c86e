"""The ways of payment of a store, and when its buyers are charged."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from mms.context import StoreContext
from mms.selectors.preferences import get_preference
from oms.errors import PaymentMethodRefused
from oms.models import DebitMoment
from oms.ports import PaymentProvider, find_provider, list_providers
from oms.preferences import INVOICE_DAYS, debit_key, offered_key


@dataclass(frozen=True, slots=True)
class DebitTerms:
    """What a payment keeps of its store's rule."""

    moment: str
    due_days: int


def is_offered(provider: PaymentProvider, store: StoreContext) -> bool:
    return provider.is_available() and bool(get_preference(offered_key(provider.code), store.scope_path))


def list_payment_methods(store: StoreContext) -> list[PaymentProvider]:
    """What buyers of this store may choose from."""
    return [provider for provider in list_providers() if is_offered(provider, store)]


def get_payment_method(code: str, store: StoreContext) -> PaymentProvider:
    """One way of payment of this store. Raises `PaymentMethodRefused`."""
    provider = find_provider(code)
    if provider is None or not is_offered(provider, store):
        message = _("This way of payment is not offered here.")
        raise PaymentMethodRefused(message, fields={"provider": message})
    return provider


def get_debit_terms(provider: PaymentProvider, store: StoreContext, *, part_count: int) -> DebitTerms:
    """When an order of this store is charged; read from memory.

    A provider that can charge an authorisation only once charges an order of several merchants at once: otherwise the
    first merchant to accept would end the hold of the others. For the same reason it charges no parcels apart.
    """
    moment = get_preference(debit_key(provider.code), store.scope_path)
    if moment not in provider.debit_moments:
        moment = provider.debit_moments[0]
    if moment == DebitMoment.PARCEL and not provider.charges_in_parts:
        moment = DebitMoment.SHIPMENT
    if part_count > 1 and provider.holds_money and not provider.charges_in_parts:
        moment = DebitMoment.ORDER
    return DebitTerms(moment, get_preference(INVOICE_DAYS, store.scope_path) or 14)
