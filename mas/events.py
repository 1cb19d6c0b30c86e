"""What merchant administration announces; ids and refs only."""

from dataclasses import dataclass
from typing import ClassVar

from backoffice.kernel.events import Event


@dataclass(frozen=True, slots=True)
class MerchantEvent(Event):
    """Base: something happened to one merchant."""

    merchant_id: int
    merchant_ref: str


class MerchantInvited(MerchantEvent):
    """The merchant record exists and its first person was asked to register."""

    name: ClassVar[str] = "mas.merchant_invited.v1"


class MerchantRegistered(MerchantEvent):
    """The invited person has an account and works on the checklist."""

    name: ClassVar[str] = "mas.merchant_registered.v1"


class MerchantSubmitted(MerchantEvent):
    """The registration waits for the operator."""

    name: ClassVar[str] = "mas.merchant_submitted.v1"


class MerchantReturned(MerchantEvent):
    """The operator sent the registration back with a reason."""

    name: ClassVar[str] = "mas.merchant_returned.v1"


class MerchantApproved(MerchantEvent):
    """The merchant may sell."""

    name: ClassVar[str] = "mas.merchant_approved.v1"


class MerchantRejected(MerchantEvent):
    """The registration was turned down for good."""

    name: ClassVar[str] = "mas.merchant_rejected.v1"


class MerchantSuspended(MerchantEvent):
    """Offers of the merchant may not be bought until it is reinstated."""

    name: ClassVar[str] = "mas.merchant_suspended.v1"


class MerchantReinstated(MerchantEvent):
    """Offers of the merchant may be bought again, each in the state it had."""

    name: ClassVar[str] = "mas.merchant_reinstated.v1"


class MerchantClosed(MerchantEvent):
    """The business relation ended for good."""

    name: ClassVar[str] = "mas.merchant_closed.v1"


class MerchantHolidayChanged(MerchantEvent):
    """The dates between which no new orders are taken changed."""

    name: ClassVar[str] = "mas.merchant_holiday_changed.v1"


class MerchantProfileChanged(MerchantEvent):
    """Name, address of the shop page, texts or logo changed."""

    name: ClassVar[str] = "mas.merchant_profile_changed.v1"


class MerchantKycChanged(MerchantEvent):
    """The KYC status changed; whether payouts may leave is to be asked again."""

    name: ClassVar[str] = "mas.merchant_kyc_changed.v1"


class BankAccountChanged(MerchantEvent):
    """Payouts are held until the new account is verified."""

    name: ClassVar[str] = "mas.bank_account_changed.v1"


class BankAccountVerified(MerchantEvent):
    """The current account may be paid to."""

    name: ClassVar[str] = "mas.bank_account_verified.v1"
