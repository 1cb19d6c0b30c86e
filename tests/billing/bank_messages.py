"""What a bank sends, built for the tests: account statements (camt.053.001.08) and status reports (pain.002)."""

from pathlib import Path

import xmlschema

from backoffice.demo import bank

OUR_IBAN = "DE89370400440532013000"
XSD = Path(__file__).resolve().parents[3] / "shared" / "data" / "iso20022" / "camt.053.001.08.xsd"


DAY = "2026-06-24"


def movement(minor: int, ref: str, *, day: str = DAY, **fields: str) -> str:
    """One booked entry; `reason` makes it a returned transfer, `info` names a whole payment order."""
    return bank.movement(bank.Booked(minor, ref, **fields), day)


def statement(
    number: str, opening: int, *movements: tuple[int, str], iban: str = OUR_IBAN, day: str = DAY
) -> str:
    """One statement whose closing is its opening and its movements `(minor, xml)`."""
    return bank.statement(number, opening, *movements, iban=iban, day=day)


def line(minor: int, ref: str, **fields: str) -> tuple[int, str]:
    return minor, movement(minor, ref, **fields)


def camt(*statements: str, message: str = "MSG1") -> bytes:
    """The file; checked against the schema where it is at hand, so the tests read what banks may send."""
    content = bank.camt(*statements, message=message, day=DAY)
    if XSD.exists():
        _schema().validate(content.decode())
    return content


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
