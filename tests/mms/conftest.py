from collections.abc import Iterator

import pytest

from tests.factories.mms import forget_references


@pytest.fixture(autouse=True)
def _fresh_references() -> Iterator[None]:
    forget_references()
    yield
    forget_references()
