"""Keep the passwords of the database roles in one file beside the keys, readable by its owner only."""

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.settings import Secret
from flagstaff.store.roles import Role

_FILE = "database.json"


class BadPasswords(FlagstaffError):
    """The file with the passwords of the database roles cannot be used."""

    slug = "bad-passwords"
    title = "The passwords of the database roles cannot be used"


def keep_passwords(folder: Path) -> dict[Role, Secret]:
    """Return every role's password: 192 random bits, made once and kept in `database.json` (mode 0600).

    Several processes may ask at once on an empty folder: all get what the first one wrote.
    """
    path = folder / _FILE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = _read(path)
    missing = [role for role in Role if role.value not in kept]
    if missing:
        kept |= {role.value: secrets.token_urlsafe(24) for role in missing}
        _write(path, kept, first=not path.exists())
        kept = _read(path)
    return {role: Secret(kept[role.value]) for role in Role}


def read_passwords(folder: Path) -> dict[Role, Secret]:
    """Return the passwords that lie in `folder`, and make none: what a process is given that may not make roles."""
    kept = _read(folder / _FILE)
    return {role: Secret(kept[role.value]) for role in Role if role.value in kept}


def give_passwords(folder: Path, target: Path, roles: Iterable[Role]) -> None:
    """Write the passwords of some roles into `target`, an existing folder, in place of what stands there."""
    kept = keep_passwords(folder)
    _write(target / _FILE, {role.value: kept[role].reveal() for role in sorted(roles)}, first=False)


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    if path.stat().st_mode & 0o077:
        msg = "others can read the passwords of the database roles"
        raise BadPasswords(msg, where=str(path), mend=f"chmod 600 {path}")
    try:
        kept = json.loads(path.read_text(encoding="ascii"))
        return {str(role): str(password) for role, password in kept.items()}
    except (ValueError, AttributeError) as error:
        msg = "the file with the passwords of the database roles is damaged"
        raise BadPasswords(msg, where=str(path), mend="restore it from the backup of the keys") from error


def _write(path: Path, kept: dict[str, str], *, first: bool) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(
        os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii"
    ) as file:
        json.dump(kept, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        if first:
            # A link never replaces: whoever is second finds the first one's file and takes that.
            path.hardlink_to(draft)
        else:
            draft.replace(path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
