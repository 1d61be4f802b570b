"""What a run tells whoever labelled two hundred of a thousand comments holds, whichever two hundred they were."""

import csv
from pathlib import Path

from bench.themes_parts.audits import audited
from bench.themes_parts.corpus import read_corpus, ready
from flagstaff.insight.dive import Line
from tests.architecture.tree import ROOT
from tests.browser.reviewer import MIND, THEMES

COMMENTS = ROOT / "examples" / "demo" / "other_comments.csv"
AUDITS = 200


def test_two_hundred_labels_size_a_thousand_comments_as_is_promised(tmp_path: Path) -> None:
    """Two thousand audits, other sizes and more oblique comments: `bench themes --only audits --audits 2000`."""
    means = {f"made-up-{number:04}": key for key, theme in MIND.items() for number in theme.comments}
    file = tmp_path / "labelled.csv"
    with (
        COMMENTS.open(newline="", encoding="utf-8") as read,
        file.open("w", newline="", encoding="utf-8") as kept,
    ):
        labelled = csv.DictWriter(kept, ["id", "subject_type", "theme", "comment"])
        labelled.writeheader()
        for row in csv.DictReader(read):
            labelled.writerow(
                {
                    "id": row["id"],
                    "subject_type": row["kind"],
                    "theme": means[row["id"]],
                    "comment": row["comment"],
                }
            )
    lines = tuple(Line(key=key, name=theme.name, meaning=theme.meaning) for key, theme in THEMES.items())
    found = audited(ready(read_corpus("demo", file), lines), 200, AUDITS)
    assert found.largest <= 1.1 < found.plain_largest
    assert found.width <= 0.65
    assert 93 <= found.coverage <= 97
    assert found.least >= 91 - 3, "of so few audits one theme's own may miss by three"
