"""Two merchants: the one whose things are offered, and the one who reaches for them."""

from typing import Any

import pytest

from backoffice.kernel.models import Job
from mms.models import Role
from mms.operations.access import assign_role
from tests.factories import mms as make
from tests.factories.mas import merchant
from tests.isolation import objects

MERCHANT_ROLES = (
    "merchant-admin",
    "merchant-stock",
    "merchant-orders",
    "merchant-accounting",
    "merchant-support",
)


@pytest.fixture
def victim(db: None) -> Any:
    return merchant(name="Victim and Sons")


@pytest.fixture
def foreign(victim: Any) -> dict[str, Any]:
    """Everything the apps and the shells offer of the victim."""
    job = Job.objects.create(kind="tests.nothing", merchant_id=victim.pk)
    shells = {"job": job.ref, "content-page": objects.Shared("imprint"), "media-file": "nobody/knows.webp"}
    return {**shells, **objects.collect(victim)}


@pytest.fixture
def attacker(db: None) -> Any:
    return merchant(name="Attacker Ltd")


@pytest.fixture
def all_roles(attacker: Any) -> dict[str, Any]:
    """A person of the attacker per merchant role, and one who holds them all."""
    people = {code: make.merchant_user(attacker, code) for code in MERCHANT_ROLES}
    people["every role"] = make.merchant_user(attacker, *MERCHANT_ROLES)
    return people


@pytest.fixture
def operator_people(db: None) -> dict[str, Any]:
    """A person per operator role, and one who holds them all."""
    codes = list(Role.objects.filter(audience="operator").values_list("code", flat=True))
    people = {code: make.operator_user(code) for code in codes}
    everything = make.user(name="Every Role")
    for code in codes:
        assign_role(everything, code, actor=make._system)
    people["every role"] = everything
    return people
