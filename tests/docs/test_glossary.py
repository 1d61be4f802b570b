"""Each word has one meaning, is really used, and has no second word beside it."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGE, ROOT

GLOSSARY = (ROOT / "docs" / "explanation" / "glossary.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^([^\n:#][^\n]*)\n: ", GLOSSARY, re.MULTILINE)
WORDS = [word.strip() for entry in ENTRIES for word in entry.split(",")]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]

# What others say, and what is said here. A phrase in `ALLOWED` holds such a word in another sense.
INSTEAD = {
    r"reports?|reported|reporting": "flag",
    r"complaints?|complainants?": "flag, reporter",
    r"flaggers?": "reporter",
    r"tickets?": "case",
    r"bundles?": "case",
    r"strikes?": "decision in force",
    r"bans?|banned|banning": "measure, suspension",
    r"sanctions?": "measure",
    r"punishments?|penalt(?:y|ies)": "measure",
    r"actions?": "measure",
    r"offenders?|violators?|culprits?": "author",
    r"posters?": "author",
    r"tenants?|customers?": "platform",
    r"end[ -]users?": "person",
    r"workflows?": "story",
    r"content policy|community standards": "guidelines",
}
ALLOWED = re.compile(
    r"one report by one reporter|trusted flaggers?|bad-tickets?|subject[_ ]tickets?|civic-action|github actions",
    re.IGNORECASE,
)
# Here a ticket is the signed paper of the contract.
OF_THE_CONTRACT = {
    *("api.md", "connect-a-platform.md", "problems.md", "from-flag-to-outcome.md", "glossary.md"),
    *("measurements.md", "place-the-dialog.md", "dialog.md"),
}


@cache
def used() -> str:
    """Return all code, SQL, pages and texts of the product, in small letters, names taken apart."""
    kinds = ("*.py", "*.sql", "*.html", "*.yaml", "*.js")
    text = "\n".join(
        path.read_text(encoding="utf-8") for kind in kinds for path in sorted(PACKAGE.rglob(kind))
    )
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return re.sub(r"[\s_-]+", " ", apart).lower()


@pytest.mark.parametrize("word", sorted(set(WORDS)))
def test_each_word_is_used_in_the_product(word: str) -> None:
    assert re.search(rf"\b{re.escape(word.lower())}s?\b", used())


def test_no_word_is_explained_twice() -> None:
    assert sorted(WORDS) == sorted(set(WORDS))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_uses_another_word_for_it(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    plain = ALLOWED.sub("", text)
    found = {
        f"{match[0]!r}: say {better}"
        for words, better in INSTEAD.items()
        for match in re.finditer(rf"\b(?:{words})\b", plain, re.IGNORECASE)
        if not (better == "case" and "icket" in match[0] and page.name in OF_THE_CONTRACT)
    }
    assert not found
