"""Sign what is sent, the Standard Webhooks way, so that a receiver can tell that it came from here and is fresh."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

from flagstaff.kernel.errors import FlagstaffError

SHORTEST_SECRET = 24
"""Bytes below which a secret is refused (Standard Webhooks: 24 to 64)."""


class WeakSecret(FlagstaffError):
    """A signing secret is no base64 or too short to protect anything."""

    slug = "weak-secret"
    title = "This signing secret cannot be used"


def read_secret(text: str) -> bytes:
    """Return the bytes of a `whsec_…` secret; raises WeakSecret.

    The library drops what is not base64 without a word and takes any length, hence the check here.
    """
    try:
        secret = base64.b64decode(text.removeprefix("whsec_") + "==", validate=False)
        strict = base64.b64encode(secret).decode().rstrip("=") == text.removeprefix("whsec_").rstrip("=")
    except (binascii.Error, ValueError):
        secret, strict = b"", False
    if not strict or len(secret) < SHORTEST_SECRET:
        msg = f"a signing secret is base64 of at least {SHORTEST_SECRET} bytes"
        raise WeakSecret(msg, mend="let `flagstaff platform add` make one")
    return secret


def headers(secrets: Sequence[str], message: str, at: datetime, body: str) -> dict[str, str]:
    """Return the headers of one sending: a signature for each live secret, so that a rotation loses nothing.

    `body` must be text: given bytes, the library signs something else without an error.
    """
    signatures = [Webhook(read_secret(secret)).sign(message, at, body) for secret in secrets]
    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
