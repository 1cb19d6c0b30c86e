"""Websites, stores and views; the way from a request's host and path to its one `StoreContext`."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import STORE, WEBSITE, Actor, Place
from backoffice.kernel.errors import NotFound
from mms.context import StoreContext
from mms.errors import UnknownView
from mms.models import ScopeNode, Store, StoreView, Website
from mms.permissions import MANAGE_PREFERENCES, VIEW_STORES
from mms.selectors.versions import VersionedMap

SCOPES = "scopes"


@dataclass(frozen=True, slots=True)
class _Views:
    by_code: dict[str, StoreContext]
    # host → views of that host, longest prefix first; "" holds the views that live under any allowed host.
    by_host: dict[str, tuple[StoreContext, ...]]


def _context(view: StoreView) -> StoreContext:
    store, website = view.store, view.store.website
    inherits_tax = store.prices_include_tax is None
    return StoreContext(
        website_id=website.pk,
        website_code=website.code,
        store_id=store.pk,
        store_code=store.code,
        view_id=view.pk,
        view_code=view.code,
        name=view.name,
        language=view.language,
        currency=view.currency,
        country=store.country or website.country,
        prices_include_tax=website.prices_include_tax if inherits_tax else bool(store.prices_include_tax),
        scope_path=view.scope.path,
        accent=view.accent or store.accent,
        accent_dark=view.accent_dark or store.accent_dark,
        root_category_ref=store.root_category_ref,
        base_path=f"/{view.path_prefix}/" if view.path_prefix else "/",
        base_url=f"https://{view.host}" if view.host else settings.BASE_URL,
        host=view.host,
        store_name=store.name,
        website_name=website.name,
    )


def _load() -> _Views:
    views = StoreView.objects.filter(is_active=True).select_related("scope", "store__website")
    contexts = [_context(view) for view in views.order_by("position", "id")]
    by_host: dict[str, list[StoreContext]] = {}
    for context in contexts:
        by_host.setdefault(context.host, []).append(context)
    return _Views(
        by_code={context.view_code: context for context in contexts},
        by_host={
            host: tuple(sorted(found, key=lambda item: -len(item.base_path)))
            for host, found in by_host.items()
        },
    )


_views = VersionedMap(SCOPES, _load)


def resolve_view(host: str, path: str) -> StoreContext | None:
    """The open view at this address by host and longest path prefix; None is "no such shop", never a default one."""
    views = _views.get()
    name = host.partition(":")[0].lower()
    wanted = path if path.endswith("/") else f"{path}/"
    for context in views.by_host.get(name) or views.by_host.get("", ()):
        if wanted.startswith(context.base_path):
            return context
    return None


def find_store_context(view_code: str) -> StoreContext | None:
    return _views.get().by_code.get(view_code)


def get_store_context(view_code: str) -> StoreContext:
    """The context of one open view, for jobs, mails and programs. Raises `UnknownView`."""
    context = find_store_context(view_code)
    if context is None:
        raise UnknownView(_("There is no open store view with the code “%(code)s”.") % {"code": view_code})
    return context


def list_store_contexts() -> list[StoreContext]:
    """Every open view in its order; read from memory."""
    return list(_views.get().by_code.values())


def list_store_contexts_for(actor: Actor, grant: str) -> list[StoreContext]:
    """The open views of the stores where the actor holds the grant; of all stores without rights at places."""
    contexts = list_store_contexts()
    if not actor.place_grants:
        return contexts
    return [view for view in contexts if actor.can(grant, places=view.places)]


def list_scopes(actor: Actor | None = None) -> list[ScopeNode]:
    """The scope tree, parents before children, for choosers of "where does this value hold".

    With an actor only the nodes where the actor may state settings.
    """
    nodes = list(ScopeNode.objects.all())
    names = {node.pk: node.name for node in nodes}
    if actor is not None and not actor.can(MANAGE_PREFERENCES):
        nodes = [node for node in nodes if actor.can(MANAGE_PREFERENCES, places=places_of_scope(node))]
    return sorted(nodes, key=lambda node: [names.get(slot, "") for slot in node.path])


def get_scope(code: str, *, actor: Actor | None = None) -> ScopeNode:
    """One node by its code (`global`, `website:…`, `store:…`, `view:…`).

    Raises `NotFound`, also where the actor (when one is given) may not state settings.
    """
    node = ScopeNode.objects.filter(code=code).first()
    if node is None or (
        actor is not None and not actor.can(MANAGE_PREFERENCES, places=places_of_scope(node))
    ):
        raise NotFound(_("There is no such scope."))
    return node


def places_of_scope(node: ScopeNode) -> tuple[Place, ...]:
    """The website and store a node lies in; nothing for the global one."""
    found: list[Place] = []
    if node.website_node_id is not None:
        website = Website.objects.filter(scope_id=node.website_node_id).values_list("pk", flat=True)
        found += [(WEBSITE, pk) for pk in website]
    if node.store_node_id is not None:
        store = Store.objects.filter(scope_id=node.store_node_id).values_list("pk", flat=True)
        found += [(STORE, pk) for pk in store]
    return tuple(found)


def list_websites() -> QuerySet[Website]:
    return Website.objects.prefetch_related("stores__views")


def list_website_names() -> dict[int, str]:
    """The name of every website by its id, for choices and lists of other apps."""
    return dict(Website.objects.order_by("name", "pk").values_list("pk", "name"))


def list_websites_for(actor: Actor) -> list[Website]:
    """The websites with the stores and views that the actor may see; a store brings its website's name along."""
    websites = list(list_websites())
    if actor.can(VIEW_STORES):
        return websites
    for website in websites:
        mine = [store for store in website.stores.all() if actor.can(VIEW_STORES, places=store.places)]
        website._prefetched_objects_cache["stores"] = mine  # type: ignore[attr-defined]
    return [
        website
        for website in websites
        if website.stores.all() or actor.can(VIEW_STORES, places=website.places)
    ]


def get_website(code: str, *, actor: Actor | None = None) -> Website:
    """Raises `NotFound`, also for websites where the actor (when one is given) may see nothing."""
    website = Website.objects.filter(code=code).select_related("scope").first()
    if website is None or not _may_see(actor, website.places):
        raise NotFound(_("There is no such website."))
    return website


def get_store(code: str, *, actor: Actor | None = None) -> Store:
    """Raises `NotFound`, also for the stores of others when an actor is given."""
    store = Store.objects.filter(code=code).select_related("website", "scope").first()
    if store is None or not _may_see(actor, store.places):
        raise NotFound(_("There is no such store."))
    return store


def get_view(code: str, *, actor: Actor | None = None) -> StoreView:
    """Raises `NotFound`, also for views of the stores of others when an actor is given."""
    view = StoreView.objects.filter(code=code).select_related("store__website", "scope").first()
    if view is None or not _may_see(actor, view.places):
        raise NotFound(_("There is no such store view."))
    return view


def _may_see(actor: Actor | None, places: tuple[Place, ...]) -> bool:
    return actor is None or not actor.place_grants or actor.can(VIEW_STORES, places=places)
