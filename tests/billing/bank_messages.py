"""What a bank sends, built for the tests: account statements (camt.053.001.08) and status reports (pain.002)."""

from pathlib import Path
from xml.sax.saxutils import escape

import xmlschema

OUR_IBAN = "DE89370400440532013000"
XSD = Path(__file__).resolve().parents[3] / "shared" / "data" / "iso20022" / "camt.053.001.08.xsd"


def amount(minor: int) -> str:
    return f"{abs(minor) // 100}.{abs(minor) % 100:02d}"


def movement(
    minor: int,
    ref: str,
    *,
    end_to_end: str = "",
    iban: str = "",
    text: str = "",
    reason: str = "",
    day: str = "2026-06-24",
    info: str = "",
    name: str = "",
) -> str:
    """One booked entry; `reason` makes it a returned transfer, `info` names a whole payment order."""
    side = "DBIT" if minor < 0 else "CRDT"
    party = "Cdtr" if minor < 0 else "Dbtr"
    refs = (f"<PmtInfId>{info}</PmtInfId>" if info else "") + (
        f"<EndToEndId>{end_to_end}</EndToEndId>" if end_to_end else ""
    )
    who = f"<{party}><Pty><Nm>{escape(name)}</Nm></Pty></{party}>" if name else ""
    who += f"<{party}Acct><Id><IBAN>{iban}</IBAN></Id></{party}Acct>" if iban else ""
    return (
        f'<Ntry><Amt Ccy="EUR">{amount(minor)}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{ref}</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls>{f'<Refs>{refs}</Refs>' if refs else ''}"
        f"{f'<RltdPties>{who}</RltdPties>' if who else ''}"
        f"{f'<RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf>' if text else ''}"
        f"{f'<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>' if reason else ''}"
        "</TxDtls></NtryDtls></Ntry>"
    )


def statement(
    number: str, opening: int, *movements: tuple[int, str], iban: str = OUR_IBAN, day: str = "2026-06-24"
) -> str:
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


def line(minor: int, ref: str, **fields: str) -> tuple[int, str]:
    return minor, movement(minor, ref, **fields)


def camt(*statements: str, message: str = "MSG1") -> bytes:
    """The file; checked against the schema where it is at hand, so the tests read what banks may send."""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-06-24T22:00:00Z</CreDtTm></GrpHdr>"
        f"{''.join(statements)}</BkToCstmrStmt></Document>"
    )
    if XSD.exists():
        _schema().validate(text)
    return text.encode()


_loaded: list[xmlschema.XMLSchema] = []


def _schema() -> xmlschema.XMLSchema:
    if not _loaded:
        _loaded.append(xmlschema.XMLSchema(str(XSD)))
    return _loaded[0]


def pain002(message_id: str, *answers: tuple[str, str, str], group: str = "", reason: str = "") -> bytes:
    """A status report: `answers` are (end-to-end id, status, reason code); `group` the status of the whole file."""
    transfers = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{ref}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        + (f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else "")
        + "</TxInfAndSts>"
        for ref, status, code in answers
    )
    whole = (f"<GrpSts>{group}</GrpSts>" if group else "") + (
        f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    )
    block = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{message_id}-1</OrgnlPmtInfId>{transfers}</OrgnlPmtInfAndSts>"
        if answers
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>ANSWER1</MsgId><CreDtTm>2026-06-24T22:00:00Z</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{whole}</OrgnlGrpInfAndSts>{block}"
        "</CstmrPmtStsRpt></Document>"
    ).encode()
