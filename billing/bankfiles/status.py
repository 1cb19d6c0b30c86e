"""pain.002, the bank's answer to a payment order, read by local names so that every version of it fits."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from billing.bankfiles.foreign import Node, children, find, local, parse_foreign, text
from billing.errors import BankFileUnreadable

REJECTED = frozenset({"RJCT", "CANC"})
# The bank took the order. That the money left is believed only when the account statement says so.
ACCEPTED = frozenset({"ACCP", "ACTC", "ACSP", "ACWC", "ACSC", "ACCC", "ACFC", "ACWP", "ACPD"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says of one transfer, or of a whole file when `end_to_end_id` is empty."""

    message_id: str
    end_to_end_id: str
    status: str
    reason: str

    @property
    def is_rejection(self) -> bool:
        return self.status in REJECTED

    @property
    def is_acceptance(self) -> bool:
        return self.status in ACCEPTED


def read_answers(content: bytes) -> list[Answer]:
    """Answers from the whole to its parts: the group's, then each payment block's, then each transfer's."""
    root = parse_foreign(content)
    body = find(root, "CstmrPmtStsRpt")
    if local(root) != "Document" or body is None:
        raise BankFileUnreadable(_("This is not a payment status report (pain.002)."))
    group = find(body, "OrgnlGrpInfAndSts")
    message_id = text(group, "OrgnlMsgId")
    if group is None or not message_id:
        raise BankFileUnreadable(_("The report does not say which file it answers (OrgnlMsgId)."))
    found = list(_whole(group, "GrpSts", message_id))
    for block in children(body, "OrgnlPmtInfAndSts"):
        found += _whole(block, "PmtInfSts", message_id)
        for tx in children(block, "TxInfAndSts"):
            end_to_end_id = text(tx, "OrgnlEndToEndId")
            if not end_to_end_id:
                raise BankFileUnreadable(
                    _("An answer does not say which transfer it means (OrgnlEndToEndId).")
                )
            found.append(Answer(message_id, end_to_end_id, text(tx, "TxSts"), _reason(tx)))
    return found


def _whole(node: Node, name: str, message_id: str) -> Iterator[Answer]:
    status = text(node, name)
    # PART says only that the parts differ; they follow one by one.
    if status and status not in ("PART", "PDNG", "RCVD"):
        yield Answer(message_id, "", status, _reason(node))


def _reason(node: Node) -> str:
    told = []
    for row in children(node, "StsRsnInf"):
        told.append(text(row, "Rsn/Cd") or text(row, "Rsn/Prtry"))
        told += [text(line) for line in children(row, "AddtlInf")]
    return " ".join(filter(None, told))[:300]
