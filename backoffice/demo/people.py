"""The demo's own staff: an operator, two finance people, and their second factor."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher

from backoffice.kernel.actors import Actor, system_actor
from mas.models import Merchant
from mms.models import User
from mms.operations.access import assign_role, create_user
from mms.selectors.access import CONSOLE, PORTAL, build_actor

PASSWORD = "demo-market-2026"  # noqa: S105 the demo prints it
# The same secret for every demo installation: the point is to be able to sign in, not to be safe.
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105


@contextmanager
def hashing_in_a_moment() -> Iterator[None]:
    """Passwords that are printed anyway are not hashed for seconds; who signs in has theirs hashed in full then."""
    hasher = cast("PBKDF2PasswordHasher", get_hasher())
    in_full, hasher.iterations = hasher.iterations, 1000
    try:
        yield
    finally:
        hasher.iterations = in_full


@dataclass(frozen=True, slots=True)
class Staff:
    operator: User
    finance: User
    approver: User

    def actor(self, user: User) -> Actor:
        """The user with the rights of their roles, as the console would build it."""
        return build_actor(user, CONSOLE)


def hire_staff() -> Staff:
    """Create the three console users with their roles and the printed second factor."""
    system = system_actor("demo")
    operator = _hire("operator@demo.test", "Olivia Brandt", "operator-admin", system)
    finance = _hire("finance@demo.test", "Felix Nowak", "finance", system)
    approver = _hire("approver@demo.test", "Amara Diallo", "finance-approver", system)
    return Staff(operator, finance, approver)


def seller_of(merchant: Merchant) -> Actor:
    """The person of a shop with the printed or counted login, as the portal would build it."""
    return build_actor(User.objects.get(email=merchant.email), PORTAL, merchant.pk)


def _hire(email: str, name: str, role: str, actor: Actor) -> User:
    user = create_user(email, name=name, password=PASSWORD, actor=actor, language="en")
    assign_role(user, role, actor=actor)
    give_second_factor(user)
    user.refresh_from_db()
    return user


def give_second_factor(user: User) -> None:
    """Enrol the printed TOTP secret, with recovery codes beside it."""
    TOTP.activate(user, TOTP_SECRET)
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).exists():
        RecoveryCodes.activate(user)
