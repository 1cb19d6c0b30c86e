"""An approved statement is a numbered document: one number, without gaps per company and year, for good."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from reportlab import rl_config

from backoffice.kernel import clock
from billing.errors import StatementChanged
from billing.exports.statement_pdf import render_statement
from billing.exports.statements import statement_rows
from billing.models import Settlement
from billing.operations.settlement_review import approve_settlement
from billing.selectors.settlements import get_settlement
from tests.billing.at_once import at_once
from tests.billing.payout_stories import APPROVER, MONDAY, approved, reviewed
from tests.factories import mas
from tests.factories.billing import entity

pytestmark = pytest.mark.django_db


def shown(pdf: bytes) -> str:
    """The text of a PDF whose embedded fonts keep the codes of plain letters."""
    pieces = re.findall(rb"\((.*?)\) Tj", pdf, re.DOTALL)
    return b" ".join(pieces).decode("latin-1")


def sign(row):
    with clock.frozen_at(MONDAY):
        return approved(row)


def test_a_statement_gets_its_number_at_approval_and_keeps_it(books, seller):
    row = reviewed(books, seller)
    assert row.number is None
    assert not any("2026-00001" in str(cell) for cells in statement_rows(row) for cell in cells)
    number = sign(row).number
    assert number == f"{books.code.upper()}-2026-00001"
    assert sign(row).number == number
    cells = [cells for cells in statement_rows(get_settlement(row.ref, actor=APPROVER)) if cells]
    assert ["Number", number] in cells


def test_the_number_stands_on_the_pdf(books, seller, monkeypatch):
    row = reviewed(books, seller)
    # Uncompressed, so that the text can be searched.
    monkeypatch.setattr(rl_config, "pageCompression", 0)
    assert "Number" not in shown(render_statement(row))
    sign(row)
    signed = get_settlement(row.ref, actor=APPROVER)
    assert shown(render_statement(signed)).count(signed.number) == 1


def test_a_refused_approval_takes_no_number(books, seller):
    first, second = reviewed(books, seller), reviewed(books, mas.merchant())
    with pytest.raises(StatementChanged):
        approve_settlement(first.ref, statement_sha256="0" * 64, actor=APPROVER)
    assert (sign(second).number or "").endswith("-00001")
    assert (sign(first).number or "").endswith("-00002")


def test_companies_count_for_themselves(books, seller):
    other = entity()
    assert sign(reviewed(books, seller)).number == f"{books.code.upper()}-2026-00001"
    assert sign(reviewed(other, mas.merchant())).number == f"{other.code.upper()}-2026-00001"


def test_the_year_is_the_companys_own(books, seller):
    row = reviewed(books, seller)
    with clock.frozen_at(MONDAY.replace(month=12, day=31, hour=23, minute=30)):
        assert approved(row).number == f"{books.code.upper()}-2027-00001"


@pytest.mark.parametrize("value", [None, "OTHER-1"])
def test_the_database_keeps_a_given_number(books, seller, value):
    row = sign(reviewed(books, seller))
    with pytest.raises(IntegrityError), transaction.atomic():
        Settlement.objects.filter(pk=row.pk).update(number=value)


@transaction.atomic
def delete_behind_the_program(row):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM billing_settlement WHERE id = %s", [row.pk])
    connection.check_constraints()


def test_a_numbered_statement_is_not_deleted(books, seller):
    row = sign(reviewed(books, seller))
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    with pytest.raises(IntegrityError):
        delete_behind_the_program(row)
    assert Settlement.objects.filter(number=row.number).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_number_without_gap(books, seller):
    rows = [reviewed(books, seller), reviewed(books, mas.merchant())]
    assert at_once(*[lambda row=row: sign(row) for row in rows]) == [0, 0]
    numbers = sorted(Settlement.objects.values_list("number", flat=True))
    assert [number[-5:] for number in numbers] == ["00001", "00002"]
