"""What must hold of the machine room and of access, proved by `manage.py doctor`."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.grants import grants_of
from backoffice.kernel.invariants import invariant
from mms.models import ApiKey, Role, ScopeNode, StoreView
from mms.selectors.work import list_parked_deliveries


@invariant("mms.nothing_parked", _("No delivery of the outbox gave up"))
def nothing_parked() -> Iterator[str]:
    parked = list_parked_deliveries().count()
    if parked:
        yield f"{parked} deliveries gave up and are parked; replay them in the console"


@invariant("mms.role_grants", _("Roles and keys hold only rights of their audience"))
def role_grants() -> Iterator[str]:
    for role in Role.objects.all():
        strange = sorted(set(role.grants) - grants_of(role.audience))
        if strange:
            yield f"the role {role.code} holds {', '.join(strange)}"
    for key in ApiKey.objects.filter(revoked_at=None).exclude(audience="storefront").iterator():
        strange = sorted(set(key.grants) - grants_of(key.audience))
        if strange:
            yield f"the key {key.ref} holds {', '.join(strange)}"


@invariant("mms.scope_paths", _("Every store view stands below its store, website and the global scope"))
def scope_paths() -> Iterator[str]:
    root = ScopeNode.objects.filter(code="global").first()
    for view in StoreView.objects.select_related("scope", "store__scope", "store__website__scope"):
        store, website = view.store.scope, view.store.website.scope
        expected = (root.pk if root else None, website.pk, store.pk, view.scope.pk)
        if view.scope.path != expected:
            yield f"the scope path of the view {view.code} is {view.scope.path}, it must be {expected}"
