"""The demo's bank: account statements (camt.053.001.08) as banks send them, riddles included."""

from dataclasses import dataclass
from xml.sax.saxutils import escape


def amount(minor: int) -> str:
    """A decimal of two places without sign; camt states the side apart from it."""
    return f"{abs(minor) // 100}.{abs(minor) % 100:02d}"


@dataclass(frozen=True, slots=True)
class Booked:
    """One booked entry of `minor` euro cents, below zero when it left.

    `reason` makes it a returned transfer, `info` names a whole payment order.
    """

    minor: int
    ref: str
    end_to_end: str = ""
    iban: str = ""
    text: str = ""
    reason: str = ""
    info: str = ""
    name: str = ""


def movement(entry: Booked, day: str) -> str:
    """The entry as booked on `day` (ISO)."""
    side = "DBIT" if entry.minor < 0 else "CRDT"
    party = "Cdtr" if entry.minor < 0 else "Dbtr"
    refs = (f"<PmtInfId>{entry.info}</PmtInfId>" if entry.info else "") + (
        f"<EndToEndId>{entry.end_to_end}</EndToEndId>" if entry.end_to_end else ""
    )
    who = f"<{party}><Pty><Nm>{escape(entry.name)}</Nm></Pty></{party}>" if entry.name else ""
    who += f"<{party}Acct><Id><IBAN>{entry.iban}</IBAN></Id></{party}Acct>" if entry.iban else ""
    return (
        f'<Ntry><Amt Ccy="EUR">{amount(entry.minor)}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{entry.ref}</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls>{f'<Refs>{refs}</Refs>' if refs else ''}"
        f"{f'<RltdPties>{who}</RltdPties>' if who else ''}"
        f"{f'<RmtInf><Ustrd>{escape(entry.text)}</Ustrd></RmtInf>' if entry.text else ''}"
        f"{f'<RtrInf><Rsn><Cd>{entry.reason}</Cd></Rsn></RtrInf>' if entry.reason else ''}"
        "</TxDtls></NtryDtls></Ntry>"
    )


def statement(number: str, opening: int, *movements: tuple[int, str], iban: str, day: str) -> str:
    """One statement whose closing is its opening and its movements `(minor, xml)`."""
    closing = opening + sum(minor for minor, _xml in movements)

    def balance(code: str, minor: int) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="EUR">{amount(minor)}</Amt><CdtDbtInd>{"DBIT" if minor < 0 else "CRDT"}</CdtDbtInd>'
            f"<Dt><Dt>{day}</Dt></Dt></Bal>"
        )

    return (
        f"<Stmt><Id>{number}</Id><CreDtTm>{day}T22:00:00Z</CreDtTm><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>"
        f"{balance('OPBD', opening)}{balance('CLBD', closing)}"
        f"{''.join(xml for _minor, xml in movements)}</Stmt>"
    )


def camt(*statements: str, message: str, day: str) -> bytes:
    """The file of one message."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>{day}T22:00:00Z</CreDtTm></GrpHdr>"
        f"{''.join(statements)}</BkToCstmrStmt></Document>"
    ).encode()
