"""The documentation builds without a warning and says what the code says."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT


def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    """A broken link, a missing page or an unknown reference fails here; nothing is fetched."""
    built = subprocess.run(
        [
            sys.executable,
            "-m",
            "sphinx",
            "-q",
            "-W",
            "--keep-going",
            "-b",
            "html",
            "-d",
            str(tmp_path / "trees"),
            "docs",
            str(tmp_path / "html"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    pages = list((tmp_path / "html").rglob("*.html"))
    assert pages
    loaded = [
        page.name
        for page in pages
        if 'src="http' in page.read_text() or 'rel="stylesheet" href="http' in page.read_text()
    ]
    assert not loaded
