"""Merchants' programs: their vouchers; the same operations as the portal's pages."""

from typing import Any

from django.http import HttpRequest
from ninja import Query

from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from oms.api import voucher_schemas as schemas
from oms.api.answers import actor_of
from oms.api.merchant import merchant
from oms.models import Voucher
from oms.operations.vouchers import VoucherTerms, VoucherValue, create_voucher, end_voucher
from oms.permissions import MANAGE_VOUCHERS
from oms.selectors.vouchers import get_voucher, list_vouchers

_FIELDS = tuple(name for name in schemas.VoucherOut.model_fields if name != "website_code")


def _answer(voucher: Voucher) -> dict[str, Any]:
    return {name: getattr(voucher, name) for name in _FIELDS} | {"website_code": voucher.website.code}


@endpoint(merchant, "GET", "/vouchers", grant=MANAGE_VOUCHERS, response=PageOut[schemas.VoucherOut])
def list_own_vouchers(request: HttpRequest, page: Query[PageQuery], state: str = "") -> dict[str, Any]:
    """The merchant's vouchers, newest first, with uses and turnover; `state` narrows: `active` or `ended`."""
    rows = list_vouchers(actor_of(request))
    found = paginate(rows.filter(state=state) if state else rows, page)
    return {**found, "items": [_answer(row) for row in found["items"]]}


@endpoint(merchant, "POST", "/vouchers", grant=MANAGE_VOUCHERS, creates=True, response=schemas.VoucherOut)
def create_own_voucher(request: HttpRequest, payload: schemas.VoucherIn) -> dict[str, Any]:
    """Open a voucher at a website. The code holds in any writing and is unique among the active ones there."""
    actor = actor_of(request)
    facts = payload.model_dump()
    value = VoucherValue(**{name: facts[name] for name in VoucherValue.__dataclass_fields__})
    terms = VoucherTerms(**{name: facts[name] for name in VoucherTerms.__dataclass_fields__})
    made = create_voucher(value, terms, merchant_id=min(actor.merchant_ids), actor=actor)
    return _answer(get_voucher(made.ref, actor=actor))


@endpoint(merchant, "POST", "/vouchers/{ref}/end", grant=MANAGE_VOUCHERS, response=schemas.VoucherOut)
def end_own_voucher(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Nobody can use it any more; orders keep their discount. Repeating it is harmless."""
    actor = actor_of(request)
    return _answer(get_voucher(end_voucher(ref, actor=actor).ref, actor=actor))
