"""Clock, refs, hashing, actors, grants and periodic work."""

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy

from backoffice.kernel import clock, periodic
from backoffice.kernel.actors import Actor, ActorKind, buyer_actor, system_actor, timer_actor
from backoffice.kernel.errors import DomainError, PermissionRefused
from backoffice.kernel.grants import MERCHANT, OPERATOR, all_grants, grant, grants_of
from backoffice.kernel.hashing import canonical_json, sha256_hex, sha256_of
from backoffice.kernel.models import Job, PeriodicMark
from backoffice.kernel.refs import new_ref, new_token
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor


def test_the_clock_can_be_stopped_and_shifted():
    noon = datetime(2026, 6, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    with clock.frozen_at(noon):
        assert clock.now() == noon
        assert clock.now().tzinfo == UTC
        assert clock.today().isoformat() == "2026-06-01"
    before = clock.now()
    with clock.shifted(timedelta(days=1)), clock.shifted(timedelta(hours=1)):
        assert timedelta(hours=25) <= clock.now() - before < timedelta(hours=25, minutes=1)
    assert clock.now() - before < timedelta(minutes=1)


def test_refs_are_readable_and_never_meet():
    refs = {new_ref("MO") for _number in range(5000)}
    assert len(refs) == 5000
    assert all(re.fullmatch(r"MO-[0-9A-HJKMNP-TV-Z]{10}", ref) for ref in refs)


def test_tokens_are_long_and_never_meet():
    tokens = {new_token() for _number in range(1000)}
    assert len(tokens) == 1000
    assert min(len(token) for token in tokens) >= 32


def test_canonical_json_has_one_spelling():
    assert canonical_json({"b": 1, "a": ["ü", None]}) == canonical_json({"a": ["ü", None], "b": 1})
    assert canonical_json({"b": {2, 1}, "a": Decimal("1.50")}) == '{"a":"1.50","b":[1,2]}'
    assert canonical_json({"at": datetime(2026, 1, 2, tzinfo=UTC)}) == '{"at":"2026-01-02T00:00:00+00:00"}'
    assert canonical_json([gettext_lazy("Yes")]) == '["Yes"]'


@pytest.mark.parametrize("value", [1.5, {"a": [1.0]}, [(0.1,)]])
def test_floats_have_no_canonical_form(value):
    with pytest.raises(TypeError, match="float"):
        canonical_json(value)


def test_what_has_no_plain_form_is_refused():
    with pytest.raises(TypeError, match="object"):
        canonical_json({"a": object()})


def test_hashes_are_those_of_sha256():
    assert sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of({}) == sha256_hex("{}")


def test_an_operator_may_what_is_granted_and_sees_everything():
    actor = operator_actor("tests.ship")
    assert actor.is_global
    assert actor.can("tests.ship", merchant_id=1)
    with pytest.raises(PermissionRefused) as refusal:
        actor.require("tests.pay")
    assert refusal.value.params == {"grant": "tests.pay"}


def test_a_merchants_grants_end_at_its_own_door():
    actor = merchant_actor(5, "tests.ship")
    assert not actor.is_global
    assert actor.merchant_ids == {5}
    assert actor.can("tests.ship")
    assert actor.can("tests.ship", merchant_id=5)
    assert not actor.can("tests.ship", merchant_id=6)
    assert not actor.can("tests.pay", merchant_id=5)
    assert not stranger_actor("tests.ship").can("tests.ship", merchant_id=5)


def test_timers_may_everything_and_buyers_nothing():
    assert timer_actor("auto-received").can("tests.anything", merchant_id=3)
    assert system_actor().is_global
    assert not buyer_actor().can("tests.anything")
    assert not buyer_actor().is_global


def test_nobody_without_grants_is_global():
    assert not Actor(kind=ActorKind.USER, id="1", label="x").is_global


def test_a_grant_is_declared_once_and_for_its_audiences(monkeypatch):
    monkeypatch.setattr("backoffice.kernel.grants._registry", {})
    assert grant("tests.ship", "Ship", MERCHANT) == "tests.ship"
    assert grant("tests.pay", "Pay") == "tests.pay"
    assert grants_of(OPERATOR) == {"tests.pay"}
    assert grants_of(MERCHANT) == {"tests.pay", "tests.ship"}
    assert [item.code for item in all_grants()] == ["tests.pay", "tests.ship"]
    with pytest.raises(ValueError, match="declared twice"):
        grant("tests.ship", "Ship")


def _subclasses(cls):
    for child in cls.__subclasses__():
        yield child
        yield from _subclasses(child)


def test_error_codes_name_one_error_each():
    codes = {}
    for error in _subclasses(DomainError):
        if not error.__module__.startswith("tests."):
            codes.setdefault(error.code, set()).add(f"{error.__module__}.{error.__qualname__}")
    inherited = {code: names for code, names in codes.items() if len(names) > 1}
    assert inherited == {}


@pytest.mark.django_db
@pytest.mark.usefixtures("registries")
def test_periodic_work_runs_when_due_and_its_failure_is_kept():
    calls = []

    @periodic.periodic("tests.hourly", every=timedelta(hours=1))
    def hourly():
        calls.append(clock.now())
        if len(calls) == 2:
            raise ConnectionError("no answer")

    start = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    with clock.frozen_at(start):
        assert (periodic.run_due(), periodic.run_due()) == (1, 0)
    with clock.frozen_at(start + timedelta(minutes=59)):
        assert periodic.run_due() == 0
    with clock.frozen_at(start + timedelta(hours=1)):
        assert periodic.run_due() == 1
        mark = PeriodicMark.objects.get()
        assert (mark.last_error, mark.next_at) == ("ConnectionError: no answer", start + timedelta(hours=2))
        assert periodic.run_due(everything=True) == 1
    assert PeriodicMark.objects.get().last_error == ""
    assert len(calls) == 3


@pytest.mark.django_db
def test_percent_of_a_job_never_says_all_before_the_end():
    assert Job(done_count=10, total_count=10, state="running").percent == 99
    assert Job(done_count=1, total_count=3, state="running").percent == 33
    assert Job(done_count=1, total_count=None, state="running").percent is None
    assert Job(state="done").percent == 100
