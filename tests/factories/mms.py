"""Builders of users, stores and what marketplace management keeps; through its own operations where rules apply."""

import time
from datetime import date
from itertools import count
from typing import Any

from django.db import models
from django.test import Client

from backoffice.kernel.actors import system_actor
from mms.context import StoreContext
from mms.models import Mail, Store, StoreView, Task, TaxRate, User, Website
from mms.operations.access import assign_role
from mms.operations.api_keys import create_api_key
from mms.operations.invitations import invite_member
from mms.operations.mails import queue_mail
from mms.operations.scopes import create_store, create_view, create_website
from mms.operations.tasks import open_task
from mms.operations.taxes import enter_tax_rate
from mms.selectors import versions
from mms.selectors.scopes import get_store_context
from tests.isolation.objects import Shared

PASSWORD = "correct-horse-battery"
_numbers = count(1)
_system = system_actor("tests")


def user(email: str = "", **fields: Any) -> User:
    """A person who can sign in with PASSWORD and may do nothing yet."""
    number = next(_numbers)
    fields.setdefault("name", f"Person {number}")
    made: User = User.objects.create_user(email or f"person-{number}@example.com", PASSWORD, **fields)
    return made


def operator_user(*role_codes: str, **fields: Any) -> User:
    """Staff of the operator with roles that hold everywhere (none given: administrator)."""
    made = user(**fields)
    for code in role_codes or ("operator-admin",):
        assign_role(made, code, actor=_system)
    return made


def merchant_user(merchant: models.Model, *role_codes: str, **fields: Any) -> User:
    """Staff of one merchant (none given: administrator)."""
    made = user(**fields)
    for code in role_codes or ("merchant-admin",):
        assign_role(made, code, on=merchant, actor=_system)
    return made


def sign_in(client: Client, who: User, *, method: str = "mfa", minutes_ago: int = 0) -> Client:
    """Sign a person in as the sign-in page does, with a second factor unless `method` is "password"."""
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    at = time.time() - 60 * minutes_ago
    session["account_authentication_methods"] = [{"method": method, "at": at, "email": who.email}]
    session["account_authentication_methods_user"] = str(who.pk)
    session.save()
    return client


def website(code: str = "", **fields: Any) -> Website:
    number = next(_numbers)
    fields.setdefault("name", f"Website {number}")
    fields.setdefault("base_currency", "EUR")
    fields.setdefault("country", "DE")
    return create_website(code or f"website-{number}", actor=_system, **fields)


def store(of: Website | None = None, code: str = "", **fields: Any) -> Store:
    number = next(_numbers)
    fields.setdefault("name", f"Store {number}")
    return create_store(code or f"store-{number}", website=of or website(), actor=_system, **fields)


def view(of: Store | None = None, code: str = "", **fields: Any) -> StoreView:
    number = next(_numbers)
    code = code or f"view-{number}"
    fields.setdefault("name", f"View {number}")
    fields.setdefault("language", "en")
    fields.setdefault("currency", "EUR")
    fields.setdefault("path_prefix", code)
    return create_view(code, store=of or store(), actor=_system, **fields)


def store_context(of: Store | None = None, code: str = "", **fields: Any) -> StoreContext:
    """A fresh store view as buyers meet it."""
    made = view(of, code, **fields)
    return get_store_context(made.code)


def demo_views() -> dict[str, StoreContext]:
    """One website, two stores, three views: `en` and `de` in euros, `us` in dollars."""
    group = website("nordhaus-group", name="Nordhaus Group")
    nordhaus = store(group, "nordhaus", name="Nordhaus", root_category_ref="CAT-NORDHAUS")
    harbor = store(
        group, "harbor-pine", name="Harbor & Pine", country="US", accent="#2f6f4f", accent_dark="#6fbf95"
    )
    view(nordhaus, "en", name="English", language="en", currency="EUR", position=1)
    view(nordhaus, "de", name="Deutsch", language="de", currency="EUR", position=2)
    view(harbor, "us", name="United States", language="en", currency="USD", position=3)
    return {code: get_store_context(code) for code in ("en", "de", "us")}


def tax_rate(
    country: str = "DE",
    tax_class: str = "standard",
    rate_bps: int = 1900,
    valid_from: date = date(2020, 1, 1),
) -> TaxRate:
    return enter_tax_rate(
        country=country, tax_class=tax_class, rate_bps=rate_bps, valid_from=valid_from, actor=_system
    )


def task(kind: str = "mas.review", **fields: Any) -> Task:
    number = next(_numbers)
    fields.setdefault("title", f"Look at {number}")
    fields.setdefault("url_name", "console:mms-task-list")
    fields.setdefault("subject_ref", f"THING-{number}")
    return open_task(kind=kind, **fields)


def mail(to: str = "buyer@example.com", **fields: Any) -> Mail:
    context = fields.pop(
        "context", {"invited_by": "Olivia", "merchant": "Nordlicht", "link": "https://example.com/x"}
    )
    return queue_mail(
        to=to,
        template=fields.pop("template", "mms.team_invitation"),
        context=context,
        language="en",
        **fields,
    )


def forget_references() -> None:
    """Drop what this process keeps of scopes and rates; the rows of the last test are gone."""
    versions.forget()


def isolation_objects(merchant: models.Model) -> dict[str, Any]:
    """One of everything marketplace management keeps, for the isolation sweep."""
    person = merchant_user(merchant)
    key, _secret = create_api_key(name="Of the victim", merchant_id=merchant.pk, actor=_system)
    invitation = invite_member(
        merchant, email="invited@example.com", role_codes=["merchant-orders"], actor=system_actor("tests")
    )
    shop = view()
    return {
        "mms-member": person.ref,
        "mms-invitation": invitation.ref,
        "mms-api-key": key.ref,
        "mms-user": {"ref": person.ref, "role": "merchant-admin"},
        "mms-task": task(merchant_id=merchant.pk).ref,
        "/tasks": Shared(task(merchant_id=merchant.pk).ref),
        "mms-mail": mail().ref,
        "mms-role": {"code": Shared("support"), "audience": Shared("operator")},
        "mms-preference": {"scope": Shared("global"), "code": Shared("storefront.cards_per_page")},
        "mms-website": Shared(shop.store.website.code),
        "mms-store-create": Shared(shop.store.website.code),
        "mms-store": Shared(shop.store.code),
        "mms-view-create": Shared(shop.store.code),
        "mms-view": Shared(shop.code),
    }
