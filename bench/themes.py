"""Measure how well a deep dive sizes themes: without labels, with 100 to 400 of a simulated reviewer, and at size.

    python3 dev.py bench themes                              ten minutes: 200 audits of each size
    python3 dev.py bench themes --only audits --audits 2000  the coverage that is promised; ten minutes
    python3 dev.py bench themes --quick                      a minute; nothing is kept
    python3 dev.py bench themes --only guesses               without labels only
    python3 dev.py bench themes --only halves                constants chosen on one half, scored on the other
    python3 dev.py bench themes --only coders                what models would be worth that are right so and so often
    python3 dev.py bench themes --endpoint URL --model NAME  what a model of yours is worth; nothing is kept
    python3 dev.py bench themes --only growth                1,000 to 1,000,000 comments
    python3 dev.py bench themes --corpus FILE [--codebook FILE]  another corpus (id,subject_type,theme,comment); its
                                                             themes' names stand for a codebook where none is given

The comments are not part of the repository: `--data FOLDER` (or FLAGSTAFF_SHARED) says where they lie; without them
that part is skipped, and says so. BERTopic stands beside where it is installed.
"""

import argparse
import os
from pathlib import Path

from bench.themes_parts.coders import show_coders, show_endpoint
from bench.themes_parts.corpus import CORPORA, MEANINGS, Corpus, names_of, read_codebook, read_corpus
from bench.themes_parts.growth import show_growth
from bench.themes_parts.halves import show_halves
from bench.themes_parts.shown import show_audits, show_guesses

PARTS = ("guesses", "audits", "halves", "growth")
NAMED_ONLY = ("coders",)
SKIPPED = "SKIPPED: the comments are not part of the repository; name their folder with --data, or a file with --corpus"


def main(arguments: argparse.Namespace) -> None:
    """Run the parts that were asked for, one after the other."""
    quick = arguments.quick
    audits = min(8, arguments.audits) if quick else arguments.audits
    corpora, codebook = _asked(arguments)
    if not corpora and set(arguments.only) != {"growth"}:
        print(SKIPPED)
    if corpora:
        lines = read_codebook(codebook) if codebook is not None else names_of(corpora[0])
        if "guesses" in arguments.only:
            show_guesses(corpora, lines, arguments.fresh, keep_it=not (quick or arguments.corpus))
        if "audits" in arguments.only:
            show_audits(corpora, lines, arguments.labels, audits, keep_it=not (quick or arguments.corpus))
        if "coders" in arguments.only:
            show_coders(corpora, lines, audits, keep_it=not (quick or arguments.corpus))
        if arguments.endpoint:
            show_endpoint(corpora, lines, audits, (arguments.endpoint, arguments.model), arguments.key_file)
        if "halves" in arguments.only:
            show_halves(corpora, lines, audits, keep_it=not (quick or arguments.corpus))
    if "growth" in arguments.only and arguments.data is not None and not arguments.corpus:
        sizes = (1_000, 20_000) if quick else (1_000, 10_000, 100_000, 1_000_000)
        show_growth(arguments.data / "data", sizes, keep_it=not quick)


def _asked(arguments: argparse.Namespace) -> tuple[list[Corpus], Path | None]:
    if arguments.corpus:
        return [read_corpus(arguments.corpus.stem, arguments.corpus)], arguments.codebook
    if arguments.data is None or not (arguments.data / "data" / MEANINGS).exists():
        return [], None
    folder = arguments.data / "data"
    files = {name: folder / where / "comments.csv" for name, where in CORPORA.items()}
    needed = arguments.endpoint or set(arguments.only) - {"growth"}
    return [
        read_corpus(name, file) for name, file in files.items() if needed
    ], arguments.codebook or folder / MEANINGS


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="few audits; the result is not kept")
    parts = (*PARTS, *NAMED_ONLY)
    parser.add_argument("--only", choices=parts, nargs="+", help="some parts only; all but coders without it")
    parser.add_argument("--endpoint", help="the base address of a model, such as http://localhost:11434/v1")
    parser.add_argument("--model", default="", help="its name there")
    parser.add_argument("--key-file", type=Path, help="a file with the key it wants")
    parser.add_argument("--audits", type=int, default=200, help="resampled audits of each size")
    parser.add_argument("--labels", type=int, nargs="+", default=[100, 200, 400], help="labels of one audit")
    parser.add_argument("--corpus", type=Path, help="another labelled corpus")
    parser.add_argument("--codebook", type=Path, help="its lines: a table on a page, or key,name,meaning")
    parser.add_argument(
        "--fresh", type=Path, help="a folder with NAME-codebook.csv, written by who saw 50 comments"
    )
    data = os.environ.get("FLAGSTAFF_SHARED")
    parser.add_argument(
        "--data", type=Path, default=Path(data) if data else None, help="the folder with the comments"
    )
    asked = parser.parse_args()
    asked.only = asked.only or (() if asked.endpoint else PARTS)
    main(asked)
