"""Forms of assets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.ui.forms import DateTimeField, Form

ACCEPTED = "image/jpeg,image/png,image/webp,image/gif,application/pdf,video/mp4,.glb"


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or several files; cleans to a list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", ManyFilesInput(attrs={"accept": ACCEPTED, "multiple": True, "data-dam-drop": ""})
        )
        # An empty file among many is refused by itself, like any other that is no good.
        kwargs.setdefault("allow_empty_file", True)
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class UploadForm(Form):
    uploads = ManyFilesField(
        label=_("Pictures and files"),
        help_text=_("JPEG, PNG, WebP, GIF up to 25 MB, PDF, MP4 or GLB. Choose as many as you like."),
    )


class ArchiveForm(Form):
    file = forms.FileField(
        label=_("ZIP file"),
        help_text=_(
            "Name each picture by the SKU of its product: CHAIR-1.jpg, CHAIR-1_2.jpg, CHAIR-1_main.jpg, "
            "CHAIR-1_manual.pdf. Up to 2,000 files and 200 MB."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"}),
    )


class DescribeForm(Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    alt = forms.CharField(
        label=_("Text for people who do not see it"),
        max_length=300,
        required=False,
        help_text=_("Say in a sentence what the picture shows. Search engines read it too."),
    )
    rights_holder = forms.CharField(label=_("Rights holder"), max_length=200, required=False)
    licensed_until = DateTimeField(
        label=_("Licensed until"),
        required=False,
        help_text=_(
            "After this moment the picture is not shown any more. Leave it empty when there is no end."
        ),
    )
