"""Reading XML that others wrote: no entities, no network, a size cap, names without their namespace."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from lxml import etree

from backoffice.kernel.money import exponent
from billing.errors import BankFileUnreadable

MAX_BYTES = 64 * 1024 * 1024
Node = etree._Element


def parse_foreign(content: bytes) -> Node:
    """The root of a bank's file. Raises `BankFileUnreadable` for anything that is not plain, complete XML."""
    if len(content) > MAX_BYTES:
        raise BankFileUnreadable(
            _("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // (1024 * 1024)}
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BankFileUnreadable(
            _("This is not a complete XML file: %(reason)s") % {"reason": error}
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BankFileUnreadable(
            _("The file brings its own document type. Banks do not send that, so it was not read.")
        )
    return root


def local(node: Node) -> str:
    return etree.QName(node).localname


def children(node: Node, name: str) -> Iterator[Node]:
    """Direct children by local name: versions of a message differ in their namespace only."""
    return (child for child in node if isinstance(child.tag, str) and local(child) == name)


def find(node: Node | None, path: str) -> Node | None:
    """The first node at a path of local names such as `Refs/EndToEndId`."""
    for name in path.split("/"):
        if node is None:
            return None
        node = next(children(node, name), None)
    return node


def text(node: Node | None, path: str = "") -> str:
    found = find(node, path) if path else node
    return (found.text or "").strip() if found is not None else ""


def minor(node: Node | None, where: str) -> tuple[int, str]:
    """(minor units, currency) of an amount node. Raises `BankFileUnreadable` naming the place."""
    currency = (node.get("Ccy") or "") if node is not None else ""
    try:
        amount = Decimal(text(node)).scaleb(exponent(currency))
        if amount != amount.to_integral_value() or amount < 0:
            raise InvalidOperation
    except (InvalidOperation, ValueError) as error:
        raise BankFileUnreadable(_("%(where)s: the amount cannot be read.") % {"where": where}) from error
    return int(amount), currency


def day(node: Node | None, where: str) -> date:
    """A date from `Dt` or the date part of `DtTm`."""
    written = text(node, "Dt") or text(node, "DtTm")
    try:
        return date.fromisoformat(written[:10])
    except ValueError as error:
        raise BankFileUnreadable(_("%(where)s: the date cannot be read.") % {"where": where}) from error
