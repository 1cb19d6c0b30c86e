from typing import Any

import pytest

from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.models import AuditEntry
from mms.errors import EmailTaken, LastAdministrator
from mms.models import Role
from mms.operations.access import assign_role, change_user, create_user, remove_role
from mms.operations.roles import change_role, seed_roles
from mms.permissions import MANAGE_ROLES, MANAGE_TEAM, MANAGE_USERS, VIEW_MAILS, VIEW_TASKS, VIEW_TEAM
from mms.selectors.access import build_actor, list_merchant_ids_of, list_team, list_users_with_role
from tests.factories import mms as make
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor
from tests.factories.mas import merchant

pytestmark = pytest.mark.django_db
admin = operator_actor(MANAGE_USERS, MANAGE_ROLES)


def test_a_person_without_roles_may_do_nothing() -> None:
    person = make.user()
    assert build_actor(person, "console").grants == frozenset()
    assert build_actor(person, "portal").merchant_ids == frozenset()


def test_an_operator_role_counts_in_the_console_only() -> None:
    person = make.operator_user("support")
    assert build_actor(person, "console").can(VIEW_MAILS)
    assert not build_actor(person, "portal").can(VIEW_MAILS)


def test_a_merchant_role_counts_on_its_merchant_only() -> None:
    mine, other = merchant(), merchant()
    person = make.merchant_user(mine)
    actor = build_actor(person, "portal")
    assert actor.can(MANAGE_TEAM, merchant_id=mine.pk)
    assert not actor.can(MANAGE_TEAM, merchant_id=other.pk)
    assert actor.is_global is False
    assert build_actor(person, "console").grants == frozenset()


def test_a_portal_actor_holds_only_the_chosen_merchants_grants() -> None:
    first, second = merchant(), merchant()
    person = make.merchant_user(first)
    assign_role(person, "merchant-orders", on=second, actor=admin)
    actor = build_actor(person, "portal", merchant_id=second.pk)
    assert actor.merchant_ids == {second.pk}
    assert actor.can(VIEW_TEAM, merchant_id=second.pk)
    assert not actor.can(MANAGE_TEAM)
    assert list_merchant_ids_of(person) == sorted([first.pk, second.pk])


def test_build_actor_needs_one_query_whatever_is_held(django_assert_num_queries: Any) -> None:
    places = [merchant() for _number in range(3)]
    person = make.merchant_user(places[0])
    for place in places:
        for code in ("merchant-stock", "merchant-orders"):
            assign_role(person, code, on=place, actor=admin)
    with django_assert_num_queries(1):
        actor = build_actor(person, "portal")
    assert actor.merchant_ids == {place.pk for place in places}
    staff = make.operator_user("support", "finance")
    assign_role(staff, "catalogue", on=make.store(), actor=admin)
    with django_assert_num_queries(1):
        actor = build_actor(staff, "console")
    assert actor.can(VIEW_MAILS)
    assert actor.place_grants


def test_a_locked_person_holds_nothing() -> None:
    person = make.operator_user("support")
    change_user(person, name=person.name, language="", is_active=False, actor=admin)
    assert build_actor(person, "console").grants == frozenset()


def test_assigning_twice_is_recorded_once() -> None:
    person = make.user()
    assign_role(person, "support", actor=admin)
    assign_role(person, "support", actor=admin)
    assert AuditEntry.objects.filter(action="mms.role.assigned", subject_ref=person.ref).count() == 1
    person.refresh_from_db()
    assert person.is_staff is True


def test_losing_the_last_operator_role_closes_the_console() -> None:
    person = make.operator_user("support", "finance")
    remove_role(person, "support", actor=admin)
    assert person.is_staff is True
    remove_role(person, "finance", actor=admin)
    assert person.is_staff is False


def test_a_merchant_administrator_gives_roles_on_the_own_merchant_only() -> None:
    mine, other = merchant(), merchant()
    chief = merchant_actor(mine.pk, MANAGE_TEAM)
    colleague = make.user()
    assign_role(colleague, "merchant-orders", on=mine, actor=chief)
    assert list_merchant_ids_of(colleague) == [mine.pk]
    with pytest.raises(NotFound):
        assign_role(colleague, "merchant-orders", on=other, actor=chief)
    with pytest.raises(PermissionRefused):
        assign_role(colleague, "support", actor=chief)
    with pytest.raises(InvalidInput):
        assign_role(colleague, "support", on=mine, actor=chief)
    assert list_merchant_ids_of(colleague) == [mine.pk]


def test_a_colleague_without_the_right_gives_no_roles() -> None:
    mine = merchant()
    with pytest.raises(PermissionRefused):
        assign_role(make.user(), "merchant-admin", on=mine, actor=merchant_actor(mine.pk, VIEW_TEAM))
    with pytest.raises(NotFound):
        assign_role(make.user(), "merchant-admin", on=mine, actor=stranger_actor(MANAGE_TEAM))
    assert list_team(mine.pk) == []


def test_a_merchant_role_is_not_assigned_everywhere() -> None:
    with pytest.raises(InvalidInput):
        assign_role(make.user(), "merchant-admin", actor=admin)


def test_the_last_administrator_of_a_merchant_stays() -> None:
    mine = merchant()
    first = make.merchant_user(mine)
    with pytest.raises(LastAdministrator):
        remove_role(first, "merchant-admin", on=mine, actor=admin)
    with pytest.raises(LastAdministrator):
        change_user(first, name="X", language="", is_active=False, actor=admin)
    second = make.merchant_user(mine)
    remove_role(first, "merchant-admin", on=mine, actor=admin)
    assert list_users_with_role("merchant-admin", on=mine) == [second]
    assert list_users_with_role("merchant-admin", merchant_id=mine.pk) == [second]


def test_the_last_administrator_of_the_marketplace_stays() -> None:
    chief = make.operator_user()
    with pytest.raises(LastAdministrator):
        remove_role(chief, "operator-admin", actor=admin)


def test_an_address_belongs_to_one_person() -> None:
    make.user("anna@example.com")
    with pytest.raises(EmailTaken):
        create_user("Anna@Example.com", name="Anna", password="long-enough-word-9", actor=admin)


def test_a_weak_password_is_refused_at_its_field() -> None:
    with pytest.raises(InvalidInput) as refusal:
        create_user("new@example.com", name="New", password="12345", actor=admin)
    assert list(refusal.value.fields) == ["password"]


def test_shipped_changes_reach_a_role_without_losing_edits() -> None:
    role = Role.objects.get(code="support")
    change_role(role, name="First line", grants=set(role.grants) - {VIEW_TASKS} | {MANAGE_USERS}, actor=admin)
    # An older release shipped something that is gone now, and did not ship the mails yet.
    Role.objects.filter(pk=role.pk).update(
        grants=[*[code for code in role.grants if code != VIEW_MAILS], "mms.gone"],
        shipped_grants=[*[code for code in role.shipped_grants if code != VIEW_MAILS], "mms.gone"],
    )
    seed_roles()
    role.refresh_from_db()
    assert role.name == "First line"
    assert VIEW_MAILS in role.grants
    assert MANAGE_USERS in role.grants
    assert VIEW_TASKS not in role.grants
    assert "mms.gone" not in role.grants


def test_a_role_cannot_hold_rights_of_the_other_audience() -> None:
    with pytest.raises(InvalidInput):
        change_role(
            Role.objects.get(code="merchant-stock"), name="X", grants=[MANAGE_USERS], actor=system_actor()
        )


def test_an_edited_right_counts_with_the_next_request() -> None:
    person = make.operator_user("support")
    role = Role.objects.get(code="support")
    change_role(role, name=role.name, grants=[MANAGE_ROLES], actor=admin)
    assert build_actor(person, "console").grants == {MANAGE_ROLES}
