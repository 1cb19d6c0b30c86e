"""Wagtail's own group of content editors, kept in step with our grant."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

GROUP_NAME = "Content editors"
PAGE_RIGHTS = ("add", "change", "publish", "bulk_delete", "lock", "unlock")
COLLECTION_RIGHTS = ("add", "change", "delete", "choose")


def has_second_factor(user: Any) -> bool:
    """Whether the person enrolled a TOTP application."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def join_editors(user: Any) -> None:
    """Wagtail asks its own group what a person may edit; whoever holds our grant belongs to it."""
    if not user.is_superuser and not user.groups.filter(name=GROUP_NAME).exists():
        user.groups.add(Group.objects.get(name=GROUP_NAME))
        # Permissions read before joining are forgotten.
        for name in ("_perm_cache", "_group_perm_cache", "_user_perm_cache"):
            user.__dict__.pop(name, None)


def seed_editors_group(**kwargs: Any) -> None:
    """After each migration: the group that may edit all pages, pictures and documents of the storefronts."""
    root, collection = Page.objects.filter(depth=1).first(), Collection.objects.filter(depth=1).first()
    if root is None or collection is None:
        return
    group, _created = Group.objects.get_or_create(name=GROUP_NAME)
    access = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    redirects = Permission.objects.filter(content_type__app_label="wagtailredirects")
    group.permissions.add(*access, *redirects)
    rights = Permission.objects.filter(content_type__app_label="wagtailcore", content_type__model="page")
    for right in rights.filter(codename__in=[f"{name}_page" for name in PAGE_RIGHTS]):
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=right)
    names = [f"{name}_{kind}" for name in COLLECTION_RIGHTS for kind in ("image", "document")]
    for right in Permission.objects.filter(
        codename__in=names, content_type__app_label__in=["wagtailimages", "wagtaildocs"]
    ):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=right)
