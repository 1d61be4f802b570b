"""Make, seal and open the secrets shared with a platform."""

import base64
from typing import Final

import msgspec

from flagstaff.flows.house import House
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.unguessable import public_id, secret_bytes, secret_text
from flagstaff.platforms.model import LiveSecret, Purpose, SealedSecret
from flagstaff.vault.sealing import ServiceKey
from flagstaff.vocabulary.references import Platform

_TABLE: Final = "platforms.secret"
_FIELD: Final = "sealed"


class NoServiceKey(FlagstaffError):
    """This process was not given the service key."""

    slug = "no-service-key"
    status = 503
    title = "This process cannot use the platforms' secrets"


class NewSecret(msgspec.Struct, frozen=True):
    """A secret just made: `text` is shown once, `sealed` is what is stored."""

    text: str
    sealed: SealedSecret

    def __repr__(self) -> str:
        """Name the secret without showing it."""
        return f"NewSecret({self.sealed.platform}, {self.sealed.kid})"


def make_secret(house: House, platform: Platform, purpose: Purpose) -> NewSecret:
    """Make a secret of 256 bits: plain text for tokens, `whsec_` and base64 for webhooks (Standard Webhooks)."""
    if purpose is Purpose.TOKEN:
        text, kid = secret_text(), f"t{public_id(11)}"
    else:
        text, kid = "whsec_" + base64.b64encode(secret_bytes()).decode(), f"w{public_id(11)}"
    sealed = _service(house).seal(text.encode(), platform=platform, table=_TABLE, row=kid, field=_FIELD)
    return NewSecret(text, SealedSecret(platform, kid, purpose, sealed, house.clocks.wall.now()))


def open_secret(house: House, secret: SealedSecret) -> LiveSecret:
    """Open a stored secret; raises NoServiceKey, or CannotOpen where it was changed."""
    plain = _service(house).open(
        secret.sealed, platform=secret.platform, table=_TABLE, row=secret.kid, field=_FIELD
    )
    return LiveSecret(secret.platform, secret.kid, plain.decode())


def _service(house: House) -> ServiceKey:
    if house.service is None:
        msg = "this process holds no service key"
        raise NoServiceKey(msg, where="keys", mend="give it service.key, or ask a process that has it")
    return house.service
