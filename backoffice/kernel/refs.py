"""Public ids: random, prefixed, safe to read aloud (Crockford base 32 without I, L, O, U)."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10


def new_ref(prefix: str) -> str:
    """A fresh ref such as `MO-7K2F9QX4AB`: 50 random bits, so it is an id, never a secret."""
    bits = secrets.randbits(5 * LENGTH)
    return f"{prefix}-{''.join(ALPHABET[bits >> 5 * place & 31] for place in range(LENGTH))}"


def new_token() -> str:
    """An unguessable url-safe secret of 192 bits; store only its hash."""
    return secrets.token_urlsafe(24)
