"""Keep the keys of the house in files of their own, outside the database and its data folder.

`house.pub` is the public half in use, `house-<id>.key` are private halves (the present one and those it replaced),
`hash.key` makes keyed hashes, `service.key` seals secrets of the service. A process is given only the files it needs:
one that receives needs no private half.
"""

import base64
import binascii
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from flagstaff.kernel.errors import FlagstaffError
from flagstaff.vault.sealing import Hasher, Opener, Sealer, ServiceKey, key_id

_PUBLIC: Final = "house.pub"
_HASH: Final = "hash.key"
_SERVICE: Final = "service.key"
_SIZE: Final = 32


class KeysMissing(FlagstaffError):
    """A key file is not where it must be; nothing new is made in its place, for it could not open what is there."""

    slug = "keys-missing"
    title = "The keys of the house are incomplete"


class KeysReadable(FlagstaffError):
    """A key file can be read or replaced by other accounts of this machine."""

    slug = "keys-readable"
    title = "The keys of the house are open to others"


class KeysBroken(FlagstaffError):
    """A key file does not hold a key."""

    slug = "keys-broken"
    title = "A key of the house is damaged"


class Keys:
    """Hold the keys found in one folder; what is not there cannot be asked for."""

    def __init__(
        self,
        folder: Path,
        *,
        public: bytes | None,
        private: dict[str, bytes],
        hash_key: bytes | None,
        service_key: bytes | None,
    ) -> None:
        """Use `load` or `load_or_make`."""
        self.folder = folder
        self._public = public
        self._private = private
        self._hash = hash_key
        self._service = service_key

    @classmethod
    def load_or_make(cls, folder: Path) -> "Keys":
        """Return the keys of `folder`; where it holds none at all, make the first ones (files 0600, folder 0700)."""
        with _locked(folder):
            if not any(_present(folder)):
                _write(folder / _HASH, os.urandom(_SIZE))
                _write(folder / _SERVICE, os.urandom(_SIZE))
                _make_pair(folder)
        keys = cls.load(folder)
        for part in (keys.sealer, keys.opener, keys.service):
            part()
        return keys

    @classmethod
    def load(cls, folder: Path, *, private: bool = True) -> "Keys":
        """Return what lies in `folder`; with `private=False` no private half is read: what a receiving process does.

        Raises KeysReadable for a file that other accounts may read, KeysBroken for one that holds no key.
        """
        _refuse_open_folder(folder)
        return cls(
            folder,
            public=_read(folder / _PUBLIC),
            private=_halves(folder) if private else {},
            hash_key=_read(folder / _HASH),
            service_key=_read(folder / _SERVICE),
        )

    @property
    def key_id(self) -> str:
        """Return the id of the pair that is sealed to now."""
        return key_id(self._need(self._public, _PUBLIC))

    @property
    def ids(self) -> list[str]:
        """Return the ids of the private halves held here."""
        return sorted(self._private)

    def sealer(self) -> Sealer:
        """Return what intake needs: the public half and the hash key."""
        return Sealer(self._need(self._public, _PUBLIC), self._need(self._hash, _HASH))

    def hasher(self) -> Hasher:
        """Return the keyed hashes alone."""
        return Hasher(self._need(self._hash, _HASH))

    def opener(self) -> Opener:
        """Return the private halves; the folder is looked at again for one that was made since."""
        present = self.key_id
        if present not in self._private:
            raise _missing(self.folder / f"house-{present}.key")
        return Opener(self._private, lambda name: _read(self.folder / f"house-{name}.key"))

    def service(self) -> ServiceKey:
        """Return the key of the service's own secrets."""
        return ServiceKey(self._need(self._service, _SERVICE))

    def _need(self, key: bytes | None, name: str) -> bytes:
        if key is None:
            raise _missing(self.folder / name)
        return key

    def __repr__(self) -> str:
        """Name the folder and no key."""
        return f"Keys({str(self.folder)!r})"


def renew(folder: Path) -> str:
    """Make a new pair to seal to from now on and return its id; old private halves stay and go on opening.

    Only the pair is renewed. The hash key stays: with another one every person would be a stranger.
    """
    with _locked(folder):
        Keys.load(folder).opener()
        return _make_pair(folder)


def give(folder: Path, target: Path, *, private: bool) -> list[str]:
    """Write the keys of `folder` that another process needs into `target` (made with mode 0700); return their names.

    With `private=False` no private half is given, and one that lies there is taken away.
    """
    Keys.load(folder).opener()
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_open_folder(target)
    halves = [path.name for path in folder.glob("house-*.key")]
    names = [_PUBLIC, _HASH, _SERVICE, *(sorted(halves) if private else [])]
    for former in set(target.glob("house-*.key")) - {target / name for name in names}:
        former.unlink()
    for name in names:
        key = _read(folder / name)
        if key is None:
            raise _missing(folder / name)
        _write(target / name, key)
    return names


def _make_pair(folder: Path) -> str:
    """Write the private half first: a public half whose private one is lost would seal for ever."""
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    _write(folder / f"house-{key_id(public)}.key", private.private_bytes_raw())
    _write(folder / _PUBLIC, public)
    return key_id(public)


def _present(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in (_PUBLIC, _HASH, _SERVICE) if (folder / name).exists())
    yield from folder.glob("house-*.key")


def _halves(folder: Path) -> dict[str, bytes]:
    found = {}
    for path in sorted(folder.glob("house-*.key")):
        half = _read(path)
        name = path.name.removeprefix("house-").removesuffix(".key")
        if half is None:
            continue
        if key_id(X25519PrivateKey.from_private_bytes(half).public_key().public_bytes_raw()) != name:
            msg = "this private half does not belong to its name"
            raise KeysBroken(msg, where=str(path), mend="put the file back from the keys' backup")
        found[name] = half
    return found


def _read(path: Path) -> bytes | None:
    """Return the key in a file, None where there is no such file."""
    try:
        mode = path.stat().st_mode
        if mode & 0o077:
            msg = "this key can be read or changed by other accounts of this machine"
            raise KeysReadable(msg, where=str(path), mend=f"run: chmod 600 {path}")
        key = base64.b64decode(path.read_text("ascii").strip(), validate=True)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        msg = "this key belongs to another account and cannot be read"
        raise KeysMissing(msg, where=str(path), mend="start Flagstaff as the account that made it") from error
    except (binascii.Error, UnicodeDecodeError):
        key = b""
    if len(key) != _SIZE:
        msg = "this file does not hold a key"
        raise KeysBroken(msg, where=str(path), mend="put the file back from the keys' backup")
    return key


def _write(path: Path, key: bytes) -> None:
    """Write a key so that it stands whole or not at all, readable by its owner only."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(base64.b64encode(key) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time make keys: two that start at once must not seal to different ones."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _refuse_open_folder(folder: Path) -> None:
    try:
        mode = folder.stat().st_mode
    except FileNotFoundError:
        msg = "there is no folder of keys here"
        raise KeysMissing(msg, where=str(folder), mend="set FLAGSTAFF_KEYS, or put the folder back") from None
    if mode & 0o022:
        msg = "other accounts of this machine may put files into the folder of keys"
        raise KeysReadable(msg, where=str(folder), mend=f"run: chmod 700 {folder}")


def _missing(path: Path) -> KeysMissing:
    msg = f"the key file {path.name} is not there"
    mend = "put it back from the keys' backup; without it nothing sealed before can be used"
    return KeysMissing(msg, where=str(path), mend=mend)
