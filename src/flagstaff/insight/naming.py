"""Say which words a person may give a theme: none that a comment has in a row, and none that say who somebody is.

A theme's name and meaning are kept in plain and may be told to readers, so that they are nobody's own. A refusal says
what it found and where, and quotes no comment.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import regex

from flagstaff.kernel.errors import Refusal
from flagstaff.language.folding import fold
from flagstaff.language.spans import SpanKind, find_spans

SAME_WORDS: Final = 6
"""So many words in a row of a public name may stand in no comment: they would be somebody's own."""

# Scripts that put no blank between words; two of their letters weigh as one word.
_LETTER_BY_LETTER: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
_TOKEN: Final = regex.compile(_LETTER_BY_LETTER.pattern + r"|[^\W_]+")
_READS_LIKE: Final = {
    SpanKind.EMAIL: "an e-mail address",
    SpanKind.LINK: "a link",
    SpanKind.PHONE: "a phone number",
    SpanKind.HANDLE: "an account with another service",
    SpanKind.NAME: "the name of a person",
}


class WordsOfAComment(Refusal):
    """What readers would be told stands in a comment, word for word."""

    slug = "words-of-a-comment"
    status = 422
    title = "These are the words of a comment"


class SaysWho(Refusal):
    """The name of a theme says who somebody is, or how to reach them."""

    slug = "says-who"
    status = 422
    title = "This says who somebody is"


def refuse_who(**texts: str) -> None:
    """Raise SaysWho where a text, by the name of its field, holds what is taken out of a redacted copy."""
    for where, text in texts.items():
        if spans := find_spans(text):
            what = f"it holds what reads like {_READS_LIKE[spans[0].kind]}"
            raise SaysWho(what, where=where, mend="say what happened, and nothing of who")


class Name:
    """A public name with what of it may stand in no comment; one of fewer than six words needs no comment opened."""

    def __init__(self, name: str) -> None:
        """Take the name apart."""
        words = _words(name)
        stretches = (_stretch(words[start:]) for start in range(len(words)))
        self._forbidden = tuple(one for one in stretches if one)

    @property
    def needs_comments(self) -> bool:
        """Tell whether it is long enough to repeat anybody."""
        return bool(self._forbidden)

    def stands_in(self, spelled: str) -> bool:
        """Tell whether six words or more in a row stand as well in a comment that was taken apart (`spelled_out`)."""
        return any(f" {one} " in spelled for one in self._forbidden)


def may_repeat(*texts: str) -> bool:
    """Tell whether any of these is long enough to repeat a comment."""
    return any(Name(text).needs_comments for text in texts)


def refuse_words_of(comments: Iterable[str], **texts: str) -> None:
    """Raise WordsOfAComment where a text, by the name of its field, has six words in a row with a comment."""
    names = {where: name for where, text in texts.items() if (name := Name(text)).needs_comments}
    for comment in comments if names else ():
        spelled = spelled_out(comment)
        for where, name in names.items():
            if name.stands_in(spelled):
                what = f"{SAME_WORDS} words in a row of it stand in a comment"
                raise WordsOfAComment(what, where=where, mend="say it in your own words")


def spelled_out(comment: str) -> str:
    """Return the words of a comment as names are compared with them."""
    return f" {' '.join(_words(comment))} "


def _words(text: str) -> list[str]:
    found: list[str] = _TOKEN.findall(fold(text).text)
    return found


def _stretch(words: Sequence[str]) -> str:
    """Return the first words that weigh six together, "" where they do not."""
    weight = 0.0
    for place, word in enumerate(words, 1):
        weight += 0.5 if _LETTER_BY_LETTER.fullmatch(word) else 1.0
        if weight >= SAME_WORDS:
            return " ".join(words[:place])
    return ""
