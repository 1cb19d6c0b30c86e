"""Wagtail's own group of content editors, kept in step with our grant."""

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from backoffice.kernel.actors import Actor
from mms.permissions import EDIT_CONTENT
from mms.selectors.scopes import list_store_contexts_for

GROUP_NAME = "Content editors"
# Editors of one store's pages: the name of their group goes on with the store's code.
STORE_GROUP = "Content editors of "
PAGE_RIGHTS = ("add", "change", "publish", "bulk_delete", "lock", "unlock")
COLLECTION_RIGHTS = ("add", "change", "delete", "choose")


def has_second_factor(user: Any) -> bool:
    """Whether the person enrolled a TOTP application."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def join_editors(user: Any, actor: Actor) -> None:
    """Wagtail asks its own groups what a person may edit; whoever holds our grant belongs to the one of its reach."""
    if user.is_superuser:
        return
    wanted = _groups_of(actor)
    held = set(user.groups.filter(name__startswith=GROUP_NAME).values_list("name", flat=True))
    if held == set(wanted) and not _opened_meanwhile(wanted):
        return
    user.groups.remove(*Group.objects.filter(name__in=held - set(wanted)))
    for name, codes in wanted.items():
        user.groups.add(_store_group(name, codes) if codes else Group.objects.get(name=GROUP_NAME))
    # Permissions read before joining are forgotten.
    for name in ("_perm_cache", "_group_perm_cache", "_user_perm_cache"):
        user.__dict__.pop(name, None)


def _groups_of(actor: Actor) -> dict[str, list[str]]:
    """Names of the groups an actor belongs to, each with the codes of the views it may edit (none: all)."""
    if actor.can(EDIT_CONTENT):
        return {GROUP_NAME: []}
    found: dict[str, list[str]] = {}
    for view in list_store_contexts_for(actor, EDIT_CONTENT):
        found.setdefault(f"{STORE_GROUP}{view.store_code}", []).append(view.view_code)
    return found


def _opened_meanwhile(wanted: dict[str, list[str]]) -> bool:
    """Whether one of these stores got a home page that its group does not reach yet."""
    homes = _home_pages([code for codes in wanted.values() for code in codes])
    reached = GroupPagePermission.objects.filter(group__name__in=wanted).values("page_id")
    return any(wanted.values()) and homes.exclude(pk__in=reached).exists()


def _home_pages(view_codes: list[str]) -> QuerySet[Page]:
    # The shells know nothing of each other's code; the page type is named by its table.
    found: QuerySet[Page] = apps.get_model("shell_storefront", "StoreHomePage").objects.filter(
        view_code__in=view_codes
    )
    return found


def _store_group(name: str, view_codes: list[str]) -> Group:
    """The group of one store's editors, brought in line with the home pages of its views."""
    group, _created = Group.objects.get_or_create(name=name)
    group.permissions.add(*_entry_rights())
    homes = list(_home_pages(view_codes))
    GroupPagePermission.objects.filter(group=group).exclude(page__in=homes).delete()
    for home in homes:
        _give_pages(group, home)
    collection = Collection.objects.filter(depth=1).first()
    if collection is not None:
        # Pictures are shared by all stores: a store's editors add and choose, they take nothing away.
        _give_collection(group, collection, ("add", "choose"))
    return group


def seed_editors_group(**kwargs: Any) -> None:
    """After each migration: the group that may edit all pages, pictures and documents of the storefronts."""
    root, collection = Page.objects.filter(depth=1).first(), Collection.objects.filter(depth=1).first()
    if root is None or collection is None:
        return
    group, _created = Group.objects.get_or_create(name=GROUP_NAME)
    redirects = Permission.objects.filter(content_type__app_label="wagtailredirects")
    group.permissions.add(*_entry_rights(), *redirects)
    _give_pages(group, root)
    _give_collection(group, collection, COLLECTION_RIGHTS)


def _entry_rights() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")


def _give_pages(group: Group, page: Page) -> None:
    rights = Permission.objects.filter(content_type__app_label="wagtailcore", content_type__model="page")
    for right in rights.filter(codename__in=[f"{name}_page" for name in PAGE_RIGHTS]):
        GroupPagePermission.objects.get_or_create(group=group, page=page, permission=right)


def _give_collection(group: Group, collection: Collection, rights: Iterable[str]) -> None:
    names = [f"{name}_{kind}" for name in rights for kind in ("image", "document")]
    for right in Permission.objects.filter(
        codename__in=names, content_type__app_label__in=["wagtailimages", "wagtaildocs"]
    ):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=right)
