"""Order numbers for people, tokens for links."""

import secrets

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: they are mixed up on the phone


def new_number() -> str:
    """Return eight random characters, "K7PM-3FQX": 40 bits, so numbers tell nothing about how much a shop sells."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def new_token() -> str:
    """Return what opens an order's page without an account: 144 random bits."""
    return secrets.token_urlsafe(18)
