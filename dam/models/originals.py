from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.phrases import PhraseField
from backoffice.kernel.refs import new_token


class Kind(models.TextChoices):
    IMAGE = "image", _("Picture")
    VIDEO = "video", _("Video")
    MODEL = "model", _("3D model")
    DOCUMENT = "document", _("Document")


class RenderState(models.TextChoices):
    NONE = "none", _("Nothing to render")
    PENDING = "pending", _("Waiting")
    RUNNING = "running", _("Rendering")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class Original(models.Model):
    """The bytes as they came, kept once per content under their sha256 and never changed.

    Who owns them is told by `Asset`; so two merchants with the same file share bytes without learning of each other.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    file = models.OneToOneField("filer.File", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    mime = models.CharField(max_length=60)
    bytes = models.BigIntegerField()
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    # `#rrggbb`, drawn while the picture loads and where it is missing.
    dominant_colour = models.CharField(max_length=7, blank=True)
    # The public address of renditions: random, so that knowing the bytes does not tell whether they are stored here.
    public_key = models.CharField(max_length=40, unique=True, default=new_token)
    render_state = models.CharField(max_length=10, choices=RenderState.choices, default=RenderState.NONE)
    # When the next attempt is due; while one runs, when its worker counts as dead.
    render_due_at = models.DateTimeField(default=clock.now)
    render_attempts = models.PositiveSmallIntegerField(default=0)
    render_error = PhraseField(blank=True)
    # Copy of the rendition rows, {preset: {format: [name, width, height]}}: a page reads one row per picture.
    renditions = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["render_due_at"],
                condition=models.Q(render_state__in=["pending", "running"]),
                name="original_to_render",
            )
        ]

    def __str__(self) -> str:
        return self.sha256


class Rendition(models.Model):
    """One published file made from an original; immutable, its name contains a fingerprint of the preset."""

    original = models.ForeignKey(Original, on_delete=models.CASCADE, related_name="rendition_rows")
    preset = models.CharField(max_length=20)
    format = models.CharField(max_length=10)
    name = models.CharField(max_length=200, unique=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    bytes = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["original", "preset", "format"], name="rendition_once_per_preset")
        ]

    def __str__(self) -> str:
        return self.name
