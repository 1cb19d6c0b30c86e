"""What a bank file says, independent of its format."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Transfer:
    end_to_end_id: str
    holder: str
    iban: str
    bic: str
    account_number: str
    routing_code: str
    amount_minor: int
    text: str


@dataclass(frozen=True, slots=True)
class BankFile:
    """One order to the bank: who pays, when, what; `message_id` is derived from the batch."""

    message_id: str
    created_at: datetime
    execution_on: date
    debtor_name: str
    debtor_iban: str
    debtor_bic: str
    currency: str
    debtor_routing: str
    debtor_company_id: str
    debtor_bank: str
    transfers: tuple[Transfer, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """What a written file says it contains, read back from its bytes."""

    count: int
    total_minor: int
