"""Tell in which language a short text is written, or that it is too short to tell; offline, with a model of 5 MB."""

from functools import cache
from typing import TYPE_CHECKING, Final

import regex

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]

UNKNOWN: Final = "und"
"""Nobody can tell (ISO 639-2): a few words, signs, or words that several languages share."""
_CODES: Final = (
    "ace af am an ar ary arz as az ba bcl be bg bn br bs ca crh cs cy da de dz el en eo es et eu ext fa "
    "fi fo fr fuv fy ga gcf gcr gd gl gom grc gu gug guw ha hbo he hi hr ht hu hy id ig is it ja jv ka "
    "kab kik kk km kn ko ku ky la lb lg lij ln lo lt ltg lv mg mk ml mn mr ms mt my ne nl nn no nso oc om "
    "or pa pcm pl ps pt qu ro ru rw sa sdh se si sk sl sn so sq sr st sv sw ta te tg th tk tl tr tt ug uk "
    "ur uz uzs vec vi vo wa wuu xh yo yue zh zu und"
)
LANGUAGES: Final = frozenset(_CODES.split())
"""What `written_in` may answer."""
WORDS: Final = 4
SURE: Final = 0.45
"""How sure the model must be; on comments of four words and more that leaves one in twenty undecided."""
_READ: Final = 2_000
_WORD: Final = regex.compile(r"\p{L}[\p{L}\p{M}'’-]*")
# Scripts that put no blank between words: two of their letters count as one.
_LETTER: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_NO_LANGUAGE: Final = frozenset({"zxx", "mul"})


def written_in(text: str) -> str:
    """Return the code of a language (ISO 639-1, or -3 where it has none), or UNKNOWN rather than a guess."""
    read = " ".join(_WORD.findall(text[:_READ]))
    if len(read.split()) < WORDS and len(_LETTER.findall(read)) < 2 * WORDS:
        return UNKNOWN
    language, sure = _model().classify(read)
    return str(language) if sure >= SURE and language not in _NO_LANGUAGE else UNKNOWN


@cache
def _model() -> "LanguageIdentifier":
    # Its own import: a hundred megabytes that only a process which reads comments needs.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
