"""Sentences that are stored by whoever acts and read later by somebody else, in the reader's own language.

`from backoffice.kernel.phrases import gettext as _` instead of Django's where a text ends in the database: the result
is an ordinary `str` that remembers its message and its parameters. A `PhraseField` stores those and gives the sentence
in the language of whoever loads it; words that a person typed are stored and shown as they are.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils.translation import gettext as translate

if TYPE_CHECKING:
    AnyField = models.Field[str, str]
    TextField = models.TextField[str, str]
    CharField = models.CharField[str, str]
else:
    AnyField, TextField, CharField = models.Field, models.TextField, models.CharField

# How a stored phrase starts; anything else in the column is somebody's own words.
MARK = '{"phrase": '


class Phrase(str):
    """A sentence in the current language that knows the message and the parameters it was made of."""

    __slots__ = ("message", "params")
    message: str
    params: Mapping[str, Any]

    def __new__(cls, message: str, params: Mapping[str, Any] | None = None) -> Self:
        text = translate(message)
        phrase = super().__new__(cls, text % _shown_params(params) if params else text)
        phrase.message, phrase.params = message, params or {}
        return phrase

    def __str__(self) -> str:
        return self

    def __mod__(self, params: Any) -> "Phrase":
        return Phrase(self.message, params)


def gettext(message: str) -> Phrase:
    """Django's `gettext`, for sentences that may be stored."""
    return Phrase(message)


def clipped(text: str, length: int) -> str:
    """At most so many characters of what people typed; a phrase of ours stays whole."""
    return text if isinstance(text, Phrase) else text[:length]


def stored(text: str) -> str:
    """What to write where a plain text is kept, such as inside JSON; `shown` reads it back."""
    if not isinstance(text, Phrase):
        return str(text)
    return json.dumps(
        {"phrase": text.message, "with": {name: _plain(value) for name, value in text.params.items()}},
        ensure_ascii=False,
    )


def shown(text: str) -> str:
    """A stored text in the current language: a phrase is translated now, other words stay what they are."""
    if not text.startswith(MARK):
        return text
    try:
        kept = json.loads(text)
        return Phrase(kept["phrase"], {name: _read(value) for name, value in kept["with"].items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        # Somebody's own words that only look like a phrase.
        return text


def _plain(value: Any) -> Any:
    return (
        value if isinstance(value, int | float) else stored(value if isinstance(value, str) else str(value))
    )


def _read(value: Any) -> Any:
    return shown(value) if isinstance(value, str) else value


def _shown_params(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _read(value) for name, value in params.items()}


class _Phrases(AnyField):
    """Stores the message and its parameters, gives the sentence in the language of whoever loads it."""

    def from_db_value(self, value: str | None, *_unused: Any) -> str | None:
        return None if value is None else shown(value)

    def get_prep_value(self, value: Any) -> Any:
        return stored(value) if isinstance(value, str) else super().get_prep_value(value)


class PhraseField(_Phrases, TextField):
    """A text column for phrases and for words that people typed; changing a `TextField` into it needs no migration."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


class ShortPhraseField(_Phrases, CharField):
    """The same in a column of limited length; a phrase that does not fit is kept as the words it stands for."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        kept, limit = super().get_prep_value(value), self.max_length
        if isinstance(kept, str) and limit and len(kept) > limit:
            return str(value)[:limit]
        return kept
