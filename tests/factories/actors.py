"""Actors for tests: who acts, with exactly the grants that the test names."""

from backoffice.kernel.actors import Actor, ActorKind


def operator_actor(*grants: str, label: str = "Olivia Operator", user_id: int | None = None) -> Actor:
    """Staff of the operator; without grants it sees everything but may do nothing that needs a right."""
    return Actor(
        kind=ActorKind.USER,
        id=str(user_id or 1001),
        label=label,
        grants=frozenset(grants or {"tests.sees_everything"}),
        audience="console",
        user_id=user_id,
    )


def merchant_actor(
    merchant_id: int, *grants: str, label: str = "Mia Merchant", user_id: int | None = None
) -> Actor:
    """Staff of one merchant with these grants there and nowhere else."""
    return Actor(
        kind=ActorKind.USER,
        id=str(user_id or 2002),
        label=label,
        merchant_grants={merchant_id: frozenset(grants)},
        audience="portal",
        user_id=user_id,
    )


def stranger_actor(*grants: str) -> Actor:
    """Staff of a merchant that owns none of the rows of the test, holding the same grants there."""
    return merchant_actor(987_654_321, *grants, label="Sam Stranger")
