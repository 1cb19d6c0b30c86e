"""Storefront pages through the whole stack in process: median, 95th percentile, statements."""

from collections.abc import Iterator

from django.test import Client

from benchmarks.measuring import Row, percentiles, row, statements_of
from benchmarks.world import World
from pim.models import CardListing

PAGES = {
    "home": "",
    "category": "c/kitchen/",
    "category_filtered": "c/kitchen/?colour=sand&sort=price",
    "search": "search/?q=widget",
}


def measure(world: World) -> Iterator[Row]:
    """Milliseconds per page, without network."""
    client = Client()
    slug = (
        CardListing.objects.filter(view_id=world.store.view_id)
        .order_by("pk")
        .values_list("slug", flat=True)[0]
    )
    for name, path in {**PAGES, "product": f"p/{slug}/"}.items():
        url = f"{world.store.base_path}{path}"

        def load(url: str = url) -> None:
            response = client.get(url)
            if response.status_code != 200:
                raise RuntimeError(f"{url} answered {response.status_code}")

        statements = statements_of(load)
        median, slow = percentiles(load)
        yield row(f"pages.{name}_p50", median, "ms", statements=statements)
        yield row(f"pages.{name}_p95", slow, "ms", statements=statements)
