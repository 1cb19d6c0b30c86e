from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.grants import MERCHANT, OPERATOR
from backoffice.kernel.phrases import ShortPhraseField
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_key_ref() -> str:
    return new_ref("KEY")


def new_invitation_ref() -> str:
    return new_ref("INV")


class Role(models.Model):
    """A named set of grants, defined once and assigned per object through django-guardian.

    `shipped_grants` remembers what the product last shipped, so an upgrade adds and removes only its own changes and
    leaves the operator's edits alone.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = ShortPhraseField(_("name"), max_length=120)
    audience = models.CharField(
        _("for"), max_length=10, choices=[(OPERATOR, _("Operator staff")), (MERCHANT, _("Merchant staff"))]
    )
    grants = models.JSONField(_("rights"), default=list)
    shipped_grants = models.JSONField(default=list)
    # Views of lists for everybody who holds the role: {URL name of the list: [{"name", "query"}]}.
    saved_views = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("role")
        ordering = ["-audience", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def codename(self) -> str:
        """The permission codename under which guardian stores assignments of this role."""
        return f"role:{self.code}"

    @property
    def is_shipped(self) -> bool:
        return bool(self.shipped_grants)


class KeyAudience(models.TextChoices):
    OPERATOR = "operator", _("Operator")
    MERCHANT = "merchant", _("Merchant")
    STOREFRONT = "storefront", _("Storefront")


class ApiKey(models.Model):
    """A program's key: only the hash is kept; it holds its own grants for one audience, merchant or store view."""

    ref = models.CharField(max_length=24, unique=True, default=new_key_ref)
    name = models.CharField(_("name"), max_length=120)
    audience = models.CharField(_("for"), max_length=10, choices=KeyAudience.choices)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    # The first characters, so that people recognise their key in a list.
    hint = models.CharField(max_length=16)
    grants = models.JSONField(_("rights"), default=list)
    merchant_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    view = models.ForeignKey(
        "mms.StoreView", null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("store view")
    )
    created_by = models.ForeignKey("mms.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet["ApiKey"].as_manager()

    class Meta:
        verbose_name = _("API key")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience="merchant", merchant_id__isnull=False)
                | models.Q(~models.Q(audience="merchant"), merchant_id__isnull=True),
                name="api_key_merchant_fits_audience",
            ),
            models.CheckConstraint(
                condition=models.Q(audience="storefront", view__isnull=False)
                | models.Q(~models.Q(audience="storefront"), view__isnull=True),
                name="api_key_view_fits_audience",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > clock.now())

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "revoked"
        return "active" if self.is_usable else "expired"


class Invitation(models.Model):
    """A single-use link that brings a person into a merchant's team with given roles."""

    ref = models.CharField(max_length=24, unique=True, default=new_invitation_ref)
    merchant_id = models.BigIntegerField(db_index=True)
    email = models.EmailField(_("e-mail"))
    role_codes = models.JSONField(default=list)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey("mms.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet["Invitation"].as_manager()

    class Meta:
        verbose_name = _("team invitation")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.email} ({self.ref})"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > clock.now()
