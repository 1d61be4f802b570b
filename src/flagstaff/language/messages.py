"""Keep the catalogs equal to the sources: gather every message, carry each language along, say what it lacks.

`python3 dev.py messages` calls this in a working copy. The same sources give the same files on every machine: no days,
no line numbers, no folder of anybody's, and one fixed order.
"""

import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

import flagstaff
from flagstaff.language.templates import EXTENSIONS
from flagstaff.language.tongues import SOURCE, languages

_SOURCES: Final = Path(flagstaff.__file__).parent
CATALOGS: Final = Path(__file__).parent / "catalogs"
TEMPLATE: Final = CATALOGS / "flagstaff.pot"
_IN_PYTHON: Final[dict[str, Any]] = {
    "marked": None, "gettext": None, "pgettext": ((1, "c"), 2), "ngettext": (1, 2), "marked_count": (1, 2),
}  # fmt: skip
_IN_TEMPLATES: Final[dict[str, Any]] = {
    "_": None, "gettext": None, "pgettext": ((1, "c"), 2), "ngettext": (1, 2),
}  # fmt: skip
_READING: Final = {
    "extensions": ",".join(EXTENSIONS), "trimmed": "true", "silent": "false", "newstyle_gettext": "true",
}  # fmt: skip
"""As an environment is made: there a per cent sign of a block without values is doubled too."""
# What a reader's eye jumps over and a program does not: values to fill in, and tags.
_FIXED: Final = re.compile(r"%\(\w+\)s|(?<!\{)\{\w+\}|</?[a-z][^>]*>")


def gathered() -> Catalog:
    """Return every message of the sources, in the order of their files."""
    catalog = Catalog(charset="utf-8")
    for path in sorted([*_SOURCES.rglob("*.py"), *_SOURCES.rglob("templates/*.html")]):
        place = path.relative_to(_SOURCES).as_posix()
        python = path.suffix == ".py"
        found = extract_from_file(
            "python" if python else "jinja2", str(path), _IN_PYTHON if python else _IN_TEMPLATES,
            ("Translators:",), {} if python else _READING, strip_comment_tags=True,
        )  # fmt: skip
        for _, message, comments, context in found:
            catalog.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalog


def template(found: Catalog) -> str:
    """Return the text of the template that every translation begins with."""
    head = 'msgid ""\nmsgstr ""\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return head + _written(found)


def carried(language: str, found: Catalog) -> str:
    """Return the text of a language's catalog with exactly the messages of the sources; changed ones become fuzzy."""
    with (CATALOGS / f"{language}.po").open("rb") as lines:
        catalog = read_po(lines, locale=language.replace("-", "_"))
    catalog.update(found)
    plural = get_plural(language.replace("-", "_"))
    head = "".join(f"# {line}\n".replace("# \n", "#\n") for line in _notes(catalog))
    head += 'msgid ""\nmsgstr ""\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    head += f'"Language: {language}\\n"\n"Plural-Forms: {plural.plural_forms};\\n"\n\n'
    return head.replace(";;", ";") + _written(catalog)


def faults(language: str) -> Iterator[str]:
    """Say what a language lacks: a message without words, one to look at again, values or tags that differ."""
    with (CATALOGS / f"{language}.po").open("rb") as lines:
        catalog = read_po(lines, locale=language.replace("-", "_"))
    for message in catalog:
        if message.id:
            yield from (f"{fault}: {_first(message)!r}" for fault in _faults_of(message, catalog.num_plurals))


def _faults_of(message: Message, plurals: int) -> Iterator[str]:
    said = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    if message.fuzzy:
        yield "look at it again (fuzzy)"
    if not all(said) or (message.pluralizable and len(said) != plurals):
        yield "not translated"
        return
    meant = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
    allowed = [Counter(_FIXED.findall(one)) for one in meant]
    for form in said:
        if Counter(_FIXED.findall(str(form))) not in allowed:
            yield "other placeholders or tags"


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _notes(catalog: Catalog) -> list[str]:
    """Return the notes to translators that stand at the top of a catalog, without marks."""
    return [line.removeprefix("#").strip() for line in catalog.header_comment.splitlines()]


def _written(catalog: Catalog) -> str:
    out = io.BytesIO()
    write_po(out, catalog, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return out.getvalue().decode("utf-8")


def main() -> int:
    """Write the template and carry every language along; return 1 where one lacks something."""
    found = gathered()
    TEMPLATE.write_text(template(found), encoding="utf-8")
    lacking = 0
    for language in languages():
        if language == SOURCE:
            continue
        (CATALOGS / f"{language}.po").write_text(carried(language, found), encoding="utf-8")
        lacks = list(faults(language))
        lacking += len(lacks)
        print(f"{language}: {len(found)} messages, {len(lacks)} to do", *lacks, sep="\n  ")  # noqa: T201
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
