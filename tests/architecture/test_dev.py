"""dev.py makes the environment once, and says what is missing before it starts."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

import dev
from tests.architecture.tree import ROOT


def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), *arguments],
        env={"PATH": "/nowhere", **environment},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_standing_environment_is_left_alone_in_under_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    dev.prepare(dev.TEST_LOCK)
    assert time.monotonic() - started < 1
    assert capsys.readouterr().out == ""


def test_the_test_environment_also_serves_to_run() -> None:
    assert dev.holds(dev.RUN_LOCK)


def test_changed_pins_change_the_fingerprint(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1\n")
    before = dev.fingerprint(lock)
    lock.write_text("a==2\n")
    assert dev.fingerprint(lock) != before


def test_it_says_what_will_be_skipped_and_the_line_that_mends_it() -> None:
    said = call("test", CI="true")
    assert "will be skipped: tests/browser (no `chromium` on the path)" in said.stdout
    assert "apt-get install -y --no-install-recommends chromium" in said.stdout


def test_ci_skips_nothing() -> None:
    refused = call("test", CI="true")
    assert refused.returncode == 1
    assert "CI skips nothing" in refused.stderr


@pytest.mark.parametrize("arguments", [["nonsense"], ["bench"], ["bench", "nonsense"]])
def test_an_unknown_command_is_answered_with_the_known_ones(arguments: list[str]) -> None:
    answered = call(*arguments)
    assert answered.returncode == 2
    assert "python3 dev.py bench NAME" in answered.stdout


def test_asking_for_help_is_not_an_error() -> None:
    assert call("--help").returncode == 0


def test_ci_runs_the_command_of_the_readme_and_nothing_else() -> None:
    commands = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if not line.startswith("#")]
    assert commands[2:] == ["exec python3 dev.py test --install </dev/null"]
    assert "python3 dev.py test --install" in (ROOT / "README.md").read_text()


def test_an_unusable_environment_is_not_taken_for_a_standing_one(tmp_path: Path) -> None:
    """A failed `venv` leaves bin/python behind; only the stamp, written last, proves an environment."""
    copy = tmp_path / "dev.py"
    copy.write_text((ROOT / "dev.py").read_text())
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-boot.lock"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    asked = "import dev; raise SystemExit(dev.holds(dev.RUN_LOCK))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, check=False)
    assert done.returncode == 0
