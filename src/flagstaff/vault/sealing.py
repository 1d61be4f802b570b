"""Seal with a public half what only a private half opens again, each item bound to the place where it lies.

A sealed item is: version (1 byte), key id (8), the batch's ephemeral public key (32), nonce (12), AES-256-GCM of the
padded text. The key comes from X25519 and HKDF-SHA256, once per batch; platform, table, row and field are associated
data, each with its length before it, so that an item moved to another place does not open. The text is padded to
steps of 64 bytes, for the length of a platform's user id is half a name.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from flagstaff.kernel.errors import FlagstaffError
from flagstaff.vocabulary.references import PersonRef

_HOUSE: Final = b"\x01"
_SERVICE: Final = b"\x02"
_ID: Final = 8
_EPHEMERAL: Final = 32
_NONCE: Final = 12
_TAG: Final = 16
_STEP: Final = 64
_LENGTH: Final = 4


class CannotOpen(FlagstaffError):
    """A sealed item does not open: it was changed, moved, or sealed to a key that is not here."""

    slug = "cannot-open"
    status = 500
    title = "Something sealed cannot be opened"


def key_id(public: bytes) -> str:
    """Return the name of a key, 16 hexadecimal digits of its public half's (or a secret key's) SHA-256."""
    return hashlib.sha256(b"flagstaff key\0" + public).hexdigest()[: 2 * _ID]


def joined(*parts: str) -> bytes:
    """Return texts as one byte string that no other texts give: each with its length before it."""
    pieces = []
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        pieces += [len(data).to_bytes(_LENGTH), data]
    return b"".join(pieces)


class Hasher:
    """Make keyed hashes: equal for the same person or request, and meaningless without the hash key."""

    __slots__ = ("_keyed",)

    def __init__(self, hash_key: bytes) -> None:
        """Hold the hash key, 32 bytes, as a hash that has read it: reading it costs more than the text."""
        self._keyed = hmac.new(hash_key, digestmod=hashlib.sha256)

    def person_hash(self, person: PersonRef) -> bytes:
        """Return what a reporter is found by inside the vault."""
        return self._hash("person", person.platform, person.id)

    def staff_hash(self, person: PersonRef) -> bytes:
        """Return what an author is compared with a staff account by; it never equals a hash of the vault."""
        return self._hash("author", person.platform, person.id)

    def idempotency_digest(self, caller: str, route: str, key: str) -> bytes:
        """Return the name of one write of one caller; two writes of a caller show nothing in common."""
        return self._hash("idempotency", caller, route, key)

    def body_digest(self, body: bytes) -> bytes:
        """Return what a repeated request is compared by.

        Keyed: a body names its reporter, and a plain hash of a short one is found by trying every user id.
        """
        return self._digest(joined("body") + body)

    def word_hash(self, platform: str, kind: str, stem: str) -> bytes:
        """Return what a word of a suggestion is compared by: 8 bytes, of no use for another platform or kind."""
        return self._hash("word", platform, kind, stem)[:8]

    def fingerprint(self) -> str:
        """Return what this hash key is recognised by, and nothing else."""
        return self._hash("fingerprint").hex()[:16]

    def login_hash(self, login: str) -> bytes:
        """Return what failed logins of one name are counted by, whether or not that account exists."""
        return self._hash("login", login)

    def notice_code(self, number: str) -> str:
        """Return the code that, with the number of a notice, shows that somebody received it: 40 bits, base32."""
        return base64.b32encode(self._hash("notice", number)[:5]).decode()

    def shows_receipt(self, number: str, code: str) -> bool:
        """Tell whether a code, as somebody typed it, belongs to a notice."""
        typed = "".join(code.split()).replace("-", "").upper()
        return hmac.compare_digest(self.notice_code(number).encode(), typed.encode())

    def _hash(self, *parts: str) -> bytes:
        return self._digest(joined(*parts))

    def _digest(self, text: bytes) -> bytes:
        keyed = self._keyed.copy()
        keyed.update(text)
        return keyed.digest()


class SealedBatch:
    """Seal the items of one batch under one ephemeral key, which is forgotten with the batch."""

    __slots__ = ("_aead", "_head")

    def __init__(self, public: bytes) -> None:
        """Agree on a key with the owner of the private half of `public`."""
        ephemeral = X25519PrivateKey.generate()
        own = ephemeral.public_key().public_bytes_raw()
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
        self._aead = AESGCM(_derive(shared, own, public))
        self._head = _HOUSE + bytes.fromhex(key_id(public)) + own

    def seal(self, plain: bytes, *, platform: str, table: str, row: str, field: str) -> bytes:
        """Return `plain` sealed for the one place that is named."""
        nonce = os.urandom(_NONCE)
        bound = self._head + joined(platform, table, row, field)
        return self._head + nonce + self._aead.encrypt(nonce, _pad(plain), bound)


class Sealer(Hasher):
    """Hold what intake holds: the public half and the hash key. It opens nothing."""

    __slots__ = ("_public", "key_id")

    def __init__(self, public_key: bytes, hash_key: bytes) -> None:
        """Seal to the owner of `public_key`'s private half."""
        super().__init__(hash_key)
        self._public = public_key
        self.key_id = key_id(public_key)

    def batch(self) -> SealedBatch:
        """Begin a batch; it costs two curve operations, each item after that a few microseconds."""
        return SealedBatch(self._public)


class Opener:
    """Hold private halves by key id, the present one and those it replaced."""

    __slots__ = ("_find", "_private")

    def __init__(
        self, private: Mapping[str, bytes], find: Callable[[str], bytes | None] | None = None
    ) -> None:
        """Ask `find` for a half that is not held: keys may be renewed while this process runs."""
        self._private = dict(private)
        self._find = find

    def open(self, sealed: bytes, *, platform: str, table: str, row: str, field: str) -> bytes:
        """Return what was sealed for exactly this place; raises CannotOpen for anything else."""
        head = _read_head(sealed, _HOUSE, _EPHEMERAL)
        private = X25519PrivateKey.from_private_bytes(self._half(sealed[1 : 1 + _ID].hex()))
        own = sealed[1 + _ID : head]
        try:
            shared = private.exchange(X25519PublicKey.from_public_bytes(own))
        except ValueError:  # a point of low order, which nobody who seals makes
            raise _unopened() from None
        aead = AESGCM(_derive(shared, own, private.public_key().public_bytes_raw()))
        return _decrypt(aead, sealed, head, joined(platform, table, row, field))

    def _half(self, name: str) -> bytes:
        if name not in self._private and self._find is not None and (found := self._find(name)) is not None:
            self._private[name] = found
        if name not in self._private:
            msg = f"it was sealed to the key {name}, whose private half is not here"
            raise CannotOpen(msg, where="keys", mend=f"put house-{name}.key back from the keys' backup")
        return self._private[name]


class ServiceKey:
    """Seal and open what the service itself must use, such as the signing secrets of platforms."""

    __slots__ = ("_aead", "_head")

    def __init__(self, key: bytes) -> None:
        """Hold a key of 32 bytes that lies outside the database."""
        self._aead = AESGCM(key)
        self._head = _SERVICE + bytes.fromhex(key_id(key))

    def seal(self, plain: bytes, *, platform: str, table: str, row: str, field: str) -> bytes:
        """Return `plain` sealed for the one place that is named."""
        nonce = os.urandom(_NONCE)
        bound = self._head + joined(platform, table, row, field)
        return self._head + nonce + self._aead.encrypt(nonce, _pad(plain), bound)

    def open(self, sealed: bytes, *, platform: str, table: str, row: str, field: str) -> bytes:
        """Return what was sealed for exactly this place; raises CannotOpen for anything else."""
        head = _read_head(sealed, _SERVICE, 0)
        if sealed[:head] != self._head:
            msg = "it was sealed under another service key"
            raise CannotOpen(msg, where="keys", mend="put service.key back from the keys' backup")
        return _decrypt(self._aead, sealed, head, joined(platform, table, row, field))


def service_seal(key: ServiceKey, plain: bytes, *, platform: str, table: str, row: str, field: str) -> bytes:
    """Seal a secret of the service for the one place that is named."""
    return key.seal(plain, platform=platform, table=table, row=row, field=field)


def service_open(key: ServiceKey, sealed: bytes, *, platform: str, table: str, row: str, field: str) -> bytes:
    """Open a secret of the service; raises CannotOpen where place or key differ."""
    return key.open(sealed, platform=platform, table=table, row=row, field=field)


def _derive(shared: bytes, ephemeral: bytes, public: bytes) -> bytes:
    both = ephemeral + public
    return HKDF(algorithm=SHA256(), length=32, salt=both, info=b"flagstaff vault 1").derive(shared)


def _pad(plain: bytes) -> bytes:
    bare = len(plain).to_bytes(_LENGTH) + plain
    return bare + bytes(-len(bare) % _STEP)


def _read_head(sealed: bytes, version: bytes, extra: int) -> int:
    """Return where the nonce begins."""
    head = 1 + _ID + extra
    if sealed[:1] != version or len(sealed) < head + _NONCE + _STEP + _TAG:
        raise _unopened()
    return head


def _decrypt(aead: AESGCM, sealed: bytes, head: int, place: bytes) -> bytes:
    start = head + _NONCE
    try:
        padded = aead.decrypt(sealed[head:start], sealed[start:], sealed[:head] + place)
    except InvalidTag:
        raise _unopened() from None
    return padded[_LENGTH : _LENGTH + int.from_bytes(padded[:_LENGTH])]


def _unopened() -> CannotOpen:
    msg = "it was changed, or it lies in another place than it was sealed for"
    return CannotOpen(msg, where="vault", mend="compare the database with a backup")
