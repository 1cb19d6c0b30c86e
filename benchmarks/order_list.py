"""The order lists of console and portal over very many orders, asked through the whole stack."""

from collections.abc import Iterator

from django.db import connection
from django.test import Client, override_settings

from backoffice.demo.generator import move_sequences
from backoffice.demo.multiply.copying import Copier
from backoffice.demo.multiply.plan import Plan
from backoffice.demo.multiply.prototypes import take_samples
from benchmarks.measuring import Row, percentiles, raw_select_limit, row, statements_of
from benchmarks.orders import order
from benchmarks.world import ACTOR, World
from mms.operations.access import assign_role, create_user
from oms.models import MerchantOrder, Order, OrderLine, Payment, PaymentShare
from oms.operations.acceptance import accept_merchant_order

SAMPLE = 30
# What a list shows of an order.
TABLES = (Order, MerchantOrder, OrderLine, Payment, PaymentShare)
PAGES = {
    "console_first_page": ("operator", "/console/orders/"),
    "console_page_100": ("operator", "/console/orders/?page=100"),
    "console_to_accept": ("operator", "/console/orders/parts/?state=waiting_acceptance"),
    "console_search": ("operator", "/console/orders/?q={ref}"),
    "portal_first_page": ("merchant", "/portal/orders/"),
    "portal_to_accept": ("merchant", "/portal/orders/?state=waiting_acceptance"),
    "portal_search": ("merchant", "/portal/orders/?q={ref}"),
}


def measure(world: World, orders: int) -> Iterator[Row]:
    """Milliseconds per list page over `orders` orders of three merchants; `ratio` is the share of its time that its
    statements take at least, each as quick as a read by key."""
    _fill(world, orders)
    total = Order.objects.count()
    clients = _sign_in(world)
    newest = Order.objects.filter(placed_at__isnull=False).order_by("-pk")[0]
    reads = raw_select_limit(Order._meta.db_table, newest.pk)
    for name, (who, path) in PAGES.items():

        def load(client: Client = clients[who], url: str = path.format(ref=newest.ref)) -> None:
            response = client.get(url)
            if response.status_code != 200:
                raise RuntimeError(f"{url} answered {response.status_code}")

        # Staff sign in without a code here: the second factor is not what is measured.
        with override_settings(STAFF_SECOND_FACTOR=False):
            statements = statements_of(load)
            median, slow = percentiles(load)
        share = statements * 1000 / reads / median
        yield row(f"order_list.{name}_at_{total}_p50", median, "ms", statements=statements, ratio=share)
        yield row(f"order_list.{name}_at_{total}_p95", slow, "ms", statements=statements)


def _fill(world: World, orders: int) -> None:
    for number in range(SAMPLE):
        order(world, 1 + number % 3)
    for part in MerchantOrder.objects.order_by("pk")[: SAMPLE // 2]:
        accept_merchant_order(part.ref, actor=ACTOR)
    samples = take_samples()
    sample = samples["order"]
    sample.tables = [found for found in sample.tables if found.table.model in TABLES]
    whole, rest = divmod(max(0, orders - SAMPLE), sample.size)
    none = dict.fromkeys(samples, 0)
    copier = Copier(samples, Plan(none | {"order": whole}, none | {"order": rest}))
    for _done in copier.run("order"):
        pass
    copier.drop()
    move_sequences([found.table.model for found in sample.tables])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _sign_in(world: World) -> dict[str, Client]:
    clients = {"operator": Client(), "merchant": Client()}
    operator = create_user("bench-operator@example.test", name="Bench", password=None, actor=ACTOR)
    assign_role(operator, "operator-admin", actor=ACTOR)
    clerk = create_user("bench-clerk@example.test", name="Bench", password=None, actor=ACTOR)
    assign_role(clerk, "merchant-admin", on=world.merchants[0], actor=ACTOR)
    clients["operator"].force_login(operator, "django.contrib.auth.backends.ModelBackend")
    clients["merchant"].force_login(clerk, "django.contrib.auth.backends.ModelBackend")
    return clients
