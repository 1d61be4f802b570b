"""The page about detectors lists every card of the default policy, and says honestly which detector runs."""

import re

from flagstaff.flows.read_policy import read_policy
from tests.architecture.tree import PACKAGE, ROOT

PAGE = (ROOT / "docs" / "reference" / "detectors.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| `(\w+)` \| (.+) \|$", re.MULTILINE)


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_page_lists_every_card_as_the_policy_has_it() -> None:
    cards = read_policy().guidelines.detectors
    of_policy = {(one.key, ", ".join(one.clauses), one.mode, one.sees) for one in cards}
    assert set(ROW.findall(PAGE)) == of_policy
    outside = {key for key, _, _, _ in ROW.findall(section("Through the plug, from outside"))}
    assert outside == {one.key for one in cards if one.plug == "external"}


def test_what_is_said_to_run_is_what_the_code_has() -> None:
    built = {path.stem for path in (PACKAGE / "detectors").glob("*.py")} - {
        "__init__",
        "model",
        "rules",
        "storage",
    }
    assert {key for key, _, _, _ in ROW.findall(section("Running"))} == built
