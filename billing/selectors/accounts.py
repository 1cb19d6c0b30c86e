"""Finding accounts by their natural keys."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from billing.models import Account, Posting
from mas.selectors.merchants import get_merchants_by_id

# (entity, code, owner type, owner id, currency)
AccountKey = tuple[int, str, str, int, str]


def find_accounts(keys: Iterable[AccountKey]) -> dict[AccountKey, Account]:
    """The accounts that exist among `keys`, in one statement."""
    wanted = set(keys)
    if not wanted:
        return {}
    narrowed = Account.objects.filter(
        entity_id__in={key[0] for key in wanted},
        code__in={key[1] for key in wanted},
        currency__in={key[4] for key in wanted},
    )
    owners = {key[3] for key in wanted}
    if len(owners) <= 500:
        narrowed = narrowed.filter(owner_id__in=owners)
    found = {account_key(account): account for account in narrowed}
    return {key: found[key] for key in wanted if key in found}


def account_key(account: Account) -> AccountKey:
    return (account.entity_id, account.code, account.owner_type, account.owner_id, account.currency)


def list_merchant_accounts(merchant_id: int) -> QuerySet[Account]:
    """A merchant's accounts of all currencies and entities with their live balances."""
    return (
        Account.objects.filter(owner_type="merchant", owner_id=merchant_id)
        .select_related("balance", "entity")
        .order_by("entity_id", "currency", "code")
    )


def list_accounts(actor: Actor, *, search: str = "") -> QuerySet[Account]:
    """The accounts the actor may see: operators all, merchants their own."""
    accounts = Account.objects.visible_to(actor).select_related("entity", "balance")
    if search:
        accounts = accounts.filter(Q(code__startswith=search) | Q(owner_type__icontains=search))
    return accounts.order_by("code", "currency", "owner_type", "owner_id")


def get_account(ref: str, *, actor: Actor) -> Account:
    """One account by its natural key as written by `Account.ref`. Raises `NotFound`."""
    parts = ref.split("~")
    account = None
    if len(parts) == 5 and parts[4].isdigit():
        account = (
            list_accounts(actor)
            .filter(
                entity__code=parts[0],
                code=parts[1],
                currency=parts[2],
                owner_type=parts[3],
                owner_id=int(parts[4]),
            )
            .first()
        )
    if account is None:
        raise NotFound(_("There is no such account."))
    return account


def list_account_postings(account: Account) -> QuerySet[Posting]:
    """What moved an account, newest first."""
    return account.postings.select_related("entry", "entry__seal").order_by("-id")


def attach_owner_names(accounts: Iterable[Any]) -> None:
    """Set `owner_name` on each account: the merchant's name, the provider, or empty for the company; one statement."""
    rows = list(accounts)
    merchants = get_merchants_by_id({row.owner_id for row in rows if row.owner_type == "merchant"})
    for row in rows:
        known = merchants.get(row.owner_id) if row.owner_type == "merchant" else None
        provider = row.owner_type.removeprefix("psp:").replace("_", " ").capitalize()
        row.owner_name = known.name if known else provider
