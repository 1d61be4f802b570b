"""Find the options that fit what somebody is writing: by the options' own words, and with them as the reason.

Nothing here learns, guesses or asks elsewhere: the same text finds the same options, each for words that stand in the
published menu. The text is looked at and forgotten; no part of it is in what comes out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from math import log, sqrt
from typing import Final, NamedTuple

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

from flagstaff.language.stems import stems_of, words_of
from flagstaff.menus.model import Menu, MenuVersion, Option

REASONS_AT_MOST: Final = 3
LOOKED_AT: Final = 300
"""Words of a text that are looked at: more than most people type under one option."""
MISSPELT_AT_MOST: Final = 60
"""Unknown words for which a near one is looked for; the rest of a text in another tongue is left alone."""

_WEIGHT_OF_CUES, _WEIGHT_OF_LABEL, _WEIGHT_OF_HELP, _WEIGHT_OF_RULE = 1.0, 1.0, 0.7, 0.5
_NEAR: Final = 3
"""Other words that may stand among those of a phrase; further apart it counts for a third."""
_FAR_APART: Final = 0.35
_OCCURRENCES: Final = 8
"""Places of one word that are looked at: a word written a thousand times takes no longer."""
_NEXT_PHRASE: Final = 0.6
"""What each further phrase of one option counts, of the one before."""
_LEAST: Final = 1.5
"""Below this nothing is proposed: one rare word, or two common ones."""
_LEAST_OF_BEST: Final = 0.2
_PARTS: Final = re.compile(r"[;,]\s*")


class Hint(msgspec.Struct, frozen=True):
    """One option that may fit. `why`: phrases of its own that fit, the best first; `{platform}` is not filled in."""

    option: Option
    why: tuple[str, ...]


class _Phrase(NamedTuple):
    """Words of one option as the policy writes them, their stems, and what finding all of them is worth."""

    place: int
    says: str
    stems: tuple[str, ...]
    worth: float


class _Lean(NamedTuple):
    """How far one word speaks for one option, and how that option writes it."""

    place: int
    weight: float
    says: str


class HintIndex(NamedTuple):
    """One menu made ready to be searched, for as long as its version lives."""

    options: tuple[Option, ...]
    stems: Mapping[str, frozenset[str]]
    by_rarest: Mapping[str, tuple[_Phrase, ...]]
    leans: Mapping[str, tuple[_Lean, ...]]
    by_first_letter: Mapping[str, tuple[str, ...]]
    at_most: int


class _Source(NamedTuple):
    place: int
    language: str
    says: str
    weight: float


# ---------------------------------------------------------------- made once per version and kind
def index_of(version: MenuVersion, menu: Menu, rules: Mapping[str, str]) -> HintIndex:
    """Make a menu ready to be searched; `rules`: the title of each clause by its key."""
    options = tuple(option for option in menu.options if option is not menu.last)
    sources = [
        source for place, option in enumerate(options) for source in _sources(version, place, option, rules)
    ]
    written = [(source, words_of(source.says)) for source in sources]
    found = [(source, words, stems_of(words, source.language)) for source, words in written]
    leans = _leans(found, len(options))
    by_rarest: dict[str, list[_Phrase]] = defaultdict(list)
    spoken: dict[str, set[str]] = defaultdict(set)
    weight = {stem: {lean.place: lean.weight for lean in lines} for stem, lines in leans.items()}
    for source, _, stems in found:
        spoken[source.language].update(stems)
        if stems:
            distinct = tuple(dict.fromkeys(stems))
            worth = source.weight * sum(_worth(weight[stem], source.place) for stem in distinct)
            phrase = _Phrase(source.place, source.says, distinct, worth)
            by_rarest[max(distinct, key=lambda stem: sum(weight[stem].values()))].append(phrase)
    letters: dict[str, list[str]] = defaultdict(list)
    for stem in sorted(leans):
        letters[stem[0]].append(stem)
    return HintIndex(
        options=options,
        stems={language: frozenset(known) for language, known in sorted(spoken.items())},
        by_rarest={stem: tuple(phrases) for stem, phrases in by_rarest.items()},
        leans=leans,
        by_first_letter={letter: tuple(stems) for letter, stems in letters.items()},
        at_most=menu.last.hints,
    )


def _sources(version: MenuVersion, place: int, option: Option, rules: Mapping[str, str]) -> Iterator[_Source]:
    for language, cues in version.cues.items():
        for key in (option.reason, option.key):
            for cue in cues.get(key, ()):
                yield _Source(place, language, cue, _WEIGHT_OF_CUES)
    translated = {language: words.get(option.key) for language, words in version.translations.items()}
    for language, words in {version.locale: option, **translated}.items():
        if words is not None:
            yield _Source(place, language, words.label, _WEIGHT_OF_LABEL)
            for part in _PARTS.split(words.help):
                yield _Source(place, language, part, _WEIGHT_OF_HELP)
    for clause in option.clauses:
        if clause in rules:
            yield _Source(place, version.locale, rules[clause], _WEIGHT_OF_RULE)


def _leans(
    found: Iterable[tuple[_Source, Sequence[str], Sequence[str]]], options: int
) -> dict[str, tuple[_Lean, ...]]:
    """Weigh each word: the fewer options use it, and the larger this one's part of its use, the more it says."""
    uses: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    says: dict[tuple[str, int], str] = {}
    size: Counter[int] = Counter()
    for source, words, stems in found:
        size[source.place] += 1
        for word, stem in dict(zip(words, stems, strict=True)).items():
            uses[stem][source.place] += source.weight
            says.setdefault((stem, source.place), word)
    leans = {}
    for stem, by_place in uses.items():
        rarity = log(1 + options / len(by_place))
        parts = {place: use / sqrt(size[place]) for place, use in by_place.items()}
        whole = sum(parts.values())
        leans[stem] = tuple(
            _Lean(place, rarity * part / whole, says[stem, place]) for place, part in sorted(parts.items())
        )
    return leans


def _worth(weights: Mapping[int, float], place: int) -> float:
    """Return what one word of a phrase is worth there: a word that others use too still counts for its rarity."""
    return sqrt(weights[place] * sum(weights.values()))


# ---------------------------------------------------------------- asked while somebody types
def propose(index: HintIndex, text: str) -> tuple[Hint, ...]:
    """Return the options whose own words fit a text, the best first; none where nothing speaks for any."""
    places = _places(index, words_of(text)[:LOOKED_AT])
    phrases = _phrases(index, places)
    scores = [0.0] * len(index.options)
    words: dict[int, list[_Lean]] = defaultdict(list)
    for stem in places:
        for lean in index.leans[stem]:
            scores[lean.place] += lean.weight
            words[lean.place].append(lean)
    why: dict[int, list[str]] = {}
    for place, fitting in phrases.items():
        worth, why[place] = _joined(fitting)
        scores[place] += worth
    best = max(scores, default=0.0)
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    good = [place for place in order if scores[place] >= max(_LEAST, _LEAST_OF_BEST * best)]
    return tuple(
        Hint(index.options[place], tuple(why.get(place) or _strongest(words[place])))
        for place in good[: index.at_most]
    )


def _places(index: HintIndex, words: Sequence[str]) -> dict[str, list[int]]:
    """Return where each known stem stands, of each language its own; an unknown word may be a misspelt one."""
    forms = [(stems_of(words, language), spoken) for language, spoken in index.stems.items()]
    found: list[set[str]] = [set() for _ in words]
    for form, spoken in forms:
        for known, stem in zip(found, form, strict=True):
            if stem in spoken:
                known.add(stem)
    places: dict[str, list[int]] = defaultdict(list)
    misspelt = 0
    for at, known in enumerate(found):
        if not known and misspelt < MISSPELT_AT_MOST:
            misspelt += 1
            known.update(_spelled(index, min((form[at] for form, _ in forms), key=len)))
        for stem in sorted(known):
            if len(places[stem]) < _OCCURRENCES:
                places[stem].append(at)
    return places


def _spelled(index: HintIndex, stem: str) -> set[str]:
    """Return the nearest known stem: one slip in a word of six letters, two in one of eight."""
    slips = 0 if len(stem) < 6 else 1 if len(stem) < 8 else 2
    near = index.by_first_letter.get(stem[:1], ())
    found = process.extractOne(stem, near, scorer=OSA.distance, score_cutoff=slips) if slips else None
    return {found[0]} if found else set()


def _phrases(index: HintIndex, places: Mapping[str, Sequence[int]]) -> dict[int, list[tuple[float, _Phrase]]]:
    """Return the phrases of each option whose words all stand in the text, the worthiest first."""
    found: dict[int, list[tuple[float, _Phrase]]] = defaultdict(list)
    for stem in places:
        for phrase in index.by_rarest.get(stem, ()):
            if all(one in places for one in phrase.stems):
                near = _span(phrase.stems, places) <= len(phrase.stems) + _NEAR
                found[phrase.place].append((phrase.worth * (1.0 if near else _FAR_APART), phrase))
    for fitting in found.values():
        fitting.sort(key=lambda one: (-one[0], one[1].says))
    return found


def _span(stems: Sequence[str], places: Mapping[str, Sequence[int]]) -> int:
    """Return over how many words the nearest occurrence of a phrase stretches, seen from its first word."""

    def stretch(start: int) -> int:
        ends = [min(places[stem], key=partial(_distance, start)) for stem in stems]
        return max(ends) - min(ends) + 1

    return min(stretch(start) for start in places[stems[0]])


def _distance(one: int, other: int) -> int:
    return abs(one - other)


def _joined(fitting: Sequence[tuple[float, _Phrase]]) -> tuple[float, list[str]]:
    """Add up what phrases of one option are worth, each for the words that no better one had; say the best."""
    used: set[str] = set()
    worth, share = 0.0, 1.0
    says: list[str] = []
    for value, phrase in islice(fitting, 8):
        fresh = sum(stem not in used for stem in phrase.stems) / len(phrase.stems)
        if fresh:
            worth += value * fresh * share
            share *= _NEXT_PHRASE
            used.update(phrase.stems)
            says.append(phrase.says)
    return worth, list(dict.fromkeys(says))[:REASONS_AT_MOST]


def _strongest(words: Sequence[_Lean]) -> list[str]:
    ordered = sorted(words, key=lambda lean: (-lean.weight, lean.says))
    return list(dict.fromkeys(lean.says for lean in ordered))[:REASONS_AT_MOST]
