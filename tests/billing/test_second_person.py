"""Four eyes: another person decides, and never a program, whatever rights its key holds."""

import pytest

from backoffice.kernel.actors import Actor, ActorKind
from billing.errors import SamePerson
from billing.operations.second_person import require_second_person


def actor(kind: ActorKind, user_id: int | None) -> Actor:
    return Actor(kind=kind, id="7", label="Somebody", user_id=user_id)


@pytest.mark.parametrize("first", [1, None])
def test_another_person_decides(first):
    require_second_person(actor(ActorKind.USER, 2), first, "no")


def test_who_asked_is_refused_with_the_reason():
    with pytest.raises(SamePerson, match="You wrote it"):
        require_second_person(actor(ActorKind.USER, 1), 1, "You wrote it.")


@pytest.mark.parametrize("first", [1, None])
def test_a_program_is_nobody_s_second_pair_of_eyes(first):
    with pytest.raises(SamePerson, match="program"):
        require_second_person(actor(ActorKind.API_KEY, None), first, "no")
