"""A reader of ACH files written from the published record layout (Nacha Operating Rules, Appendix Three).

It shares nothing with the writer: every position is stated here once more, and every promise of the format is checked.
"""

from dataclasses import dataclass, field

# Per record type: (field, length, kind); N = digits, A = printable characters, R = a routing number after one blank.
LAYOUT = {
    "1": "priority 2N, destination 10R, origin 10A, created_on 6N, created_at 4N, modifier 1A, record_size 3N, "
    "blocking 2N, format 1N, destination_name 23A, origin_name 23A, reference 8A",
    "5": "service_class 3N, company 16A, discretionary 20A, company_id 10A, class_code 3A, description 10A, "
    "descriptive_date 6A, effective_on 6N, settlement_day 3A, originator_status 1N, odfi 8N, batch_number 7N",
    "6": "transaction 2N, rdfi 8N, check_digit 1N, account 17A, amount 10N, individual_id 15A, receiver 22A, "
    "discretionary 2A, addenda 1N, trace 15N",
    "7": "addenda_type 2N, payment_information 80A, addenda_sequence 4N, entry_sequence 7N",
    "8": "service_class 3N, entries 6N, entry_hash 10N, debits 12N, credits 12N, company_id 10A, "
    "authentication 19A, reserved 6A, odfi 8N, batch_number 7N",
    "9": "batches 6N, blocks 6N, entries 8N, entry_hash 10N, debits 12N, credits 12N, reserved 39A",
}
RECORD, BLOCKING = 94, 10
FILLER = "9" * RECORD
CHECKING_CREDITS, CREDITS_ONLY = {"22", "32"}, "220"


@dataclass
class Entry:
    """One credit with what its addenda say."""

    fields: dict[str, str]
    addenda: list[dict[str, str]] = field(default_factory=list)

    @property
    def amount_minor(self) -> int:
        return int(self.fields["amount"])

    @property
    def routing(self) -> str:
        return self.fields["rdfi"] + self.fields["check_digit"]


@dataclass
class AchFile:
    header: dict[str, str]
    batch: dict[str, str]
    entries: list[Entry]
    batch_control: dict[str, str]
    control: dict[str, str]


def take(record: str) -> dict[str, str]:
    """The fields of one record, each of its kind."""
    found, at = {}, 1
    for name, told in (part.split() for part in LAYOUT[record[0]].split(", ")):
        length, kind = int(told[:-1]), told[-1]
        text = record[at : at + length]
        at += length
        if kind == "N":
            assert text.isdigit(), f"{record[0]}.{name} is {text!r}"
        elif kind == "R":
            assert text[0] == " ", f"{record[0]}.{name} is {text!r}"
            assert text[1:].isdigit(), f"{record[0]}.{name} is {text!r}"
        assert text.isascii(), f"{record[0]}.{name} is {text!r}"
        assert text.isprintable(), f"{record[0]}.{name} is {text!r}"
        assert text == text.upper(), f"{record[0]}.{name} is {text!r}"
        found[name] = text.strip() if kind != "N" else text
    assert at == RECORD
    return found


def check_digit(eight: str) -> str:
    """Position by position times 3, 7, 1: what is missing to the next multiple of ten."""
    total = 0
    for place, digit in enumerate(eight):
        total += int(digit) * [3, 7, 1][place % 3]
    return str((10 - total % 10) % 10)


def read(text: str) -> AchFile:
    """The file, when it keeps every promise of the format; an `AssertionError` says which one it breaks."""
    assert text.endswith("\n")
    records = text[:-1].split("\n")
    assert {len(record) for record in records} == {RECORD}
    assert len(records) % BLOCKING == 0
    real = list(records)
    while real[-1] == FILLER:
        real.pop()
    assert len(records) - len(real) < BLOCKING, "more filler than one block needs"

    kinds = "".join(record[0] for record in real)
    assert kinds[:2] == "15", kinds
    assert kinds[-2:] == "89", kinds
    inside = kinds[2:-2]
    assert set(inside) == {"6", "7"}
    assert inside[0] == "6"
    file = AchFile(take(real[0]), take(real[1]), _entries(real[2:-2]), take(real[-2]), take(real[-1]))
    _check_headers(file)
    _check_totals(file, len(inside), len(records))
    return file


def _entries(records: list[str]) -> list[Entry]:
    entries: list[Entry] = []
    for record in records:
        if record[0] == "6":
            entries.append(Entry(take(record)))
        else:
            entries[-1].addenda.append(take(record))
    previous = ""
    for entry in entries:
        told = entry.fields
        assert told["transaction"] in CHECKING_CREDITS
        assert told["check_digit"] == check_digit(told["rdfi"])
        assert told["trace"] > previous, "trace numbers rise"
        assert told["addenda"] == ("1" if entry.addenda else "0")
        for number, addenda in enumerate(entry.addenda, start=1):
            assert addenda["addenda_type"] == "05"
            assert int(addenda["addenda_sequence"]) == number
            assert addenda["entry_sequence"] == told["trace"][-7:]
        previous = told["trace"]
    return entries


def _check_headers(file: AchFile) -> None:
    header, batch, control = file.header, file.batch, file.batch_control
    assert (header["priority"], header["record_size"], header["blocking"], header["format"]) == (
        "01",
        "094",
        "10",
        "1",
    )
    assert header["destination"][-1] == check_digit(header["destination"][:8])
    assert (batch["service_class"], batch["class_code"], batch["originator_status"]) == (
        CREDITS_ONLY,
        "CCD",
        "1",
    )
    for name in ("service_class", "company_id", "odfi", "batch_number"):
        assert batch[name] == control[name]
    assert {entry.fields["trace"][:8] for entry in file.entries} == {batch["odfi"]}


def _check_totals(file: AchFile, inside: int, records: int) -> None:
    total = sum(entry.amount_minor for entry in file.entries)
    entry_hash = sum(int(entry.fields["rdfi"]) for entry in file.entries) % 10_000_000_000
    for told in (file.batch_control, file.control):
        assert int(told["entries"]) == inside
        assert int(told["entry_hash"]) == entry_hash
        assert int(told["debits"]) == 0
        assert int(told["credits"]) == total
    assert int(file.control["batches"]) == 1
    assert int(file.control["blocks"]) * BLOCKING == records
