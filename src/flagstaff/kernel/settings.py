"""Read the settings of an installation from FLAGSTAFF_* variables and an optional TOML file, strictly."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta

from flagstaff.kernel.errors import FlagstaffError

PREFIX = "FLAGSTAFF_"
# Read by the test suite, never by the product: it may stand in the environment of a product under test.
_FOR_TESTS = "FLAGSTAFF_TEST_"
_FILE = "FLAGSTAFF_CONFIG"


class BadSettings(FlagstaffError):
    """The settings name something unknown or hold a value that does not fit."""

    slug = "bad-settings"
    title = "The settings cannot be used"


class Secret:
    """Hold a secret text that no repr, log line or traceback shows; `reveal()` is the only way to it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep `text` out of sight."""
        self._text = text

    def reveal(self) -> str:
        """Return the text; call it only where it is handed to the party that needs it."""
        return self._text

    def __repr__(self) -> str:
        """Show that there is a secret, and nothing of it."""
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        """Compare by text."""
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        """Hash by text."""
        return hash(self._text)


def default_home() -> Path:
    """Return where an installation lives when nobody says so.

    Root gets /var/lib/flagstaff: PostgreSQL may have to run as `nobody` there, who cannot enter root's home.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/flagstaff")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "flagstaff"


Port = Annotated[int, Meta(ge=0, le=65535)]
Positive = Annotated[int, Meta(ge=1)]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hold everything an operator may set; docs/reference/settings.md explains each."""

    home: Path = msgspec.field(default_factory=default_home)
    keys: Path | None = None
    database_url: Secret | None = None
    postgres_bin: Path | None = None
    migrate: bool = True
    host: str = "127.0.0.1"
    port: Port = 8000
    public_url: str | None = None
    pool_size: Positive = 4
    statement_timeout_ms: Positive = 5000
    intake_batch: Positive = 512
    intake_queue: Positive = 4096
    intake_flushers: Positive = 4
    intake_patience_ms: Annotated[int, Meta(ge=0)] = 250
    intake_gather_ms: Annotated[int, Meta(ge=0)] = 4
    flags_per_minute: Annotated[int, Meta(ge=0)] = 0
    hints_per_minute: Annotated[int, Meta(ge=0)] = 60
    letters_per_minute: Annotated[int, Meta(ge=0)] = 10
    reactions_per_minute: Annotated[int, Meta(ge=0)] = 60
    suggestion_days: Positive = 14
    contact_days: Positive = 3
    request_seconds: Positive = 30
    worker: bool = True
    webhook_allow: tuple[str, ...] = ()
    coder_url: str | None = None
    coder_model: str | None = None
    coder_key: Secret | None = None
    coder_key_file: Path | None = None
    coder_allow: tuple[str, ...] = ()
    coder_batch: Annotated[int, Meta(ge=1, le=100)] = 20
    coder_seconds: Positive = 60
    log_level: str = "info"

    @property
    def keys_folder(self) -> Path:
        """Return where private keys and database passwords lie: beside the data folder, never inside it."""
        return self.keys or self.home / "keys"

    @property
    def database_folder(self) -> Path:
        """Return where the embedded PostgreSQL keeps data, log and lock."""
        return self.home / "database"

    @property
    def address(self) -> str:
        """Return the address under which people reach this house."""
        return self.public_url or f"http://{self.host}:{self.port}"


class _Given(msgspec.Struct, frozen=True):
    """Remember a raw value with the place it came from, for a message that can point there."""

    value: object
    where: str


def load(env: Mapping[str, str], toml: Path | None = None) -> Settings:
    """Return the settings: defaults, overridden by the TOML file, overridden by the environment.

    The file is `toml`, else what FLAGSTAFF_CONFIG names, else none. Raises BadSettings for an unknown name
    (with the nearest known one) and for a value of the wrong kind, without repeating the value.
    """
    path = toml or (Path(env[_FILE]) if env.get(_FILE) else None)
    given = {name: _Given(value, str(path)) for name, value in (_read_file(path) if path else {}).items()}
    for variable, text in env.items():
        if variable.startswith(PREFIX) and not variable.startswith(_FOR_TESTS) and variable != _FILE:
            given[variable.removeprefix(PREFIX).lower()] = _Given(text, variable)
    known = {field.name: field for field in msgspec.structs.fields(Settings)}
    for name, raw in given.items():
        if name not in known:
            raise _unknown(name, raw.where, known)
    fitting: dict[str, Any] = {name: _fit(known[name], raw) for name, raw in given.items()}
    return Settings(**fitting)


def _read_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = "this settings file cannot be read"
        raise BadSettings(msg, where=str(path), mend=f"make it readable ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = "this settings file is not TOML"
        raise BadSettings(msg, where=str(path), mend="check it with any TOML reader") from error


def _unknown(name: str, where: str, known: Mapping[str, object]) -> BadSettings:
    near = difflib.get_close_matches(name, known, n=1)
    mend = f"did you mean {near[0]!r}?" if near else "see docs/reference/settings.md for the list"
    return BadSettings(f"there is no setting {name!r}", where=where, mend=mend)


def _fit(field: msgspec.structs.FieldInfo, raw: _Given) -> object:
    """Turn a raw value into the field's type; texts of the environment are read as numbers, yes/no or lists."""
    value = raw.value
    if isinstance(value, str) and field.type == tuple[str, ...]:
        value = [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, str) and not value:
        value = None if type(None) in get_args(field.type) else value
    try:
        return msgspec.convert(value, field.type, strict=False, dec_hook=_read_special)
    except msgspec.ValidationError as error:
        # The library's text names the kinds, never the value: safe for a setting that holds a secret.
        msg = f"the setting {field.name!r} does not fit: {error}"
        raise BadSettings(msg, where=raw.where, mend="see docs/reference/settings.md") from None


def _read_special(wanted: type, value: object) -> object:
    if not isinstance(value, str):
        msg = f"Expected `str`, got `{type(value).__name__}`"
        raise msgspec.ValidationError(msg)
    if wanted is Path:
        return Path(value).expanduser()
    if wanted is Secret:
        return Secret(value)
    msg = f"nobody said how a setting of the type {wanted.__name__} is read"
    raise TypeError(msg)
