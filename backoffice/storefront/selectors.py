"""The pages editors wrote for a store view."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet
from wagtail.models import Page

from backoffice.storefront.models import StoreContentPage, StoreHomePage
from mms.selectors.versions import VersionedMap

FOOTERS = "footers"


@dataclass(frozen=True, slots=True)
class FooterLink:
    title: str
    slug: str


def find_home_page(view_code: str) -> StoreHomePage | None:
    """The published home page of a view, if an editor made one."""
    found: StoreHomePage | None = StoreHomePage.objects.live().filter(view_code=view_code).first()
    return found


def list_content_pages(view_code: str) -> QuerySet[StoreContentPage]:
    """The published information pages below a view's home page, whatever address editors gave that page."""
    home = find_home_page(view_code)
    pages: QuerySet[StoreContentPage] = StoreContentPage.objects.live()
    if home is None:
        return pages.none()
    return pages.filter(path__startswith=home.path, depth=home.depth + 1)


def _load() -> dict[str, list[FooterLink]]:
    """The footers by the code of the view below whose home page the pages stand."""
    found: dict[str, list[FooterLink]] = defaultdict(list)
    homes = dict(StoreHomePage.objects.live().values_list("path", "view_code"))
    pages = StoreContentPage.objects.live().filter(in_footer=True).order_by("path")
    for path, title, slug in pages.values_list("path", "title", "slug"):
        view_code = homes.get(path[: -Page.steplen])
        if view_code is not None:
            found[view_code].append(FooterLink(title, slug))
    return dict(found)


_footers = VersionedMap(FOOTERS, _load)


def list_footer_links(view_code: str) -> list[FooterLink]:
    """The information pages named in the footer of a view; read from memory."""
    return _footers.get().get(view_code, [])
