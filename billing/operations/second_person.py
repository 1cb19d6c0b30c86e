"""Four eyes: what one person asked for, another person decides."""

from backoffice.kernel.actors import Actor, ActorKind
from backoffice.kernel.phrases import gettext as _
from billing.errors import SamePerson


def require_second_person(actor: Actor, first_user_id: int | None, message: str) -> None:
    """Raise `SamePerson` with `message` for the one who asked, and for every program: a key that holds both grants
    would be both pairs of eyes."""
    if actor.kind == ActorKind.API_KEY:
        raise SamePerson(
            _("A program cannot be the second person. Somebody must decide this in the console.")
        )
    if actor.user_id is not None and actor.user_id == first_user_id:
        raise SamePerson(message)
