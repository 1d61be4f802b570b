"""Make secrets that nobody can guess: session keys, API keys, invitation links, signing secrets.

They are not ids: they come from the operating system even where ids are seeded, for whoever knew the seed of a
demo would otherwise hold its sessions.
"""

import secrets

BYTES = 32


def secret_text() -> str:
    """Return 256 random bits as URL-safe text of 43 characters."""
    return secrets.token_urlsafe(BYTES)


def secret_bytes() -> bytes:
    """Return 256 random bits."""
    return secrets.token_bytes(BYTES)


def public_id(letters: int = 16) -> str:
    """Return a random lower-case hexadecimal name for a key or secret; it hides nothing, it only never repeats."""
    return secrets.token_hex((letters + 1) // 2)[:letters]
