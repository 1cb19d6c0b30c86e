"""Forms of imports: the file, and the mapping with one line per column."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from backoffice.kernel.errors import DomainError, InvalidInput
from backoffice.ui.forms import Form, LinesField
from pim.imports.mapping.definition import ColumnRule, Definition
from pim.imports.mapping.fields import ATTRIBUTE, FIELDS
from pim.imports.mapping.transforms import Step, build, format_steps, parse_steps
from pim.models.names import name_in
from pim.selectors.category_tree import get_tree
from pim.selectors.structure import folded, get_structure


class UploadFeedForm(Form):
    file = forms.FileField(
        label=gettext_lazy("Product file"),
        help_text=gettext_lazy(
            "CSV or XLSX: our template, a Shopify product export, or any table of your own."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


def target_choices() -> list[tuple[str, Any]]:
    """Everything a column can fill, ours first, then the attributes by name."""
    languages = [get_language() or "en", "en"]
    ours = {field.code for field in FIELDS}
    attributes = sorted(
        (spec.name_in(languages), ATTRIBUTE + code)
        for code, spec in get_structure().attributes.items()
        if code not in ours
    )
    return [
        ("", _("Leave out")),
        (_("Product and offer"), [(field.code, field.label) for field in FIELDS]),
        (_("Attributes"), [(code, name) for name, code in attributes]),
    ]


class StepsField(forms.CharField):
    """Transforms as one line: `number , | unit cm in`."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return format_steps(parse_steps(text))
        except DomainError as error:
            raise forms.ValidationError(error.message) from error


class ConstantsField(LinesField):
    """Fields with one value for the whole file, as lines `stock = 25`; cleans to [(target, value)]."""

    def clean(self, value: Any) -> list[Any]:
        targets = {code for _group, choices in target_choices()[1:] for code, _label in choices}
        found = []
        for line in super().clean(value):
            name, sign, text = (part.strip() for part in line.partition("="))
            if not sign or not text:
                raise forms.ValidationError(
                    _("“%(line)s” is no pair. Write it like stock = 25.") % {"line": line[:80]}
                )
            target = next((known for known in (name, ATTRIBUTE + name) if known in targets), None)
            if target is None:
                raise forms.ValidationError(_("There is no field “%(name)s”.") % {"name": name[:80]})
            found.append((target, text))
        return found


class MappingForm(Form):
    """One target and one line of transforms per column, then the choices for the whole file."""

    family = forms.ChoiceField(label=gettext_lazy("Family of new products"), required=False)
    default_category = forms.ChoiceField(label=gettext_lazy("Category when none fits"), required=False)
    locale = forms.CharField(
        label=gettext_lazy("Language of the texts"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("A code such as en or de; empty = the texts are for every language."),
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency of the prices"),
        max_length=3,
        required=False,
        help_text=gettext_lazy("Used where the file has no column for it."),
    )
    convert_to = forms.CharField(
        label=gettext_lazy("Convert prices to"),
        max_length=3,
        required=False,
        help_text=gettext_lazy("Empty = prices stay in their own currency. The rate of the day is used."),
    )
    duplicates = forms.ChoiceField(
        label=gettext_lazy("When a SKU is there twice"),
        choices=[
            ("refuse", gettext_lazy("The later row fails")),
            ("first", gettext_lazy("The first row counts")),
            ("merge", gettext_lazy("Later rows add categories and pictures")),
        ],
    )
    empty = forms.ChoiceField(
        label=gettext_lazy("An empty cell"),
        choices=[
            ("keep", gettext_lazy("keeps what is stored")),
            ("clear", gettext_lazy("clears what is stored")),
        ],
    )
    create_brands = forms.BooleanField(label=gettext_lazy("Create brands that are missing"), required=False)
    create_options = forms.BooleanField(label=gettext_lazy("Create options that are missing"), required=False)
    category_map = LinesField(
        label=gettext_lazy("Category names"),
        required=False,
        help_text=gettext_lazy("One per line: the name in the file = our category code."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    constants = ConstantsField(
        label=gettext_lazy("The same for every row"),
        required=False,
        help_text=gettext_lazy("What no column holds, one per line: stock = 25"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    save_as = forms.CharField(
        label=gettext_lazy("Keep this mapping as"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("A name, so that the next file with these columns is read the same way."),
    )

    def __init__(self, *args: Any, header: Sequence[str], is_shopify: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.header = [] if is_shopify else [name for name in header if name]
        if is_shopify:
            del self.fields["constants"]
        languages = [get_language() or "en", "en"]
        families = [(spec.code, name_in(spec.names, languages, spec.code)) for spec in _families(languages)]
        self.fields["family"].choices = [("", _("From the file, else general")), *families]  # type: ignore[attr-defined]
        nodes = [(node.code, "– " * (node.depth - 1) + node.name_in(languages[0])) for node in _nodes()]
        self.fields["default_category"].choices = [("", _("None")), *nodes]  # type: ignore[attr-defined]
        choices = target_choices()
        for index, name in enumerate(self.header):
            self.fields[f"target_{index}"] = forms.ChoiceField(
                label=name,
                required=False,
                choices=choices,
                widget=forms.Select(attrs={"aria-label": name, "class": "bo-select"}),
            )
            self.fields[f"steps_{index}"] = StepsField(
                label=_("How to read it"),
                required=False,
                max_length=1000,
                widget=forms.TextInput(
                    attrs={
                        "class": "bo-input bo-input-code",
                        "spellcheck": "false",
                        "aria-label": _("How to read %(column)s") % {"column": name},
                    }
                ),
            )

    @property
    def setting_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith(("target_", "steps_"))]

    def column_fields(
        self, examples: Mapping[str, Sequence[str]]
    ) -> list[tuple[str, Any, Any, Sequence[str]]]:
        """(column, target, steps, example cells) per column."""
        return [
            (name, self[f"target_{index}"], self[f"steps_{index}"], examples.get(name, ()))
            for index, name in enumerate(self.header)
        ]

    def add_domain_errors(self, error: InvalidInput) -> None:
        """What is wrong with a field of ours is shown at the column mapped to it, else at the top."""
        columns = {self.data.get(f"target_{index}"): f"target_{index}" for index in range(len(self.header))}
        for name, message in error.fields.items():
            place = name if name in self.fields else columns.get(name)
            self.add_error(place, message)
        if not error.fields:
            self.add_error(None, error.message)

    def get_definition(self) -> Definition:
        """The definition people chose."""
        data = self.cleaned_data
        rules = tuple(
            ColumnRule(name, data[f"target_{index}"], parse_steps(data[f"steps_{index}"]))
            for index, name in enumerate(self.header)
            if data.get(f"target_{index}")
        ) + tuple(
            ColumnRule("", target, (Step("constant", text),)) for target, text in data.get("constants", ())
        )
        pairs = [line.partition("=") for line in data["category_map"]]
        return Definition(
            columns=rules,
            family=data["family"],
            categories={folded(name): code.strip() for name, _sign, code in pairs if code.strip()},
            default_category=data["default_category"],
            locale=data["locale"].strip(),
            currency=data["currency"].strip().upper(),
            convert_to=data["convert_to"].strip().upper(),
            duplicates=data["duplicates"],
            empty=data["empty"],
            create_brands=data["create_brands"],
            create_options=data["create_options"],
        )


def initial_of(definition: Definition, header: Sequence[str]) -> dict[str, Any]:
    """The form's first content from a definition."""
    initial: dict[str, Any] = definition.as_json()
    initial["category_map"] = [f"{name} = {code}" for name, code in definition.categories.items()]
    initial["constants"] = [
        f"{rule.target.removeprefix(ATTRIBUTE)} = {build(rule.steps)('')}"
        for rule in definition.columns
        if not rule.column
    ]
    by_column = {rule.column: rule for rule in definition.columns}
    for index, name in enumerate([name for name in header if name]):
        if rule := by_column.get(name):
            initial[f"target_{index}"] = rule.target
            initial[f"steps_{index}"] = format_steps(rule.steps)
    return initial


def _families(languages: Sequence[str]) -> list[Any]:
    return sorted(
        get_structure().families.values(), key=lambda spec: name_in(spec.names, languages, spec.code)
    )


def _nodes() -> list[Any]:
    return sorted(get_tree().by_id.values(), key=lambda node: node.path)
