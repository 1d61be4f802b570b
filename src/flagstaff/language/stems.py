"""Take a text apart into words without accents and endings, so that one wording finds another.

A number stands for any number, a sign of money for the word, and every way to say "not" for one. Nothing is kept of a
text: no cache, no log.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

import Stemmer

NUMBER: Final = "#"
"""What stands for any number."""
NOT: Final = "¬"
"""What stands for "no", "not", "without", "never" and their like."""
LONGEST_WORD: Final = 40

_ALGORITHMS: Final = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nl": "dutch",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "tr": "turkish",
}  # fmt: skip
_WORD: Final = re.compile(r"\d[\d.,]*|[^\W\d_]+")
_NOT_ENDING: Final = re.compile(r"n't\b")
_OWN: Final = re.compile(r"'s\b")
_SIGNS: Final = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"}
    | {"$": " dollar ", "€": " euro ", "£": " pound ", "₹": " rupee ", "¢": " cent "}
)
_NOT_WORDS: Final = (
    "no not never without neither nor cannot dont doesnt didnt wont cant isnt arent wasnt werent wouldnt couldnt "
    "shouldnt havent hasnt hadnt aint sin nunca nada nao sem nem pas sans jamais aucun aucune ne не ні без немає нет "
    "hindi wala walang nahi nahin bina nicht kein keine ohne nie non senza mai"
)
_LITTLE_WORDS: Final = (
    "a an the of to in on at for and or but is are was were be been being am it its this that these those there here "
    "he she they his her their him them himself herself so as by with from into then than if when while also just "
    "very really only do does did has have had will would can could should may might s t d ll re ve m u "
    "el la los las un una unos unas de del y o en por para con que se su sus es son lo le al me mi yo ya gracias "
    "os as um uma uns umas da dos das e em no na nos nas ao com ele ela eu meu minha pra "
    "les des du et ou il elle je mon ma mes son sa ses ce cette qui est une au aux sur dans pour avec on l d c j n qu "
    "і й та в у на до що це він вона я мій за по "
    "ang ng sa na mga ko po siya niya ito ay ka ke ki se hai aur mera main"
)
_NEGATIONS: Final = frozenset(_NOT_WORDS.split())
_LITTLE: Final = frozenset(_LITTLE_WORDS.split()) - _NEGATIONS


def words_of(text: str) -> list[str]:
    """Return the words of a text in their order, small and without accents; little words are left out."""
    plain = _plain(text.casefold().translate(_SIGNS))
    plain = _OWN.sub("", _NOT_ENDING.sub(" not", plain))
    found = []
    for word in _WORD.findall(plain):
        if word[0].isdigit():
            found.append(NUMBER)
        elif word in _NEGATIONS:
            found.append(NOT)
        elif word not in _LITTLE and len(word) <= LONGEST_WORD:
            found.append(word)
    return found


def stems_of(words: Sequence[str], language: str) -> list[str]:
    """Return each word without its ending; a language without known endings keeps the words as they are."""
    name = _ALGORITHMS.get(language.lower().split("-")[0])
    if name is None:
        return list(words)
    return [_plain(stem) for stem in _stemmer(name).stemWords(list(words))]


def _plain(text: str) -> str:
    return text if text.isascii() else "".join(
        one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)
    )  # fmt: skip


@cache
def _stemmer(name: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(
        name, 0
    )  # 0: it remembers no words; its own default keeps ten thousand of people's
