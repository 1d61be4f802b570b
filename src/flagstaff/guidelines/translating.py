"""Say the guidelines in another language: the same rules, every text exchanged; the same words where it has none."""

from collections.abc import Collection, Iterator

import msgspec

from flagstaff.guidelines.model import Guidelines
from flagstaff.language.forms import unknown
from flagstaff.language.translating import EVERY, Shape, check_texts, texts_of, with_texts
from flagstaff.language.yaml import Finding

TRANSLATED: tuple[Shape, ...] = (
    ("clauses", EVERY, "title"),
    ("clauses", EVERY, "summary"),
    ("terms", EVERY, "title"),
    ("terms", EVERY, "sections", EVERY),
    ("verdicts", EVERY, "means"),
    ("measures", EVERY, "says"),
    ("measures", EVERY, "undo"),
    ("ladder_rules", "deviation", "codes", EVERY),
    ("statuses", EVERY, "text"),
    ("phrases", "automation", EVERY),
    ("phrases", "redress"),
    ("notices", EVERY, "text"),
    ("screens", EVERY),
    ("redirects", EVERY),
    ("groups", EVERY, "purpose"),
    ("groups", EVERY, "exceptions", EVERY, "sentence"),
    ("groups", EVERY, "exceptions", EVERY, "person_judges"),
    ("names", EVERY, EVERY),
)
"""Where the texts stand that people read; what only policy writers read stays in one language."""


def language_of(guidelines: Guidelines, wanted: str) -> str | None:
    """Return the language that answers somebody who asked for `wanted`; None: there are no words in it."""
    if not wanted:
        return guidelines.locale
    short = wanted.lower().split("-")[0]
    return next((one for one in guidelines.languages if one.lower().split("-")[0] == short), None)


def guidelines_in(guidelines: Guidelines, wanted: str) -> Guidelines:
    """Return the guidelines as they read in a language, in their own one where they have no words in it."""
    language = language_of(guidelines, wanted)
    if language is None or language == guidelines.locale:
        return guidelines
    if language not in guidelines.spoken:
        said = with_texts(msgspec.to_builtins(guidelines), guidelines.translations[language])
        fresh = msgspec.convert(said, Guidelines)
        guidelines.spoken[language] = msgspec.structs.replace(fresh, locale=language, translations={})
    return guidelines.spoken[language]


def kept_to(guidelines: Guidelines, languages: Collection[str]) -> Guidelines:
    """Return the guidelines with those translations alone that a platform's languages ask for."""
    wanted = {language_of(guidelines, language) for language in languages}
    kept = {language: texts for language, texts in guidelines.translations.items() if language in wanted}
    return msgspec.structs.replace(guidelines, translations=kept)


def check_translations(guidelines: Guidelines) -> Iterator[Finding]:
    """Yield what keeps a language from being offered whole, and names of what there is not."""
    known = {
        "kinds": [kind.key for kind in guidelines.subject_kinds],
        "ladders": [ladder.key for ladder in guidelines.ladders],
        "groups": [group.key for group in guidelines.groups],
    }
    for field, keys in known.items():
        for key in getattr(guidelines.names, field):
            yield from unknown(("names", field, key), field.rstrip("s"), key, keys)
    if guidelines.translations:
        source = texts_of(msgspec.to_builtins(guidelines), TRANSLATED)
        for language, texts in guidelines.translations.items():
            yield from check_texts(source, texts, language)
