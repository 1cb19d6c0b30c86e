from datetime import date

import pytest

from backoffice.kernel.errors import InvalidInput, PermissionRefused
from mms.errors import TaxRateMissing
from mms.operations.taxes import enter_tax_rate
from mms.permissions import VIEW_TASKS
from mms.selectors.taxes import tax_rate_bps
from tests.factories import mms as make
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db


def test_the_newest_rate_of_the_day_counts() -> None:
    make.tax_rate(rate_bps=1900, valid_from=date(2007, 1, 1))
    make.tax_rate(rate_bps=1600, valid_from=date(2020, 7, 1))
    make.tax_rate(rate_bps=1900, valid_from=date(2021, 1, 1))
    assert tax_rate_bps("DE", "standard", date(2020, 6, 30)) == 1900
    assert tax_rate_bps("DE", "standard", date(2020, 7, 1)) == 1600
    assert tax_rate_bps("DE", "standard", date(2020, 12, 31)) == 1600
    assert tax_rate_bps("DE", "standard", date(2021, 1, 1)) == 1900


def test_a_missing_rate_says_who_must_enter_it() -> None:
    make.tax_rate(valid_from=date(2020, 1, 1))
    with pytest.raises(TaxRateMissing, match="administrator must enter it"):
        tax_rate_bps("DE", "standard", date(2019, 12, 31))
    with pytest.raises(TaxRateMissing, match="FR"):
        tax_rate_bps("FR", "reduced", date(2026, 1, 1))


def test_a_day_has_one_rate() -> None:
    make.tax_rate()
    with pytest.raises(InvalidInput):
        make.tax_rate(rate_bps=2000)
    assert tax_rate_bps("DE", "standard", date(2026, 1, 1)) == 1900


@pytest.mark.parametrize(
    ("field", "value"), [("country", "Germany"), ("tax_class", "luxury"), ("rate_bps", 10_001)]
)
def test_nonsense_is_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidInput):
        make.tax_rate(**{field: value})


def test_entering_rates_needs_the_right() -> None:
    with pytest.raises(PermissionRefused):
        enter_tax_rate(
            country="DE",
            tax_class="zero",
            rate_bps=0,
            valid_from=date(2020, 1, 1),
            actor=operator_actor(VIEW_TASKS),
        )
