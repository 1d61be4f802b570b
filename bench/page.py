"""Make docs/explanation/measurements.md and its pictures from bench/results, and from nothing else.

python3 dev.py bench page
"""

import argparse
from pathlib import Path

from bench.measuring.result import ROOT, Result, read
from bench.page_parts.drawing import draw
from bench.page_parts.writing import page

PAGE = ROOT / "docs" / "explanation" / "measurements.md"
PICTURES = ROOT / "docs" / "pictures"


def rendered(results: dict[str, Result]) -> dict[Path, str]:
    """Return every file that the page consists of."""
    files = {PAGE: page(results)}
    for name, result in results.items():
        if result.picture is not None:
            files[PICTURES / f"measured-{name}.svg"] = draw(name, result)
    return files


def write(files: dict[Path, str]) -> None:
    """Write what changed, and remove pictures of results that are gone."""
    for old in PICTURES.glob("measured-*.svg"):
        if old not in files:
            old.unlink()
            print(f"removed: {old.relative_to(ROOT)}")
    for file, text in files.items():
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            print(f"written: {file.relative_to(ROOT)}")


if __name__ == "__main__":
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    write(rendered(read()))
    print("the page is what the results say")
