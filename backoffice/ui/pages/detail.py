from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from backoffice.ui.pages.base import Page


@dataclass(frozen=True, slots=True)
class Fact:
    """One key fact of a header: label, value (text or safe HTML), and optionally where it comes from."""

    label: Any
    value: Any
    hint: Any = ""
    url: str = ""


class DetailPage(Page):
    """One thing: `get_object()` through a scoped selector (raises `NotFound` for foreign ones).

    Templates extend `ui/detail.html` and fill the blocks `actions`, `main` and `side`; the object is in the context as
    `object` and under `object_name`. The timeline shows what `get_timeline()` returns.
    """

    template_name = "ui/detail.html"
    object_name = "object"
    _object: Any = None

    def get_object(self) -> Any:
        raise ImproperlyConfigured(f"{type(self).__name__} must say which object it shows.")

    @property
    def object(self) -> Any:
        """The object, fetched once per request."""
        if self._object is None:
            self._object = self.get_object()
        return self._object

    def get_title(self) -> str:
        return str(self.title or getattr(self.object, "ref", None) or self.object)

    def get_badge(self) -> Any:
        """The badge beside the title: `badges.badge(...)`; by default the object's `state` when it has one."""
        return None

    def get_facts(self) -> Sequence[Fact]:
        return ()

    def get_timeline(self) -> Iterable[Any]:
        """Newest first: `timeline.Entry` items or audit entries (`audit.list_entries(self.object)`)."""
        return ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(object=self.object, **kwargs)
        context.setdefault(self.object_name, self.object)
        return {
            **context,
            "facts": self.get_facts(),
            "header_badge": self.get_badge(),
            "timeline": self.get_timeline(),
        }
