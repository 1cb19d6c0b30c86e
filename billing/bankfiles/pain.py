"""pain.001.001.09, the ISO 20022 credit transfer, written by sepaxml and made reproducible."""

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import xmlschema
from lxml import etree
from sepaxml import SepaTransfer

from backoffice.kernel.money import exponent
from billing.bankfiles.transfers import BankFile, Control

VERSION = "pain.001.001.09"
NAMESPACE = f"urn:iso:std:iso:20022:tech:xsd:{VERSION}"
NS = {"p": NAMESPACE}


def write_pain(file: BankFile) -> str:
    """The XML of a file; the same file always gives the same bytes. Raises when it does not fit its schema."""
    config: dict[str, Any] = {
        "name": file.debtor_name,
        "IBAN": file.debtor_iban,
        "currency": file.currency,
        "batch": True,
    }
    if file.debtor_bic:
        config["BIC"] = file.debtor_bic
    sepa = SepaTransfer(config, schema=VERSION, clean=True)
    for transfer in file.transfers:
        payment: dict[str, Any] = {
            "name": transfer.holder,
            "IBAN": transfer.iban,
            "amount": transfer.amount_minor,
            "execution_date": file.execution_on,
            "description": transfer.text,
            "endtoend_id": transfer.end_to_end_id,
        }
        if transfer.bic:
            payment["BIC"] = transfer.bic
        sepa.add_payment(payment)
    root = _parse(sepa.export(validate=False, pretty_print=False))
    # sepaxml draws these at random or from the wall clock; a file made twice must be the same file.
    _set(root, "p:CstmrCdtTrfInitn/p:GrpHdr/p:MsgId", file.message_id)
    _set(
        root,
        "p:CstmrCdtTrfInitn/p:GrpHdr/p:CreDtTm",
        file.created_at.replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    for number, block in enumerate(root.findall("p:CstmrCdtTrfInitn/p:PmtInf", NS), start=1):
        _set(block, "p:PmtInfId", f"{file.message_id}-{number}")
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="unicode")
    shipped_schema().validate(text)
    return text


def read_control(text: str, currency: str) -> Control:
    """Number and sum of the transfers, counted from the file's own transactions and compared with its header.

    Raises `ValueError` when header and content disagree.
    """
    root = _parse(text.encode())
    header = root.find("p:CstmrCdtTrfInitn/p:GrpHdr", NS)
    amounts = [Decimal(node.text or "0") for node in root.findall(".//p:CdtTrfTxInf/p:Amt/p:InstdAmt", NS)]
    told_count = int(_text(header, "p:NbOfTxs"))
    told_sum = Decimal(_text(header, "p:CtrlSum"))
    if told_count != len(amounts) or told_sum != sum(amounts):
        raise ValueError("the header of the file does not fit its transfers")
    return Control(len(amounts), int(sum(amounts, Decimal(0)).scaleb(exponent(currency))))


@cache
def shipped_schema() -> xmlschema.XMLSchema:
    """The XSD that sepaxml brings along."""
    return xmlschema.XMLSchema(str(files("sepaxml") / "schemas" / f"{VERSION}.xsd"))


def _parse(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def _set(node: etree._Element, path: str, text: str) -> None:
    found = node.find(path, NS)
    if found is None:
        raise ValueError(f"{path} is missing from the file")
    found.text = text


def _text(node: etree._Element | None, path: str) -> str:
    found = node.find(path, NS) if node is not None else None
    return (found.text or "0") if found is not None else "0"
