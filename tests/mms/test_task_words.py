"""Kinds of tasks are told in words; every kind the product opens has some."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from mms.console.tasks import kind_label

ROOT = Path(__file__).resolve().parents[2]
OPENED = re.compile(r'(?:_TASK = |^TASK = |open_task\(\s*kind=)"([a-z_]+\.[a-z_]+)"', re.MULTILINE)


def opened_kinds() -> set[str]:
    files = [file for app in ("mas", "pim", "oms", "billing") for file in (ROOT / app).rglob("*.py")]
    return {kind for file in files for kind in OPENED.findall(file.read_text(encoding="utf-8"))}


def test_kinds_are_read_in_the_readers_language():
    assert kind_label("oms.capture_failed") == "Order that could not be charged"
    with translation.override("de"):
        assert kind_label("oms.capture_failed") == "Bestellung nicht belastet"


def test_every_kind_that_is_opened_has_words():
    kinds = opened_kinds()
    assert {"billing.dispute", "mas.review_document", "oms.refund_failed", "pim.review_queue"} <= kinds
    assert {kind for kind in kinds if kind_label(kind) == read_from_code(kind)} == set()


@pytest.mark.parametrize("kind", ["own.strange_kind"])
def test_an_unknown_kind_is_read_from_its_code(kind):
    assert kind_label(kind) == read_from_code(kind) == "Strange kind"


def read_from_code(kind: str) -> str:
    return kind.rpartition(".")[2].replace("_", " ").capitalize()
