"""What Harborlane must know: where Flagstaff is, the secrets they share, and where this host listens."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

PREFIX = "HARBORLANE_"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every field may stand in a TOML file, or in the environment as HARBORLANE_<FIELD>."""

    flagstaff: str = "http://127.0.0.1:8000"  # as browsers reach it
    flagstaff_inside: str = ""  # as this server reaches it, where that differs
    platform: str = "harborlane"
    api_key: str = ""  # fs_<id>_<secret>, scopes flags, content, feeds, menus
    token_kid: str = ""
    token_secret: str = ""  # signs person tokens and subject tickets (HS256, the text's bytes)
    measures_secret: str = ""  # whsec_…, measures and authors' notices
    reporters_secret: str = ""  # whsec_…, reporters' notices: a secret and an endpoint of their own
    host: str = "127.0.0.1"
    port: int = 8001
    public_url: str = ""
    guide: str = ""  # where a visitor of the demo came from; shown as a link at the top
    folder: Path = Path("harborlane-data")  # the SQLite file lies here

    @property
    def address(self) -> str:
        """Return the address under which people reach this host."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def flagstaff_server(self) -> str:
        """Return the address under which this server reaches Flagstaff."""
        return self.flagstaff_inside or self.flagstaff


def load(file: Path | None = None, env: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings: defaults, then the TOML file (or HARBORLANE_SETTINGS), then the environment."""
    path = file or (Path(env[PREFIX + "SETTINGS"]) if env.get(PREFIX + "SETTINGS") else None)
    given: dict[str, object] = dict(tomllib.loads(path.read_text(encoding="utf-8"))) if path else {}
    for field in msgspec.structs.fields(Settings):
        value = env.get(PREFIX + field.name.upper())
        if value is not None:
            given[field.name] = value
    return msgspec.convert(given, Settings, strict=False, dec_hook=lambda wanted, value: wanted(value))
