"""Where values may be stated: pim knows scopes by the id of their node, with 0 for the global one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mms.context import StoreContext
from mms.selectors import scopes
from pim.models import GLOBAL_SCOPE

LEVELS = ("global", "website", "store", "view")


@dataclass(frozen=True, slots=True)
class ScopeSpec:
    id: int
    code: str
    name: str
    level: str


def list_scopes() -> dict[int, ScopeSpec]:
    """Every scope by id, parents first; the global one is always there."""
    found = {GLOBAL_SCOPE: ScopeSpec(GLOBAL_SCOPE, "global", str(_("Global")), "global")}
    for node in scopes.list_scopes():
        if node.kind == "global":
            found[GLOBAL_SCOPE] = ScopeSpec(GLOBAL_SCOPE, node.code, node.name, node.kind)
        else:
            found[node.pk] = ScopeSpec(node.pk, node.code, node.name, node.kind)
    return found


def own_scope_id(store: StoreContext) -> int:
    """The scope of the view itself."""
    return store.scope_path[-1] if len(store.scope_path) > 1 else GLOBAL_SCOPE


def scope_chain(store: StoreContext) -> tuple[int, ...]:
    """The scopes a view reads from, narrowest first: view, store, website, global (0)."""
    return (*reversed(store.scope_path[1:]), GLOBAL_SCOPE)


def locale_chain(language: str, fallbacks: Sequence[str] = ("en",)) -> tuple[str, ...]:
    """The locales a view reads, best first: de-AT, de, the fallbacks, and "" for values without language."""
    chain = [language, language.partition("-")[0], "", *fallbacks]
    return tuple(dict.fromkeys(chain))
