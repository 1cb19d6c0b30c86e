"""Values that no database keeps: told at their place before they reach one."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from backoffice.kernel.errors import InvalidInput, NotFound

NUL = "\x00"
LARGEST = 2**63 - 1
# What a body must hold before it is worth reading it once more.
SUSPICIOUS = re.compile(rb"\\u0000|\\u[dD][89a-fA-F]|\d{19}")


def refuse_unstorable(request: HttpRequest, address: Mapping[str, Any]) -> None:
    """Refuse characters and numbers that cannot be stored: in an address by `NotFound`, else at their field."""
    if any(isinstance(part, str) and not _is_text(part) for part in address.values()):
        raise NotFound(_("There is no such thing."))
    wrong = dict(_wrong(dict(request.GET.items()), ""))
    if request.content_type == "multipart/form-data":
        wrong |= dict(_wrong(dict(request.POST.items()), ""))
    elif SUSPICIOUS.search(request.body):
        wrong |= dict(_wrong(json.loads(request.body), ""))
    if wrong:
        raise InvalidInput(_("Please correct the marked fields."), fields=wrong)


def _is_text(text: str) -> bool:
    # Half a surrogate pair has no spelling in UTF-8.
    return NUL not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _wrong(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and not _is_text(value):
        yield place, _("This text holds a character that cannot be stored.")
    elif isinstance(value, int) and abs(value) > LARGEST:
        yield place, _("This number is too large.")
    elif isinstance(value, dict):
        for name, item in value.items():
            if not _is_text(name):
                yield place, _("This text holds a character that cannot be stored.")
            else:
                yield from _wrong(item, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _wrong(item, f"{place}.{number}" if place else str(number))
