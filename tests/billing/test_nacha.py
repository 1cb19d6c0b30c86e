"""ACH files: the bytes of a known order, and files that disagree with themselves."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput
from billing.bankfiles.nacha import is_routing_number, read_nacha_control, write_nacha
from billing.bankfiles.transfers import BankFile, Control, Transfer
from billing.models import Payout
from billing.operations.payout_files import control_of, create_batch, download_batch, write_file
from tests.billing import nacha_reader
from tests.billing.payout_stories import PREPARER, WEDNESDAY, approved, settle
from tests.factories import mas
from tests.factories.billing import entity, funded

GOLDEN = Path(__file__).parent / "golden" / "three_credits.ach"


def transfer(number: int, amount: int, **fields) -> Transfer:
    fields.setdefault("routing_code", "021000021")
    fields.setdefault("account_number", f"10002000{number}")
    fields.setdefault("holder", f"Müller & Söhne {number}")
    return Transfer(
        end_to_end_id=f"PAY-000000000{number}",
        iban="",
        bic="",
        amount_minor=amount,
        text=f"STL-000000000{number} PAY-000000000{number}",
        **fields,
    )


def order(*transfers: Transfer, **fields) -> BankFile:
    fields.setdefault("currency", "USD")
    fields.setdefault("debtor_routing", "121000358")
    fields.setdefault("debtor_company_id", "1987654321")
    return BankFile(
        message_id="BAT-0123456789",
        created_at=datetime(2026, 6, 23, 9, 5, tzinfo=UTC),
        execution_on=date(2026, 6, 24),
        debtor_name="Marketplace Incorporated",
        debtor_iban="",
        debtor_bic="",
        debtor_bank="Bank of Somewhere",
        transfers=transfers,
        **fields,
    )


THREE = order(
    transfer(1, 4126), transfer(2, 1, routing_code="011401533"), transfer(3, 9_999_999_999, holder="Ltd")
)


def test_the_bytes_of_a_known_order():
    written = write_nacha(THREE)

    assert written == GOLDEN.read_text()
    assert all(len(line) == 94 for line in written.splitlines())
    assert len(written.splitlines()) % 10 == 0
    assert read_nacha_control(written, "USD") == Control(3, 10_000_004_126)


DIGITS = st.text("0123456789", min_size=8, max_size=8)
TRANSFERS = st.lists(
    st.tuples(
        DIGITS,
        st.text("0123456789", min_size=1, max_size=17),
        st.integers(1, 10**10 - 1),
        st.text(min_size=1, max_size=60),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rows=TRANSFERS)
def test_a_reader_of_its_own_finds_every_transfer_and_every_promise_of_the_format_kept(rows):
    transfers = [
        transfer(
            number,
            amount,
            routing_code=bank + nacha_reader.check_digit(bank),
            account_number=account,
            holder=holder,
        )
        for number, (bank, account, amount, holder) in enumerate(rows)
    ]
    read = nacha_reader.read(write_nacha(order(*transfers)))

    assert [(entry.routing, entry.fields["account"], entry.amount_minor) for entry in read.entries] == [
        (row.routing_code, row.account_number, row.amount_minor) for row in transfers
    ]
    for entry, row in zip(read.entries, transfers, strict=True):
        assert entry.fields["individual_id"] == row.end_to_end_id
        assert [addenda["payment_information"] for addenda in entry.addenda] == [row.text]
    assert (read.header["destination"], read.header["origin"]) == ("121000358", "1987654321")
    assert (read.batch["effective_on"], read.batch["odfi"]) == ("260624", "12100035")


@pytest.mark.parametrize(
    ("record", "at", "digit"),
    [(2, 38, "9"), (3, 90, "9"), (8, 12, "9"), (9, 9, "9"), (9, 12, "9"), (2, 11, "0"), (0, 12, "9")],
)
def test_the_reader_sees_a_digit_that_was_changed(record, at, digit):
    lines = write_nacha(THREE).splitlines()
    lines[record] = lines[record][:at] + digit + lines[record][at + 1 :]
    with pytest.raises(AssertionError):
        nacha_reader.read("\n".join(lines) + "\n")


def test_the_entry_hash_keeps_its_last_ten_digits():
    many = order(*[transfer(number % 10, 5, routing_code="325081403") for number in range(400)])
    control = write_nacha(many).splitlines()[-1 - 0]
    batch = next(line for line in write_nacha(many).splitlines() if line.startswith("8"))

    assert 400 * 32508140 > 10**10
    assert int(batch[10:20]) == 400 * 32508140 % 10**10
    assert len(control) == 94


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (("6", slice(29, 39)), "0000009999"),
        (("6", slice(3, 11)), "99999999"),
        (("8", slice(4, 10)), "000009"),
    ],
)
def test_a_file_that_disagrees_with_itself_is_found(place, change):
    (kind, where), lines = place, write_nacha(THREE).splitlines()
    number = next(index for index, line in enumerate(lines) if line.startswith(kind))
    lines[number] = lines[number][: where.start] + change + lines[number][where.stop :]
    with pytest.raises(ValueError, match="control records"):
        read_nacha_control("\n".join(lines), "USD")


@pytest.mark.parametrize(
    "wrong",
    [
        order(transfer(1, 5, routing_code="021000022")),
        order(transfer(1, 5, account_number="123456789012345678")),
        order(transfer(1, 10**10)),
        order(transfer(1, 5), currency="EUR"),
        order(transfer(1, 5), debtor_routing=""),
        order(transfer(1, 5), debtor_company_id=""),
    ],
)
def test_what_ach_cannot_carry_is_refused(wrong):
    with pytest.raises(InvalidInput):
        write_nacha(wrong)


@pytest.mark.parametrize(
    ("number", "right"),
    [("021000021", True), ("021000022", False), ("02100002", False), ("02100002a", False)],
)
def test_routing_numbers_have_a_check_digit(number, right):
    assert is_routing_number(number) is right


@pytest.mark.django_db
def test_a_dollar_payout_goes_by_ach():
    books = entity(
        currency="USD",
        iban="",
        us_routing_number="121000358",
        us_company_id="1987654321",
        us_bank_name="Bank",
    )
    seller = mas.merchant()
    mas.bank_account(
        seller,
        scheme="us_aba",
        account_number="1000200030",
        routing_code="021000021",
        bic="",
        country="US",
        changed_at=datetime(2025, 1, 1, tzinfo=UTC),
    )
    with clock.frozen_at(WEDNESDAY):
        funded(books, seller.pk, 12345, currency="USD")
    settle(books)
    approved(books.settlements.get())
    payout = Payout.objects.get()
    # 4 July 2026 is a Saturday, so the Federal Reserve pays on Monday the 6th.
    batch = create_batch([payout.ref], file_format="nacha", execution_on=date(2026, 7, 4), actor=PREPARER)

    assert (control_of(batch), batch.execution_on) == (Control(1, 12345), date(2026, 7, 6))
    assert payout.ref in batch.content
    (entry,) = nacha_reader.read(batch.content).entries
    assert (entry.amount_minor, entry.routing, entry.fields["individual_id"]) == (
        12345,
        "021000021",
        payout.end_to_end_id,
    )
    assert write_file(batch, list(batch.payouts.all())) == batch.content
    assert download_batch(batch.ref, actor=PREPARER).downloaded_at is not None
