"""The words for the condition of an offer."""

from pim.models import Condition


def condition_label(code: str) -> str:
    """The condition in the active language; an unknown code is shown as it is."""
    return str(dict(Condition.choices).get(code, code))
