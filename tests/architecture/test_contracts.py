"""Imports run downhill, and every contract that says so catches the import it forbids."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.architecture.tree import PACKAGE, ROOT


class Planted(NamedTuple):
    contract: str
    file: str
    imports: str

    @property
    def seen(self) -> str:
        return f"flagstaff.{self.file.removesuffix('.py').replace('/', '.')} -> {self.imports}"


PLANTED = [
    Planted("Imports run downhill, and every room is placed", "kernel/planted.py", "flagstaff.store"),
    Planted("Imports run downhill, and every room is placed", "cases/planted.py", "flagstaff.decisions"),
    Planted("Imports run downhill, and every room is placed", "api/planted.py", "flagstaff.console"),
    Planted("Imports run downhill, and every room is placed", "flows/planted.py", "flagstaff.app"),
    Planted("Inside a room: storage, then rules, then model", "cases/model.py", "flagstaff.cases.rules"),
    Planted("Inside a room: storage, then rules, then model", "cases/rules.py", "flagstaff.cases.storage"),
    Planted("Models and rules are pure", "flags/model.py", "asyncpg"),
    Planted("Models and rules are pure", "flags/rules.py", "litestar"),
    Planted("Models and rules are pure", "menus/rules.py", "httpx"),
    Planted("Models and rules are pure", "staff/rules.py", "uvicorn"),
    Planted("Models and rules are pure", "staff/model.py", "importlib"),
    Planted("Models and rules are pure", "audit/rules.py", "flagstaff.store"),
    Planted("Sealed storage has one door", "flows/planted.py", "flagstaff.vault.storage"),
    Planted("Flows do not read views", "flows/planted.py", "flagstaff.views"),
    Planted("Views do not reach the vault", "views/planted.py", "flagstaff.vault"),
    Planted("Corpus work reaches no storage", "corpus/planted.py", "flagstaff.store"),
    Planted("Corpus work reaches no storage", "corpus/planted.py", "flagstaff.flags.storage"),
    Planted("Only the store and storage know the driver", "console/planted.py", "asyncpg"),
]


def test_the_house_keeps_its_contracts() -> None:
    code, report = lint(ROOT / "src")
    assert code == 0, report


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.seen)
def test_a_forbidden_import_is_caught(planted: Planted, report_on_planted: str) -> None:
    assert f"{planted.contract} BROKEN" in report_on_planted
    _, _, findings = report_on_planted.partition("Broken contracts")
    of_this_contract = findings.partition(f"\n{planted.contract}\n")[2]
    assert planted.seen in of_this_contract


def test_every_contract_has_an_import_planted_against_it() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in contracts} == {planted.contract for planted in PLANTED}


def test_a_new_folder_fails_until_someone_places_it(tmp_path: Path) -> None:
    source = copy_of_the_package(tmp_path)
    (source / "flagstaff" / "unplaced").mkdir()
    (source / "flagstaff" / "unplaced" / "__init__.py").write_text("")
    code, report = lint(source)
    assert code != 0
    assert "flagstaff.unplaced" in report


@pytest.fixture(scope="module")
def report_on_planted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One copy of the package with every bad import in it, and what the contracts say of it."""
    source = copy_of_the_package(tmp_path_factory.mktemp("planted"))
    for planted in PLANTED:
        file = source / "flagstaff" / planted.file
        before = file.read_text() if file.exists() else ""
        file.write_text(f"{before}\nimport {planted.imports}\n")
        whole = source.joinpath(*planted.imports.split("."))
        if planted.imports.startswith("flagstaff.") and not whole.is_dir():
            whole.with_suffix(".py").touch()
    code, report = lint(source)
    assert code != 0
    return report


def copy_of_the_package(folder: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(PACKAGE, folder / "src" / "flagstaff", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "src"


def lint(source: Path) -> tuple[int, str]:
    """Run the contracts of `source`'s own pyproject.toml; the tool reads its root package from the path."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=source.parent,
        env={**os.environ, "PYTHONPATH": str(source), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr
