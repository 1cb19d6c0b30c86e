"""Proofs that files and records agree."""

from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.invariants import invariant
from dam.selectors.files import find_broken_pairs

SHOWN = 20


@invariant("dam.files_equal_records", _("Every stored file has its record and every record has its file"))
def files_equal_records() -> Iterator[str]:
    yield from islice(find_broken_pairs(), SHOWN)
