"""Mails to the people of a merchant."""

from typing import Any

from mas.models import Merchant
from mms.operations.mails import queue_mail
from mms.permissions import MERCHANT_ADMIN
from mms.selectors.access import list_users_with_role


def tell_owners(merchant: Merchant, template: str, **context: Any) -> int:
    """Write one mail to every administrator of the merchant (its contact address when there is none yet).

    `template` is a code of this app, or `<app>.<code>`. Part of the caller's transaction: no mail without the change,
    no change without the mail. Returns how many.
    """
    owners = list_users_with_role(MERCHANT_ADMIN, merchant_id=merchant.pk)
    recipients = [(owner.email, owner.language) for owner in owners] or [(merchant.email, "")]
    for email, language in recipients:
        queue_mail(
            to=email,
            template=template if "." in template else f"mas.{template}",
            context={"merchant": merchant, **context},
            language=language or merchant.language,
            about_ref=merchant.ref,
        )
    return len(recipients)
