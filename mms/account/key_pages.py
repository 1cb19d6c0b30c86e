"""What the key pages of console and portal share."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.grants import Grant
from backoffice.ui.filters import FilterSet, SearchFilter, YesNoFilter
from backoffice.ui.forms import DateTimeField, Form
from backoffice.ui.tables import Column, Table
from mms.models import ApiKey

SECRET_SESSION_KEY = "new_api_key"  # noqa: S105  a name, not a secret


def put_secret(request: HttpRequest, secret: str) -> None:
    """Keep a new key's secret for the one page that shows it."""
    request.session[SECRET_SESSION_KEY] = secret


def pop_secret(request: HttpRequest) -> str:
    """The secret to show now; it is gone afterwards."""
    return str(request.session.pop(SECRET_SESSION_KEY, ""))


def _reach(key: ApiKey) -> str:
    if key.view is not None:
        return str(key.view)
    return _("%(count)s rights") % {"count": len(key.grants)}


class KeyTable(Table):
    columns = (
        Column("name", gettext_lazy("Name"), sub="hint", sort=True),
        Column("audience", gettext_lazy("For"), value=lambda key: key.get_audience_display()),
        Column("reach", gettext_lazy("May do"), value=_reach, priority=2),
        Column("last_used_at", gettext_lazy("Last used"), kind="when", sort=True),
        Column("expires_at", gettext_lazy("Valid until"), kind="when", sort=True, priority=3),
        Column("state", gettext_lazy("State"), kind="badge", states="mms.ApiKey"),
        Column("revoke", gettext_lazy("End"), kind="html", value=lambda key: KeyTable.end_link(key)),
    )
    default_sort = "name"

    @staticmethod
    def end_link(key: ApiKey) -> str:
        if key.revoked_at is not None:
            return ""
        name = "portal:mms-api-key-revoke" if key.merchant_id else "console:mms-api-key-revoke"
        return format_html('<a href="{}">{}</a>', reverse(name, args=[key.ref]), _("End key"))


class KeyFilter(FilterSet):
    q = SearchFilter(
        fields=["name__icontains", "hint__startswith", "ref__iexact"], label=gettext_lazy("Name or key")
    )
    ended = YesNoFilter(label=gettext_lazy("Ended"), yes=Q(revoked_at__isnull=False))


class KeyForm(Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("Which program uses it, such as “Shop sync”."),
    )
    grants = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"), widget=forms.CheckboxSelectMultiple, required=False
    )
    expires_at = DateTimeField(label=gettext_lazy("Valid until"), required=False)

    def __init__(self, *args: Any, grants: list[Grant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grants"].choices = [(item.code, item.label) for item in grants]  # type: ignore[attr-defined]
