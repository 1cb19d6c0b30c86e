"""Storefront pages through the whole stack in process: median, 95th percentile, statements."""

from collections.abc import Iterator

from django.test import Client

from benchmarks.measuring import Row, percentiles, raw_select_limit, row, statements_of
from benchmarks.world import World
from pim.models import CardListing

PAGES = {
    "home": "",
    "category": "c/kitchen/",
    "category_filtered": "c/kitchen/?colour=sand&sort=price",
    "search": "search/?q=widget",
}


def measure(world: World) -> Iterator[Row]:
    """Milliseconds per page, without network; `ratio` is the share of its time that its statements take at least,
    each as quick as a read by key."""
    client = Client()
    listing = CardListing.objects.order_by("pk")[0]
    reads = raw_select_limit(CardListing._meta.db_table, listing.pk)
    yield row("pages.raw_reads_by_key", reads, "1/s")
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
        share = statements * 1000 / reads / median
        yield row(f"pages.{name}_p50", median, "ms", statements=statements, ratio=share)
        yield row(f"pages.{name}_p95", slow, "ms", statements=statements)
