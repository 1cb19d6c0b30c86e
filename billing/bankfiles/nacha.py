"""NACHA file of ACH credits: records of 94 characters, blocks of 10, an entry hash modulo 10^10.

Layout by the Nacha Operating Rules: 1 file header, 5 batch header (CCD, credits only), per transfer a 6 entry and its
05 addenda with the full reference, 8 batch control, 9 file control, 9-filled up to a whole block.
"""

import unicodedata

from django.utils.translation import gettext as _

from backoffice.kernel.errors import InvalidInput
from billing.bankfiles.transfers import BankFile, Control, Transfer

WIDTH, BLOCK = 94, 10
CREDITS_ONLY, CHECKING_CREDIT, CCD = "220", "22", "CCD"
MAX_AMOUNT = 10**10 - 1
HASH_MODULUS = 10**10


def is_routing_number(number: str) -> bool:
    """Nine digits whose weighted sum (3, 7, 1) is a multiple of ten (ABA check digit)."""
    if len(number) != 9 or not number.isascii() or not number.isdigit():
        return False
    return sum(int(digit) * weight for digit, weight in zip(number, (3, 7, 1) * 3, strict=True)) % 10 == 0


def write_nacha(file: BankFile) -> str:
    """The text of a file; the same file always gives the same bytes.

    Raises `InvalidInput` for what ACH cannot carry.
    """
    _check(file)
    origin = file.debtor_routing
    lines = [_file_header(file), _batch_header(file)]
    for number, transfer in enumerate(file.transfers, start=1):
        trace = f"{origin[:8]}{number:07d}"
        lines += [_entry(transfer, trace), _addenda(transfer, number)]
    count = 2 * len(file.transfers)
    digest = sum(int(row.routing_code[:8]) for row in file.transfers) % HASH_MODULUS
    total = sum(row.amount_minor for row in file.transfers)
    lines.append(
        f"8{CREDITS_ONLY}{count:06d}{digest:010d}{0:012d}{total:012d}{_left(file.debtor_company_id, 10)}"
        f"{'':19}{'':6}{origin[:8]}{1:07d}"
    )
    blocks = -(-(len(lines) + 1) // BLOCK)
    lines.append(f"9{1:06d}{blocks:06d}{count:08d}{digest:010d}{0:012d}{total:012d}{'':39}")
    lines += ["9" * WIDTH] * (blocks * BLOCK - len(lines))
    wrong = [line for line in lines if len(line) != WIDTH]
    if wrong:
        raise ValueError(f"a record of {len(wrong[0])} characters was written")
    return "\n".join(lines) + "\n"


def _check(file: BankFile) -> None:
    if file.currency != "USD":
        raise InvalidInput(_("ACH carries US dollars only."))
    if not is_routing_number(file.debtor_routing) or not file.debtor_company_id:
        raise InvalidInput(
            _(
                "%(name)s needs a US routing number and an ACH company id. Enter them under Finance, Companies."
            )
            % {"name": file.debtor_name}
        )
    for transfer in file.transfers:
        if not is_routing_number(transfer.routing_code) or not 0 < len(transfer.account_number) <= 17:
            raise InvalidInput(
                _("%(holder)s has no US routing number and account; %(ref)s cannot go by ACH.")
                % {"holder": transfer.holder, "ref": transfer.end_to_end_id}
            )
        if transfer.amount_minor > MAX_AMOUNT:
            raise InvalidInput(
                _("%(ref)s is larger than one ACH entry can be.") % {"ref": transfer.end_to_end_id}
            )


def _file_header(file: BankFile) -> str:
    return (
        f"101 {file.debtor_routing}{file.debtor_company_id:>10}{file.created_at:%y%m%d%H%M}A094101"
        f"{_left(file.debtor_bank, 23)}{_left(file.debtor_name, 23)}{_left(file.message_id[-8:], 8)}"
    )


def _batch_header(file: BankFile) -> str:
    return (
        f"5{CREDITS_ONLY}{_left(file.debtor_name, 16)}{_left(file.message_id, 20)}"
        f"{_left(file.debtor_company_id, 10)}{CCD}{'PAYOUT':10}{file.execution_on:%y%m%d}"
        f"{file.execution_on:%y%m%d}{'':3}1{file.debtor_routing[:8]}{1:07d}"
    )


def _entry(transfer: Transfer, trace: str) -> str:
    return (
        f"6{CHECKING_CREDIT}{transfer.routing_code}{_left(transfer.account_number, 17)}"
        f"{transfer.amount_minor:010d}{_left(transfer.end_to_end_id, 15)}{_left(transfer.holder, 22)}  1{trace}"
    )


def _addenda(transfer: Transfer, number: int) -> str:
    return f"705{_left(transfer.text, 80)}{1:04d}{number:07d}"


def _left(text: str, width: int) -> str:
    """ASCII capitals, cut and filled: the character set every ACH operator takes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    return f"{''.join(sign if sign.isprintable() else ' ' for sign in plain)[:width]:{width}}"


def read_nacha_control(text: str, _currency: str) -> Control:
    """Number and sum of the entries, counted from the file and compared with both control records and the hash.

    Raises `ValueError` when the file disagrees with itself.
    """
    lines = text.splitlines()
    if not lines or len(lines) % BLOCK or any(len(line) != WIDTH for line in lines):
        raise ValueError("the file is not made of whole blocks of 94-character records")
    entries = [line for line in lines if line.startswith("6")]
    addenda = sum(line.startswith("7") for line in lines)
    total = sum(int(line[29:39]) for line in entries)
    digest = sum(int(line[3:11]) for line in entries) % HASH_MODULUS
    batch = next((line for line in lines if line.startswith("8")), "")
    control = next((line for line in lines if line.startswith("9")), "")
    told_batch = (int(batch[4:10]), int(batch[10:20]), int(batch[32:44]))
    told_file = (int(control[13:21]), int(control[21:31]), int(control[43:55]))
    if told_batch != told_file or told_file != (len(entries) + addenda, digest, total):
        raise ValueError("the control records of the file do not fit its entries")
    if int(control[7:13]) != len(lines) // BLOCK:
        raise ValueError("the block count of the file is wrong")
    return Control(len(entries), total)
