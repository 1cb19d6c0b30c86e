"""A bank-neutral CSV of transfers whose cells no spreadsheet can take for a formula."""

import csv
import io
from decimal import Decimal

from backoffice.kernel.money import Money, exponent
from billing.bankfiles.transfers import BankFile, Control

COLUMNS = (
    "message_id",
    "execution_on",
    "end_to_end_id",
    "account_holder",
    "iban",
    "bic",
    "account_number",
    "routing_code",
    "amount",
    "currency",
    "text",
)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A leading apostrophe keeps spreadsheets from running what a name may contain (OWASP CSV injection)."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def write_csv(file: BankFile) -> str:
    """One row per transfer; amounts as plain decimals."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for transfer in file.transfers:
        amount = f"{Money(transfer.amount_minor, file.currency).amount:.{exponent(file.currency)}f}"
        cells = [
            file.message_id,
            file.execution_on.isoformat(),
            transfer.end_to_end_id,
            transfer.holder,
            transfer.iban,
            transfer.bic,
            transfer.account_number,
            transfer.routing_code,
            amount,
            file.currency,
            transfer.text,
        ]
        writer.writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()


def read_csv_control(text: str, currency: str) -> Control:
    """Number and sum of the transfers, read back from the file."""
    rows = list(csv.DictReader(io.StringIO(text)))
    total = sum((Decimal(row["amount"]) for row in rows), Decimal(0))
    return Control(len(rows), int(total.scaleb(exponent(currency))))
