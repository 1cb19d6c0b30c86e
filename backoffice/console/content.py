"""Wagtail's own pages behind our rights: one grant opens them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from backoffice.console.operations import join_editors
from mms.permissions import EDIT_CONTENT

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
        actor = request.actor  # type: ignore[attr-defined]
        if not actor.holds_somewhere(EDIT_CONTENT):
            actor.require(EDIT_CONTENT)
        join_editors(request.user, actor)
        response = view(request, *args, **kwargs)
        response._csp_replace = WAGTAIL_POLICY  # type: ignore[attr-defined]
        return response

    return guarded
