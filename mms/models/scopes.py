from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import STORE, WEBSITE, Place

colour = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the colour like #1f6feb."))
country_code = RegexValidator(r"^[A-Z]{2}$", _("Use the two capital letters of ISO 3166, such as DE."))
currency_code = RegexValidator(r"^[A-Z]{3}$", _("Use the three capital letters of ISO 4217, such as EUR."))
prefix = RegexValidator(r"^[a-z0-9-]*$", _("Use small letters, digits and hyphens only."))


class ScopeKind(models.TextChoices):
    GLOBAL = "global", _("Global")
    WEBSITE = "website", _("Website")
    STORE = "store", _("Store")
    VIEW = "view", _("Store view")


class ScopeNode(models.Model):
    """Where a value may be stated; the four slots hold the whole way down, so no query ever recurses."""

    kind = models.CharField(max_length=10, choices=ScopeKind.choices)
    code = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    global_node_id = models.BigIntegerField(null=True)
    website_node_id = models.BigIntegerField(null=True)
    store_node_id = models.BigIntegerField(null=True)
    view_node_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_kind_display()})"

    @property
    def path(self) -> tuple[int, ...]:
        """The ids from the global node down to this one."""
        slots = (self.global_node_id, self.website_node_id, self.store_node_id, self.view_node_id)
        return tuple(slot for slot in slots if slot is not None)

    @property
    def depth(self) -> int:
        return len(self.path) - 1


class Website(models.Model):
    """A legal entity with its base currency, tax country and pool of customers."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    base_currency = models.CharField(_("base currency"), max_length=3, validators=[currency_code])
    country = models.CharField(_("country"), max_length=2, validators=[country_code])
    prices_include_tax = models.BooleanField(_("prices include tax"), default=True)
    scope = models.OneToOneField(ScopeNode, on_delete=models.PROTECT, related_name="website")

    class Meta:
        verbose_name = _("website")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def places(self) -> tuple[Place, ...]:
        """Where rights over it may be held."""
        return ((WEBSITE, self.pk),)


class StoreKind(models.TextChoices):
    B2C = "b2c", _("Consumers")
    B2B = "b2b", _("Businesses")


class Store(models.Model):
    """A shop of a website with its own root category; empty country, tax and colours follow the website."""

    website = models.ForeignKey(
        Website, on_delete=models.PROTECT, related_name="stores", verbose_name=_("website")
    )
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("sells to"), max_length=3, choices=StoreKind.choices, default=StoreKind.B2C)
    root_category_ref = models.CharField(_("root category"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[country_code])
    prices_include_tax = models.BooleanField(_("prices include tax"), null=True, blank=True)
    accent = models.CharField(_("accent colour"), max_length=7, default="#1f6feb", validators=[colour])
    accent_dark = models.CharField(
        _("accent colour in dark mode"), max_length=7, default="#58a6ff", validators=[colour]
    )
    scope = models.OneToOneField(ScopeNode, on_delete=models.PROTECT, related_name="store")

    class Meta:
        verbose_name = _("store")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def places(self) -> tuple[Place, ...]:
        return (WEBSITE, self.website_id), (STORE, self.pk)


class StoreView(models.Model):
    """What a buyer enters: one language and currency of a store, under a host, a path prefix or both."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="views", verbose_name=_("store"))
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10)
    currency = models.CharField(_("currency"), max_length=3, validators=[currency_code])
    host = models.CharField(_("host"), max_length=200, blank=True)
    path_prefix = models.CharField(_("path prefix"), max_length=20, blank=True, validators=[prefix])
    accent = models.CharField(_("accent colour"), max_length=7, blank=True, validators=[colour])
    accent_dark = models.CharField(
        _("accent colour in dark mode"), max_length=7, blank=True, validators=[colour]
    )
    is_active = models.BooleanField(_("open to buyers"), default=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    scope = models.OneToOneField(ScopeNode, on_delete=models.PROTECT, related_name="view")

    class Meta:
        verbose_name = _("store view")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["host", "path_prefix"],
                name="store_view_address_once",
                violation_error_message=_("Another view already lives under this host and path prefix."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def places(self) -> tuple[Place, ...]:
        return self.store.places
