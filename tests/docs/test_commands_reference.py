"""The page about commands lists every command with every option, and none that is not there."""

import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from flagstaff.cli import commands
from tests.architecture.tree import ROOT

PAGE = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### `([^`]+)`\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


def tree(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    for below, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from tree(command, f"{name} {below}")
        else:
            yield f"{name} {below}", command


FLAGSTAFF = dict(tree(commands, "flagstaff"))


def options(command: click.Command) -> set[str]:
    return {opt for one in command.params if isinstance(one, click.Option) for opt in one.opts}


def listed(text: str) -> set[str]:
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `--")]
    return {option for cell in cells for option in re.findall(r"`(--[a-z-]+)`", cell)}


def test_the_page_lists_exactly_the_commands_of_flagstaff() -> None:
    assert {name for name in SECTIONS if name.startswith("flagstaff ")} == set(FLAGSTAFF)


@pytest.mark.parametrize("name", sorted(FLAGSTAFF))
def test_each_command_is_listed_with_its_options_and_arguments(name: str) -> None:
    command = FLAGSTAFF[name]
    assert listed(SECTIONS[name]) == options(command)
    for one in command.params:
        if isinstance(one, click.Argument):
            assert f"`{(one.metavar or one.name or '').upper()}`" in SECTIONS[name]


def test_what_stands_before_a_command_is_listed() -> None:
    before = PAGE.partition("\n## flagstaff\n")[0]
    assert listed(before) == options(commands)


def test_the_page_lists_exactly_the_commands_of_a_checkout() -> None:
    """`dev.py` names its own commands and options in what it prints without one."""
    said = subprocess.run([sys.executable, "dev.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    there = re.findall(r"^python3 dev\.py (\w+)(.*?)(?:  |$)", said.stdout, re.MULTILINE)
    assert {f"python3 dev.py {name}" for name, _ in there} == {name for name in SECTIONS if "dev.py" in name}
    for name, usage in there:
        taken = set(re.findall(r"--[a-z-]+", usage))
        # The demo's options stand with the demo.
        page = SECTIONS["flagstaff demo"] if name == "run" else SECTIONS[f"python3 dev.py {name}"]
        assert taken <= listed(page)
