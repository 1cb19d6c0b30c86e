from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.kernel.actors import Actor
from backoffice.kernel.grants import PUBLIC, SIGNED_IN, grants_of
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from mms.api.schemas import AuditEntryOut, CallerOut, MemberOut, StoreViewOut, TaskOut, TaxRateIn, TaxRateOut
from mms.context import StoreContext
from mms.models import Task, TaxRate
from mms.operations.tasks import close_task
from mms.operations.taxes import enter_tax_rate
from mms.permissions import MANAGE_TAXES, VIEW_AUDIT, VIEW_STORES, VIEW_TASKS, VIEW_TEAM
from mms.selectors.access import list_team
from mms.selectors.audit import list_audit_entries
from mms.selectors.scopes import list_store_contexts
from mms.selectors.tasks import list_open_tasks
from mms.selectors.taxes import list_tax_rates

operator = Router()
merchant = Router()
storefront = Router()


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _caller(request: HttpRequest, audience: str) -> CallerOut:
    actor = _actor(request)
    rights = sorted(code for code in grants_of(audience) if actor.can(code))
    return CallerOut(key=actor.id, name=actor.label, audience=audience, rights=rights)


def _view(context: StoreContext) -> StoreViewOut:
    return StoreViewOut(
        code=context.view_code,
        name=context.name,
        store=context.store_code,
        website=context.website_code,
        language=context.language,
        currency=context.currency,
        country=context.country,
        prices_include_tax=context.prices_include_tax,
        url=f"{context.base_url}{context.base_path}",
        accent=context.accent,
        accent_dark=context.accent_dark,
    )


@endpoint(operator, "GET", "/me", grant=SIGNED_IN, response=CallerOut)
def get_operator_caller(request: HttpRequest) -> CallerOut:
    """Who this key acts for; a cheap call to see whether a key works."""
    return _caller(request, "operator")


@endpoint(merchant, "GET", "/me", grant=SIGNED_IN, response=CallerOut)
def get_merchant_caller(request: HttpRequest) -> CallerOut:
    """Who this key acts for; a cheap call to see whether a key works."""
    return _caller(request, "merchant")


@endpoint(storefront, "GET", "/store", grant=PUBLIC, response=StoreViewOut)
def get_store(request: HttpRequest) -> StoreViewOut:
    """The store view this key is bound to."""
    return _view(request.store)  # type: ignore[attr-defined]


@endpoint(operator, "GET", "/store-views", grant=VIEW_STORES, response=list[StoreViewOut])
def list_store_views(request: HttpRequest) -> list[StoreViewOut]:
    """Every store view that is open to buyers."""
    return [_view(context) for context in list_store_contexts()]


@endpoint(operator, "GET", "/tax-rates", grant=MANAGE_TAXES, response=PageOut[TaxRateOut])
def list_rates(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """All tax rates ever entered, newest first."""
    return paginate(list_tax_rates(), page)


@endpoint(operator, "POST", "/tax-rates", grant=MANAGE_TAXES, creates=True, response=TaxRateOut)
def create_tax_rate(request: HttpRequest, payload: TaxRateIn) -> TaxRate:
    """State a rate from a day on; earlier days keep theirs."""
    return enter_tax_rate(**payload.model_dump(), actor=_actor(request))


@endpoint(operator, "GET", "/tasks", grant=VIEW_TASKS, response=PageOut[TaskOut])
def list_tasks(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Open tasks, newest first."""
    return paginate(list_open_tasks(), page)


@endpoint(operator, "POST", "/tasks/{ref}/close", grant=VIEW_TASKS, response=TaskOut)
def close_one_task(request: HttpRequest, ref: str) -> Task:
    """Close a task by hand, when nothing is left to do."""
    return close_task(ref, actor=_actor(request))


@endpoint(operator, "GET", "/audit", grant=VIEW_AUDIT, response=PageOut[AuditEntryOut])
def list_audit(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The audit trail, newest first."""
    return paginate(list_audit_entries(), page)


@endpoint(merchant, "GET", "/team", grant=VIEW_TEAM, response=list[MemberOut])
def list_members(request: HttpRequest) -> list[MemberOut]:
    """The people of the merchant and their roles."""
    (merchant_id,) = _actor(request).merchant_ids
    return [
        MemberOut(ref=user.ref, name=user.name, email=user.email, roles=codes)
        for user, codes in list_team(merchant_id)
    ]
