"""Lint, format and types find nothing to say. `python3 dev.py check` runs the same commands."""

import subprocess
import sys
from pathlib import Path

import pytest

import dev
from tests.architecture.tree import ROOT


@pytest.mark.parametrize("name", ["types", "lint", "format"])
def test_the_check_finds_nothing(name: str) -> None:
    program, *arguments = dev.CHECKS[name]
    done = subprocess.run(
        [str(Path(sys.executable).with_name(program)), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
