"""Wagtail's own pages behind our rights: one grant opens them, and Wagtail's group follows the grant."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from mms.permissions import EDIT_CONTENT

GROUP_NAME = "Content editors"
PAGE_RIGHTS = ("add", "change", "publish", "bulk_delete", "lock", "unlock")
COLLECTION_RIGHTS = ("add", "change", "delete", "choose")
View = Callable[..., HttpResponse]
# Wagtail's date fields and page list bring scripts of their own in the page. Only its addresses may have them; ours and
# the storefronts keep the strict policy.
WAGTAIL_POLICY = {"script-src": [SELF, UNSAFE_INLINE], "style-src": [SELF, UNSAFE_INLINE]}


def require_content_editor(view: View) -> View:
    """Signed-out people sign in with us, never with Wagtail; staff without the grant are refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            sign_in = reverse(settings.LOGIN_URL)
            return HttpResponseRedirect(f"{sign_in}?{urlencode({'next': request.get_full_path()})}")
        request.actor.require(EDIT_CONTENT)  # type: ignore[attr-defined]
        _join_editors(request)
        response = view(request, *args, **kwargs)
        response._csp_replace = WAGTAIL_POLICY  # type: ignore[attr-defined]
        return response

    return guarded


def _join_editors(request: HttpRequest) -> None:
    user: Any = request.user
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
