"""Whatever is sent as a file of the bank: refused at the field, or shown as not importable; nothing is booked."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import BankFile, BankLine, JournalEntry
from tests import pages
from tests.bad_files import FILES
from tests.billing.bank_messages import camt, line, statement
from tests.factories import billing as make
from tests.factories import mms

pytestmark = pytest.mark.django_db
GOOD = camt(statement("1", 0, line(700, "R2", name="Who?"))).decode()
# A message of the right kind with something wrong inside.
MENDED = {
    "no statement": ("<Stmt>", "<Stmx>", "</Stmt>", "</Stmx>"),
    "an amount in words": (">7.00<", ">seven<"),
    "an amount with five decimals": (">7.00<", ">7.00001<"),
    "an unknown currency": ("EUR", "XQZ"),
    "yen with decimals": ("EUR", "JPY", ">7.00<", ">7.50<"),
    "no account": ("<IBAN>", "<IBAX>", "</IBAN>", "</IBAX>"),
    "a day that is none": ("2026-", "2026-99"),
}


@pytest.fixture
def finance():
    make.entity()
    return mms.sign_in(Client(), mms.operator_user("finance"))


@pytest.mark.parametrize("what", FILES)
def test_a_bad_bank_file_is_refused_at_its_field(finance, what):
    name, data = FILES[what]
    answer = pages.upload(finance, reverse("console:billing-bank-file-upload"), data, name)
    pages.assert_refused(answer, "file")
    assert BankFile.objects.count() == 0


@pytest.mark.parametrize("what", MENDED)
def test_a_statement_with_something_wrong_inside_says_so_and_books_nothing(finance, what):
    text, changes = GOOD, MENDED[what]
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text, what
        text = text.replace(old, new)
    entries = JournalEntry.objects.count()
    answer = pages.upload(finance, reverse("console:billing-bank-file-upload"), text.encode(), "june.xml")
    if answer.status_code == 422:
        pages.assert_refused(answer, "file")
        return
    file = BankFile.objects.get()
    page = reverse("console:billing-bank-file-detail", args=[file.ref])
    assert "This file cannot be imported." in pages.words(finance.get(page))
    answer = finance.post(reverse("console:billing-bank-file-import", args=[file.ref]), follow=True)
    assert answer.status_code == 200
    assert (BankLine.objects.count(), JournalEntry.objects.count()) == (0, entries)
