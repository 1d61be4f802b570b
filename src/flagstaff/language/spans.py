"""Find the stretches of a text that say who somebody is or how to reach them.

Conservative where a false find would cost the meaning (a plain "I am" needs a capital), robust where a miss would
name somebody: wide letters, accents, invisible characters, letters spaced one by one, "(at)" and "dot".
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

import regex

from flagstaff.language.folding import Folded, close_up, fold


class SpanKind(StrEnum):
    """Name what a stretch holds; the value is its mark in a redacted text."""

    EMAIL = "e-mail"
    LINK = "link"
    PHONE = "phone"
    HANDLE = "handle"
    NAME = "name"


class Span(NamedTuple):
    """A stretch of a text from `start` up to `end`, in code points."""

    start: int
    end: int
    kind: SpanKind


_SAID_DOT: Final = r"(?:dot|punto|ponto|point|punkt|\.)"
_DOT: Final = rf"(?:\.|\s\.\s|\s*[\(\[\{{<]\s*{_SAID_DOT}\s*[\)\]\}}>]\s*|\s+(?:dot|punto|ponto)\s+)"
_ENDINGS: Final = (
    r"(?:com|net|org|info|biz|io|co|me|app|dev|ai|xyz|online|site|store|shop|tech|club|live|link|page|pro|top|vip|gg|ly|to|tv"
    r"|us|uk|eu|de|fr|es|it|nl|be|ch|at|pl|pt|br|ar|mx|cl|pe|ru|ua|by|kz|tr|in|pk|bd|lk|id|ph|vn|th|my|sg|hk|cn|jp|kr|au|nz"
    r"|ca|za|ng|ke|eg|ma|ae|sa|ir|il|se|no|dk|fi|cz|sk|hu|ro|bg|gr|rs|hr|ie|edu|gov|mobi|name|cc|ws|su|im|fm|email)"
)
_MAILERS: Final = (
    r"(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|proton(?:mail)?|aol|gmx|web|mail|yandex|zoho|qq|163|hey"
    r"|fastmail|tutanota)"
)
_SERVICES: Final = (
    r"(?:whats\s?app|telegram|tele\s?gram|tg|skype|discord|signal|viber|wechat|we\s?chat|weixin|kik|snap(?:chat)?|insta(?:gram)?|ig"
    r"|twitter|facebook|fb|messenger|linked\s?in|tik\s?tok|line\s?id|hangouts?|zoom|git\s?hub|user\s?name|handle|nick(?:name)?"
    r"|screen\s?name|user\s?id|my\s+id)"
)
_DIGIT: Final = (
    r"(?:\d|zero|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
    r"|null|eins|zwei|drei|vier|funf|sechs|sieben|acht|neun|oh)"
)

_EMAIL = regex.compile(
    rf"""(?<![\w.])
    (?:[\w.+'%-]{{1,64}}\s?(?:@|[\(\[\{{<]\s*(?:at|arroba|a)\s*[\)\]\}}>])\s?[\w-]+(?:{_DOT}[\w-]+|\s?\.\s?{_ENDINGS}\b)*
      |[\w.+'%-]{{1,64}}\s+(?:at|arroba)\s+{_MAILERS}\b(?:{_DOT}{_ENDINGS}\b)*
      |[\w.+'%-]{{1,64}}\s+(?:at|arroba)\s+[\w-]+(?:\s+(?:dot|punto|ponto)\s+[\w-]+)+
      |[\w.+'%-]{{1,64}}\s+(?:at|arroba)\s+[\w-]+\.{_ENDINGS}\b)
    """,
    regex.VERBOSE,
)
_LINK = regex.compile(
    rf"""(?:\b(?:h\s?[tx]{{2}}ps?|ftp)\s?:\s?/\s?/\s?\S+
      |\bwww\s?\.\s?\S+
      |(?<![\w@.-])(?:[\w-]+{_DOT})+{_ENDINGS}\b(?:\s?/\s?[^\s]*)?
      |(?<![\w.])(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?::\d+)?(?:/\S*)?)
    """,
    regex.VERBOSE,
)
_PHONE = regex.compile(
    rf"(?<![\w.$€£¥])(?:\+|\(|00)?\s?{_DIGIT}(?:[\s().\-/·•_]{{0,3}}{_DIGIT}){{6,19}}(?!\w)"
)
_DATE = regex.compile(
    r"(?:19|20)\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d"
    r"|(?:19|20)\d\d\s?[-/]\s?(?:19|20)\d\d"
)
_MONEY = regex.compile(r"\d{1,3}(?:[., ]\d{3})+(?:[.,]\d\d)?")
_AT_HANDLE = regex.compile(r"(?<![\w.])@\s?[\w](?:[\w.-]*\w)?|(?<!\w)[\w.]{2,32}#\d{4}(?!\d)")
_NAMED_HANDLE = regex.compile(
    rf"""(?<!\w){_SERVICES}(?:\s+(?:id|name|handle|number|account|is|me|at|on|under|as|it's|user|username|es|ist))*
    \s*(?:[:=@]|(?<=\s(?:is|at|under|as|es|ist))(?=\s)|\s-\s)\s*@?(?P<found>[\w](?:[\w.#-]*\w)?)""",
    regex.VERBOSE,
)

# Names are looked for in the written text, for their capitals; `(?i:…)` where capitals do not matter.
_PARTICLE: Final = r"(?:de|del|della|di|da|dos|das|du|la|le|van|von|der|den|bin|ibn|al|el|ter|zu|y|e)"
_CAPITAL: Final = r"(?:\p{Lu}\.(?=\s*\p{Lu})|(?:O'|Mc|Mac|D'|d')?\p{Lu}[\p{L}\p{M}\p{Cf}'’-]*)"
_FULL: Final = rf"{_CAPITAL}(?:\s+(?:{_PARTICLE}\s+){{0,2}}{_CAPITAL}){{0,3}}"
_ANY: Final = r"[\p{L}][\p{L}\p{M}\p{Cf}'’-]*"
_NEVER: Final = (
    r"(?:a|an|and|also|as|at|because|been|but|by|for|from|going|here|his|her|i|if|in|is|it|just|mentioned|my|no|none|not|now|of|on"
    r"|or|so|still|that|the|their|there|they|this|to|too|used|very|was|we|what|which|with|you|your|y|pero|no|el|la|un|una|und"
    r"|aber|et|mais|e|mas|being|everywhere|listed|visible|already|public|known|wrong|misspelled|spelled)"
)
_STRONG = regex.compile(
    rf"""(?i:\b(?:my\s+(?:full\s+|real\s+|own\s+)?name(?:\s+is|'s|’s|\s*:|\s+was)|the\s+name(?:'s|’s|\s+is)|call\s+me|i\s+am\s+called
      |i\s+go\s+by|me\s+llamo|mi\s+nombre\s+(?:es|completo\s+es)|je\s+m['’]appelle|mon\s+nom\s+est|ich\s+hei(?:ß|ss)e
      |mein\s+name\s+ist|mi\s+chiamo|il\s+mio\s+nome\s+è|me\s+chamo|meu\s+nome\s+é|ik\s+heet|mijn\s+naam\s+is
      |nazywam\s+się|меня\s+зовут|мо[её]\s+имя|name\s*:))\s*[:,]?\s*["'“«]?
    (?P<found>{_FULL}|(?!(?i:{_NEVER})\b){_ANY}(?:\s+(?!(?i:{_NEVER})\b){_ANY})?)""",
    regex.VERBOSE,
)
_TAME: Final = (
    r"(?!(?:I|American|Muslim|Christian|Jewish|Indian|Pakistani|British|German|French|Spanish|Russian|Ukrainian|Chinese"
    r"|African|Asian|European|Latino|Latina|Black|White|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|OK|Very|Not"
    r"|So|The|A|An|Mr|Mrs|Ms|Dr|Prof|And|But|Just|Really|Sure|Sorry|Also|Writing|Reporting)\b)"
)
_WEAK = regex.compile(
    rf"""\b(?:I\s+am|I\s*['’]m|i\s+am|i['’]m|(?:T|t)his\s+is|(?:S|s)oy|(?:J|j)e\s+suis|(?:I|i)ch\s+bin|(?:S|s)ono|(?:S|s)ou
      |(?:H|h)i,?\s+it['’]s)\s+(?:(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+)?(?P<found>{_TAME}(?=\p{{Lu}}[\p{{Cf}}\p{{M}}]*[\p{{Ll}}.'’]){_FULL})""",
    regex.VERBOSE,
)
_SIGNED = regex.compile(
    rf"""(?i:\b(?:regards|kind\s+regards|best(?:\s+wishes)?|sincerely|yours(?:\s+truly)?|cheers|signed|thanks|thank\s+you|saludos
      |atentamente|cordialement|gruß|grüße|mfg))\s*[,:.!]?\s*(?:[-–—~]\s*)?\n?\s*(?P<found>{_TAME}{_FULL})\s*[.!]?\s*\Z
      |(?:^|\n)\s*[-–—~]\s*(?P<found>{_TAME}{_FULL})\s*\Z""",
    regex.VERBOSE,
)
_NAME_PATTERNS: Final = (_STRONG, _WEAK, _SIGNED)


def find_spans(text: str) -> list[Span]:
    """Return the stretches found, in order and without overlaps; the widest one wins, then the earlier kind."""
    folded = fold(text)
    found = {*_find_contacts(folded), *_find_names(text)}
    closed = close_up(folded)
    if closed is not folded:
        found |= set(_find_contacts(closed))
    return _without_overlaps(found)


def find_names(text: str, names: tuple[str, ...], kind: SpanKind = SpanKind.NAME) -> list[Span]:
    """Return where known names stand as whole words, whatever their case, accents and invisible characters."""
    wanted = sorted({known for name in names if (known := fold(name).text.strip())}, key=len, reverse=True)
    if not wanted:
        return []
    pattern = regex.compile(rf"(?<!\w)(?:{'|'.join(map(_spoken, wanted))})(?!\w)")
    spans: set[Span] = set()
    folded = fold(text)
    for form in {id(folded): folded, id(closed := close_up(folded)): closed}.values():
        spans |= {Span(*form.written(*found.span()), kind) for found in pattern.finditer(form.text)}
    return _without_overlaps(spans)


def _spoken(name: str) -> str:
    return r"\s+".join(regex.escape(part) for part in name.split())


def _find_contacts(folded: Folded) -> Iterator[Span]:
    for pattern, kind, counts in _CONTACTS:
        for found in pattern.finditer(folded.text):
            group = "found" if "found" in pattern.groupindex else 0
            if counts(found[group]):
                yield Span(*folded.written(*found.span(group)), kind)


def _find_names(text: str) -> Iterator[Span]:
    for pattern in _NAME_PATTERNS:
        for found in pattern.finditer(text):
            yield Span(*found.span("found"), SpanKind.NAME)


def _is_phone(found: str) -> bool:
    """Tell a number to call from a date, a price, or a short number without any sign of grouping."""
    bare = found.strip()
    if _DATE.fullmatch(bare) or _MONEY.fullmatch(bare):
        return False
    digits = sum(letter.isdigit() for letter in bare)
    words = len(regex.findall(r"[a-z]+", bare))
    grouped = bare.startswith(("+", "(", "00")) or len(regex.findall(r"\d+", bare)) > 1
    return digits + words >= 9 or (digits + words >= 7 and (grouped or words > 0))


def _is_handle(found: str) -> bool:
    return len(found) >= 3 and not regex.fullmatch(
        rf"{_NEVER}|account|number|group|chat|link|only|message|messages", found
    )


def _always(found: str) -> bool:
    return bool(found)


_CONTACTS: Final[tuple[tuple[regex.Pattern[str], SpanKind, Callable[[str], bool]], ...]] = (
    (_EMAIL, SpanKind.EMAIL, _always),
    (_LINK, SpanKind.LINK, _always),
    (_PHONE, SpanKind.PHONE, _is_phone),
    (_AT_HANDLE, SpanKind.HANDLE, _always),
    (_NAMED_HANDLE, SpanKind.HANDLE, _is_handle),
)
_RANK: Final = {kind: rank for rank, kind in enumerate(SpanKind)}


def _without_overlaps(spans: set[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end, _RANK[one.kind])):
        if span.start == span.end:
            continue
        if kept and span.start < kept[-1].end:
            last = kept[-1]
            kept[-1] = Span(last.start, max(last.end, span.end), last.kind)
        else:
            kept.append(span)
    return kept
