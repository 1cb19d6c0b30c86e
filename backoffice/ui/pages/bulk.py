from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class BulkAction:
    """An act on the selected rows of an index: the page's method `method(rows)` calls one operation.

    `rows` is the scoped and filtered queryset (or list) of the selection. It returns the message to show, a response
    (for a job's page), or None. `confirm` asks first; `grant` hides the button from those who lack it.
    """

    code: str
    label: Any
    method: str
    icon: str = ""
    grant: str = ""
    confirm: Any = ""
    tone: str = ""
