"""The pages editors wrote for a store view."""

from django.db.models import QuerySet

from backoffice.storefront.models import StoreContentPage, StoreHomePage


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
