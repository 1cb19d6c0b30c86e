from collections.abc import Collection

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from backoffice.kernel.errors import InvalidInput


def check_model(thing: models.Model, *, exclude: Collection[str] = ()) -> None:
    """Run the model's own checks and speak as `InvalidInput`, one sentence per field."""
    try:
        thing.full_clean(exclude=set(exclude))
    except ValidationError as error:
        fields = {
            "" if name == NON_FIELD_ERRORS else name: " ".join(messages)
            for name, messages in error.message_dict.items()
        }
        raise InvalidInput(_("Please correct the marked fields."), fields=fields) from error
