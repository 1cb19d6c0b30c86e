"""camt.053, the ISO 20022 account statement, read by local names so that every version of it fits."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from billing.bankfiles.foreign import Node, children, day, find, local, minor, parse_foreign, text
from billing.errors import BankFileUnreadable

# Bank transaction codes (ISO external code set) of money that comes back.
RETURN_FAMILIES = {"RRTN", "RPCR", "CRRT", "ARET", "NRTN"}


@dataclass(frozen=True, slots=True)
class Movement:
    """One booked movement (+ came in); `payment_info_id` names a whole order when the bank booked it as one sum."""

    entry_ref: str
    booked_on: date
    value_on: date
    amount_minor: int
    currency: str
    end_to_end_id: str
    payment_info_id: str
    party_name: str
    party_account: str
    text: str
    is_return: bool
    return_reason: str


@dataclass(frozen=True, slots=True)
class Statement:
    statement_id: str
    account: str
    currency: str
    opening_minor: int
    closing_minor: int
    closing_on: date
    movements: tuple[Movement, ...]


def read_statements(content: bytes) -> list[Statement]:
    """Every statement of a file, each checked: opening plus booked movements must be its closing.

    Raises `BankFileUnreadable` naming the statement and place at fault.
    """
    root = parse_foreign(content)
    body = find(root, "BkToCstmrStmt")
    if local(root) != "Document" or body is None:
        raise BankFileUnreadable(_("This is not an account statement (camt.053)."))
    found = [_statement(node) for node in children(body, "Stmt")]
    if not found:
        raise BankFileUnreadable(_("The file holds no statement."))
    return found


def _statement(node: Node) -> Statement:
    statement_id = text(node, "Id")
    account = text(node, "Acct/Id/IBAN") or text(node, "Acct/Id/Othr/Id")
    where = _("Statement %(id)s") % {"id": statement_id or "?"}
    if not statement_id or not account:
        raise BankFileUnreadable(_("%(where)s: its number or its account is missing.") % {"where": where})
    balances = {text(row, "Tp/CdOrPrtry/Cd"): row for row in children(node, "Bal")}
    opening = balances.get("OPBD", balances.get("PRCD"))
    closing = balances.get("CLBD")
    if opening is None or closing is None:
        raise BankFileUnreadable(_("%(where)s: opening or closing balance is missing.") % {"where": where})
    opening_minor, currency = _signed(opening, where)
    closing_minor, _currency = _signed(closing, where)
    movements = tuple(_movements(node, currency, where))
    if opening_minor + sum(row.amount_minor for row in movements) != closing_minor:
        raise BankFileUnreadable(
            _("%(where)s: opening balance and movements do not add up to its closing balance.")
            % {"where": where}
        )
    return Statement(
        statement_id[:70],
        account.replace(" ", "")[:34],
        currency,
        opening_minor,
        closing_minor,
        day(find(closing, "Dt"), where),
        movements,
    )


def _signed(node: Node, where: str) -> tuple[int, str]:
    amount, currency = minor(find(node, "Amt"), where)
    return (-amount if text(node, "CdtDbtInd") == "DBIT" else amount), currency


def _movements(statement: Node, currency: str, where: str) -> Iterator[Movement]:
    seen: dict[str, int] = {}
    for number, entry in enumerate(children(statement, "Ntry"), start=1):
        place = f"{where}, {number}"
        # A pending or merely informative entry is not money that moved; it comes again as booked.
        if (text(entry, "Sts/Cd") or text(entry, "Sts")) not in ("BOOK", ""):
            continue
        amount, entry_currency = _signed(entry, place)
        if entry_currency != currency:
            raise BankFileUnreadable(
                _("%(where)s: the movement is not in the currency of the account.") % {"where": place}
            )
        ref = text(entry, "AcctSvcrRef") or text(entry, "NtryRef") or _derived_ref(entry, seen)
        yield from _split(entry, ref, amount, currency, place)


def _derived_ref(entry: Node, seen: dict[str, int]) -> str:
    """Banks that number nothing: the content itself, counted among its equals of the day."""
    words = "|".join(str(part).strip() for part in entry.itertext() if str(part).strip())
    digest = hashlib.sha256(words.encode()).hexdigest()[:40]
    seen[digest] = seen.get(digest, 0) + 1
    return f"{digest}-{seen[digest]}"


def _split(entry: Node, ref: str, amount: int, currency: str, place: str) -> Iterator[Movement]:
    """One movement per transaction the bank details, else the entry as a whole."""
    details = [tx for group in children(entry, "NtryDtls") for tx in children(group, "TxDtls")]
    parts = [_detail_minor(tx, currency, place) for tx in details]
    whole = len(details) > 1 and None not in parts and sum(part or 0 for part in parts) == abs(amount)
    if not whole:
        yield _movement(entry, details[0] if len(details) == 1 else None, ref, amount, currency)
        return
    sign = -1 if amount < 0 else 1
    for number, (tx, part) in enumerate(zip(details, parts, strict=True), start=1):
        if part:
            yield _movement(entry, tx, f"{ref}/{number}", sign * part, currency)


def _detail_minor(tx: Node, currency: str, place: str) -> int | None:
    node = find(tx, "Amt")
    if node is None:
        node = find(tx, "AmtDtls/TxAmt/Amt")
    if node is None:
        return None
    amount, own = minor(node, place)
    return amount if own == currency else None


def _movement(entry: Node, tx: Node | None, ref: str, amount: int, currency: str) -> Movement:
    booked_on = day(find(entry, "BookgDt"), ref)
    value = find(entry, "ValDt")
    party = "Cdtr" if amount < 0 else "Dbtr"
    reason, remittance = find(tx, "RtrInf"), find(tx, "RmtInf")
    words = [text(node) for node in children(remittance, "Ustrd")] if remittance is not None else []
    told = " ".join(filter(None, [*words, text(tx, "AddtlTxInf"), text(entry, "AddtlNtryInf")]))
    group = find(entry, "NtryDtls/Btch")
    return Movement(
        entry_ref=ref[:80],
        booked_on=booked_on,
        value_on=day(value, ref) if value is not None else booked_on,
        amount_minor=amount,
        currency=currency,
        end_to_end_id=text(tx, "Refs/EndToEndId")[:35],
        payment_info_id=(text(tx, "Refs/PmtInfId") or text(group, "PmtInfId") or text(group, "MsgId"))[:35],
        party_name=(text(tx, f"RltdPties/{party}/Pty/Nm") or text(tx, f"RltdPties/{party}/Nm"))[:140],
        party_account=_account(tx, party),
        text=told[:500],
        is_return=reason is not None or _families(entry, tx) & RETURN_FAMILIES != set(),
        return_reason=_reason(reason),
    )


def _account(tx: Node | None, party: str) -> str:
    node = find(tx, f"RltdPties/{party}Acct/Id")
    return (text(node, "IBAN") or text(node, "Othr/Id")).replace(" ", "")[:34]


def _families(entry: Node, tx: Node | None) -> set[str]:
    codes = set()
    for node in (entry, tx):
        for path in ("BkTxCd/Domn/Fmly/SubFmlyCd", "BkTxCd/Domn/Fmly/Cd"):
            codes.add(text(node, path))
    return codes


def _reason(node: Node | None) -> str:
    if node is None:
        return ""
    code = text(node, "Rsn/Cd") or text(node, "Rsn/Prtry")
    return " ".join(filter(None, [code, text(node, "AddtlInf")]))[:200]
