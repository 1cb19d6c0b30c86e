"""The pages editors wrote for a store view."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet

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
    """The published information pages of a view."""
    pages: QuerySet[StoreContentPage] = StoreContentPage.objects.live().filter(
        url_path__startswith=f"/home-{view_code}/"
    )
    return pages


def _load() -> dict[str, list[FooterLink]]:
    """The footers by the first part of the address under which the pages of a view stand."""
    found: dict[str, list[FooterLink]] = defaultdict(list)
    pages = StoreContentPage.objects.live().filter(in_footer=True).order_by("path")
    for url_path, title, slug in pages.values_list("url_path", "title", "slug"):
        found[url_path.split("/")[1]].append(FooterLink(title, slug))
    return dict(found)


_footers = VersionedMap(FOOTERS, _load)


def list_footer_links(view_code: str) -> list[FooterLink]:
    """The information pages named in the footer of a view; read from memory."""
    return _footers.get().get(f"home-{view_code}", [])
