"""The page about keys lists exactly the keys that the pages have."""

import re

from flagstaff.console.coding import NOT_USABLE_KEY, OTHER_KEY, THEME_KEYS
from flagstaff.console.panel import MEASURE_KEYS, SUGGESTED_AT_MOST, VERDICT_KEYS
from tests.architecture.tree import PACKAGE, ROOT

TEMPLATES = PACKAGE / "console" / "templates"
SCRIPTS = PACKAGE / "console" / "static"
# `data-key="c"` on an element, or the last argument of a button: {{ ui.button(…, "primary wide", "c") }}.
WRITTEN = re.compile(r'data-key="(\w+)"|ui\.button\(.*?, csrf_input, "[^"]*", "(\w)"\)')


def of_templates() -> set[str]:
    found = {
        one for page in TEMPLATES.glob("*.html") for pair in WRITTEN.findall(page.read_text()) for one in pair
    }
    return found - {""}


def documented() -> set[str]:
    page = (ROOT / "docs" / "reference" / "console-keys.md").read_text()
    cells = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    return {key for cell in cells for key in re.findall(r"`([^`]+)`", cell)}


def test_every_key_is_documented_and_nothing_else() -> None:
    numbers = {"1", str(SUGGESTED_AT_MOST)}
    moving = set(re.search(r'\["(j)", "(k)"\]', (SCRIPTS / "cases.js").read_text()).groups())  # type: ignore[union-attr]
    labels = {*THEME_KEYS, OTHER_KEY, NOT_USABLE_KEY} - set("2345678")
    panel = {*VERDICT_KEYS.values(), *MEASURE_KEYS.values()}
    keys = of_templates() | panel | labels | numbers | moving | {"?"}
    assert documented() == keys


def test_no_key_means_two_things_on_the_panel() -> None:
    panel = "".join((TEMPLATES / name).read_text() for name in ("case_panel.html", "case_flags.html"))
    written = [one or two for one, two in WRITTEN.findall(panel)]
    keys = [*written, *VERDICT_KEYS.values(), *MEASURE_KEYS.values()]
    assert len(keys) == len(set(keys))
