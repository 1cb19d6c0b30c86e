"""The console's search box finds merchants."""

import pytest

from mas.console.search import find
from tests.factories import mas as make
from tests.factories.actors import operator_actor, stranger_actor

pytestmark = pytest.mark.django_db


def test_merchants_are_found_by_name_number_and_legal_name():
    merchant = make.merchant(name="Nordlicht")
    make.counterparty(merchant, legal_name="Hammer KG")
    make.merchant(name="Other")
    for text in ("nordl", merchant.ref.lower(), "hammer"):
        assert [hit.title for hit in find(text, operator_actor())] == ["Nordlicht"]
    assert find(merchant.ref, operator_actor())[0].exact


def test_strangers_find_nothing():
    make.merchant(name="Nordlicht")
    assert find("nordlicht", stranger_actor()) == []
