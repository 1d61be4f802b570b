"""The files of this checkout, as the other tests here look at them."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "flagstaff"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def kept_files() -> list[Path]:
    """Give every file that git keeps, or would keep if it were added."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def words(path: Path) -> str | None:
    """Give a file's text, or None for a picture or font."""
    content = path.read_bytes()
    return None if b"\0" in content else content.decode(errors="replace")


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))
