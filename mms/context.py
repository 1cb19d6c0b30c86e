"""The one store view a request or order belongs to, with everything inherited already resolved."""

from dataclasses import dataclass

from backoffice.kernel.actors import STORE, WEBSITE, Place


@dataclass(frozen=True, slots=True)
class StoreContext:
    """A store view as buyers meet it; `scope_path` runs from the global node down to the view's."""

    website_id: int
    website_code: str
    store_id: int
    store_code: str
    view_id: int
    view_code: str
    name: str
    language: str
    currency: str
    country: str
    prices_include_tax: bool
    scope_path: tuple[int, ...]
    accent: str
    accent_dark: str
    root_category_ref: str
    base_path: str
    base_url: str
    host: str = ""
    store_name: str = ""
    website_name: str = ""

    @property
    def places(self) -> tuple[Place, ...]:
        """Where rights over what belongs to this view may be held."""
        return (WEBSITE, self.website_id), (STORE, self.store_id)
