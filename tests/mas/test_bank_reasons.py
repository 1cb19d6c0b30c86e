"""Banks answer with codes; merchants read why their payout came back."""

import pytest
from django.utils import translation

from backoffice.kernel.phrases import shown, stored
from mas.bank_reasons import bank_reason_text


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("AC04", "The account is closed (AC04)."),
        (" r03", "The account number is wrong (R03)."),
        ("AC04 closed account", "AC04 closed account"),
        ("ZZ99", "ZZ99"),
        ("", ""),
    ],
)
def test_a_code_alone_becomes_a_sentence_and_words_stay(reason, words):
    assert bank_reason_text(reason) == words


def test_the_sentence_is_told_in_the_language_of_whoever_reads():
    kept = stored(bank_reason_text("AC04"))
    with translation.override("de"):
        assert shown(kept) == "Das Konto ist geschlossen (AC04)."
