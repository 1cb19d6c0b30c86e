"""Opening and changing websites, stores and views; every change reaches all processes within seconds."""

from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from mms.models import ScopeKind, ScopeNode, Store, StoreView, Website
from mms.operations.checking import check_model
from mms.operations.versions import announce_change
from mms.permissions import MANAGE_STORES
from mms.selectors.scopes import SCOPES

GLOBAL_CODE = "global"
SLOTS = ("global_node_id", "website_node_id", "store_node_id", "view_node_id")
WEBSITE_FIELDS = frozenset({"name", "legal_name", "base_currency", "country", "prices_include_tax"})
STORE_FIELDS = frozenset(
    {"name", "kind", "root_category_ref", "country", "prices_include_tax", "accent", "accent_dark"}
)
VIEW_FIELDS = frozenset(
    {"name", "language", "currency", "host", "path_prefix", "accent", "accent_dark", "is_active", "position"}
)

# First path segments that belong to the other audiences and to the server itself.
_OTHERS = ("accounts", "api", "console", "files", "hooks", "i18n", "invitation", "livez", "media", "portal")
_SERVER = ("readyz", "robots", "sitemap", "static", "welcome")
RESERVED_PREFIXES = frozenset((*_OTHERS, *_SERVER))
T = TypeVar("T", Website, Store, StoreView)


@transaction.atomic
def ensure_global_scope() -> ScopeNode:
    """The root of all scopes; made once, safe to repeat."""
    node, is_new = ScopeNode.objects.get_or_create(
        code=GLOBAL_CODE, defaults={"kind": ScopeKind.GLOBAL, "name": "Global"}
    )
    if is_new:
        node.global_node_id = node.pk
        node.save(update_fields=["global_node_id"])
    return node


def _add_node(kind: ScopeKind, code: str, name: str, parent: ScopeNode) -> ScopeNode:
    slots = dict(zip(SLOTS, parent.path, strict=False))
    node = ScopeNode.objects.create(kind=kind, code=f"{kind}:{code}", name=name, **slots)
    own_slot = SLOTS[len(parent.path)]
    setattr(node, own_slot, node.pk)
    node.save(update_fields=[own_slot])
    return node


def _check_fields(fields: dict[str, Any], allowed: frozenset[str]) -> None:
    unknown = sorted(set(fields) - allowed)
    if unknown:
        raise InvalidInput(
            _("These fields cannot be set here: %(names)s.") % {"names": ", ".join(unknown)},
            fields={name: _("This field cannot be set here.") for name in unknown},
        )


def _check_prefix(view: StoreView) -> None:
    if view.path_prefix in RESERVED_PREFIXES:
        message = _("“%(prefix)s” is used by the marketplace itself. Choose another path prefix.") % {
            "prefix": view.path_prefix
        }
        raise InvalidInput(message, fields={"path_prefix": message})


@transaction.atomic
def create_website(code: str, *, actor: Actor, **fields: Any) -> Website:
    """Open a website (legal entity, base currency, tax country). Raises `InvalidInput`."""
    actor.require(MANAGE_STORES)
    _check_fields(fields, WEBSITE_FIELDS)
    website = Website(code=code, **fields)
    check_model(website, exclude=["scope"])
    website.scope = _add_node(ScopeKind.WEBSITE, code, website.name, ensure_global_scope())
    return _created(website, actor)


@transaction.atomic
def create_store(code: str, *, website: Website, actor: Actor, **fields: Any) -> Store:
    """Open a store of a website. Raises `InvalidInput`."""
    actor.require(MANAGE_STORES, places=website.places)
    _check_fields(fields, STORE_FIELDS)
    store = Store(code=code, website=website, **fields)
    check_model(store, exclude=["scope"])
    store.scope = _add_node(ScopeKind.STORE, code, store.name, website.scope)
    return _created(store, actor)


@transaction.atomic
def create_view(code: str, *, store: Store, actor: Actor, **fields: Any) -> StoreView:
    """Open a store view under a host, a path prefix or both. Raises `InvalidInput`."""
    actor.require(MANAGE_STORES, places=store.places)
    _check_fields(fields, VIEW_FIELDS)
    view = StoreView(code=code, store=store, **fields)
    _check_prefix(view)
    check_model(view, exclude=["scope"])
    view.scope = _add_node(ScopeKind.VIEW, code, view.name, store.scope)
    return _created(view, actor)


def _created(thing: T, actor: Actor) -> T:
    thing.save()
    audit.record(f"mms.{thing._meta.model_name}.created", actor=actor, subject=thing, note=thing.code)
    announce_change(SCOPES)
    return thing


@transaction.atomic
def change_website(website: Website, *, actor: Actor, **fields: Any) -> Website:
    """Change the named fields only. Raises `InvalidInput`."""
    return _change(website, WEBSITE_FIELDS, fields, actor)


@transaction.atomic
def change_store(store: Store, *, actor: Actor, **fields: Any) -> Store:
    """Change the named fields only. Raises `InvalidInput`."""
    return _change(store, STORE_FIELDS, fields, actor)


@transaction.atomic
def change_view(view: StoreView, *, actor: Actor, **fields: Any) -> StoreView:
    """Change the named fields only; closing a view (`is_active`) hides it from buyers. Raises `InvalidInput`."""
    return _change(view, VIEW_FIELDS, fields, actor)


def _change(thing: T, allowed: frozenset[str], fields: dict[str, Any], actor: Actor) -> T:
    actor.require(MANAGE_STORES, places=thing.places)
    _check_fields(fields, allowed)
    changes = changed_fields(thing, fields)
    if not changes:
        return thing
    for name, (_old, new) in changes.items():
        setattr(thing, name, new)
    if isinstance(thing, StoreView):
        _check_prefix(thing)
    check_model(thing)
    thing.save(update_fields=sorted(changes))
    if "name" in changes:
        ScopeNode.objects.filter(pk=thing.scope_id).update(name=thing.name)
    audit.record(
        f"mms.{thing._meta.model_name}.changed", actor=actor, subject=thing, changes=changes, note=thing.code
    )
    announce_change(SCOPES)
    return thing


def changed_fields(thing: models.Model, fields: dict[str, Any]) -> dict[str, list[Any]]:
    """`{field: [old, new]}` of the fields whose value differs."""
    return {
        name: [getattr(thing, name), value]
        for name, value in sorted(fields.items())
        if getattr(thing, name) != value
    }
