"""Files that lie, that are hostile, or that say the same in another way."""

import pytest

from backoffice.kernel.errors import InvalidInput
from billing.bankfiles.camt import read_statements
from billing.errors import BankFileUnreadable
from billing.models import BankFile, BankLine
from billing.operations.bank_files import import_bank_file, upload_bank_file
from tests.billing.bank_messages import camt, line, statement
from tests.billing.payout_stories import PREPARER

pytestmark = pytest.mark.django_db


def imported(content):
    return import_bank_file(upload_bank_file("a.xml", content, actor=PREPARER).ref, actor=PREPARER)


HOSTILE = [
    b"not xml at all",
    b"<Document><BkToCstmrStmt>",
    b'<!DOCTYPE d [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]><Document>&b;</Document>',
    b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/evil.dtd"><Document/>',
    b'<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]><Document><BkToCstmrStmt>&f;</BkToCstmrStmt></Document>',
    b"<Document><CstmrDrctDbtInitn/></Document>",
]


@pytest.mark.parametrize("content", HOSTILE)
def test_a_file_that_is_not_a_banks_is_refused(content):
    with pytest.raises(BankFileUnreadable):
        upload_bank_file("evil.xml", content, actor=PREPARER)
    assert BankFile.objects.count() == 0


def test_a_file_above_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr("billing.bankfiles.foreign.MAX_BYTES", 100)
    with pytest.raises(BankFileUnreadable, match="larger"):
        upload_bank_file("big.xml", b"<Document>" + b" " * 200 + b"</Document>", actor=PREPARER)


def test_a_statement_that_does_not_add_up_is_refused(books):
    content = camt(statement("1", 0, line(500, "R1"))).replace(b"5.00", b"5.01", 1)
    with pytest.raises(BankFileUnreadable, match="add up"):
        imported(content)
    assert BankLine.objects.count() == 0


def test_an_account_of_nobody_is_refused(books):
    with pytest.raises(InvalidInput, match="none of the companies"):
        imported(camt(statement("1", 0, line(500, "R1"), iban="FR1420041010050500013M02606")))


def test_an_entry_with_several_transactions_is_several_lines():
    entry = line(-300, "R1")[1].replace(
        "<TxDtls></TxDtls>",
        '<TxDtls><Refs><EndToEndId>A</EndToEndId></Refs><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>'
        '<TxDtls><Refs><EndToEndId>B</EndToEndId></Refs><Amt Ccy="EUR">2.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>',
    )
    [found] = read_statements(camt(statement("1", 0, (-300, entry))))

    assert [(row.entry_ref, row.end_to_end_id, row.amount_minor) for row in found.movements] == [
        ("R1/1", "A", -100),
        ("R1/2", "B", -200),
    ]


def test_pending_entries_are_not_money():
    entry = line(-300, "R1")[1].replace("BOOK", "PDNG")
    [found] = read_statements(camt(statement("1", 0, (0, entry))))
    assert found.movements == ()
