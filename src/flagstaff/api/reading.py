"""Read what was sent: bounded, JSON, and without what no text may hold. Every fault is named."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec

from flagstaff.kernel.errors import Refusal, TooLarge

BODY_LIMIT: Final = 1_048_576
KEY_LONGEST: Final = 200
_LONGEST_LENGTH: Final = 15
JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
T = TypeVar("T")
Scope = Mapping[str, Any]

# An escaped NUL: the backslash before it is not itself escaped.
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_WHERE: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$\.?(?P<path>.*)`)?$", re.DOTALL)
_UNKNOWN: Final = re.compile(r"unknown field `(?P<name>[^`]*)`")
_MISSING: Final = re.compile(r"missing required field `(?P<name>[^`]*)`")
_REFERENCE: Final = "see docs/reference/api.md for its fields"


class Malformed(Refusal):
    """A request cannot be read: no JSON, a wrong or unknown field, or a text that no text can be."""

    slug = "malformed"
    title = "This request cannot be read"


class ClientLeft(Exception):
    """Nobody is there any more to be answered."""


def too_large(limit: int = BODY_LIMIT) -> TooLarge:
    """Return the refusal of a body that is longer than what is taken at once."""
    return TooLarge(f"the body is larger than {limit} bytes", where="body", mend="send less at once")


async def read_body(
    headers: Mapping[str, str], receive: Any, limit: int = BODY_LIMIT, expected: str = JSON
) -> bytes:
    """Return the body; raises TooLarge before reading more than `limit` bytes, ClientLeft when nobody is there."""
    declared = headers.get("content-length", "")
    # Python refuses to read a number of thousands of digits.
    if declared.isdecimal() and (len(declared) > _LONGEST_LENGTH or int(declared) > limit):
        raise too_large(limit)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != expected:
        msg = f"the body is {kind or 'of no declared type'}; {expected} is expected"
        raise Malformed(msg, where="Content-Type", mend=f"send Content-Type: {expected}")
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise too_large(limit)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def decode(body: bytes, decoder: "msgspec.json.Decoder[T]") -> T:
    """Return the body as the decoder's type; raises Malformed that names the field."""
    value = decode_frame(body, decoder)
    if b"\\u0000" in body and _NUL.search(body):
        msg = "a text holds the character U+0000, which no text of ours can hold"
        raise Malformed(msg, where="body", mend="leave it out")
    return value


def decode_frame(body: bytes, decoder: "msgspec.json.Decoder[T]") -> T:
    """Return what holds parts that are decoded one by one, each with its own check; raises Malformed."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _wrong_field(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _unreadable(body) from None


def _unreadable(body: bytes) -> Malformed:
    """Say why a body is no JSON; half of a letter, which other readers let pass, is named with its place."""
    try:
        whole = json.loads(body)
    except (ValueError, RecursionError):
        return Malformed("the body is not JSON in UTF-8", where="body", mend="check it with any JSON reader")
    msg = "a text holds half of a surrogate pair, as a cut emoji leaves it, which no text of ours can hold"
    return Malformed(msg, where=_halved(whole) or "body", mend="cut texts between letters, or leave it out")


def _halved(whole: object) -> str:
    """Return where the first lone surrogate stands, such as `flags[3].details`."""
    waiting: list[tuple[str, object]] = [("", whole)]
    while waiting:
        path, found = waiting.pop()
        if isinstance(found, str) and any(0xD800 <= ord(letter) <= 0xDFFF for letter in found):
            return path
        if isinstance(found, dict):
            waiting += [(f"{path}.{name}".removeprefix("."), one) for name, one in reversed(found.items())]
        if isinstance(found, list):
            waiting += [(f"{path}[{place}]", found[place]) for place in reversed(range(len(found)))]
    return ""


def _wrong_field(said: str) -> Malformed:
    found = _WHERE.match(said)
    what = found["what"] if found else said
    path = (found["path"] or "") if found else ""
    named = _UNKNOWN.search(what) or _MISSING.search(what)
    where = ".".join(part for part in (path, named["name"] if named else "") if part)
    return Malformed(f"{what[:1].lower()}{what[1:]}", where=where or "body", mend=_REFERENCE)


def plain_text(text: str, where: str) -> str:
    """Return a text from a query, form or signature; raises Malformed for a NUL or a lone surrogate."""
    if "\x00" in text or any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        msg = "this text holds a character that no text of ours can hold"
        raise Malformed(msg, where=where, mend="leave it out")
    return text


def read_form(body: bytes, longest: int = 20_000) -> dict[str, str]:
    """Return the fields of a sent form, of a repeated one the last; raises Malformed."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=40)
    except ValueError:
        msg = "the form cannot be read"
        raise Malformed(msg, where="body", mend="send it as a browser does, in UTF-8") from None
    form = {name: plain_text(value, name[:40]) for name, value in pairs}
    for name, value in form.items():
        if len(value) > longest:
            msg = f"this field is longer than {longest} characters"
            raise Malformed(msg, where=name[:40], mend="say it shorter")
    return form


def request_key(headers: Mapping[str, str]) -> str | None:
    """Return the Idempotency-Key, None where there is none; raises Malformed for one that cannot be used."""
    key = headers.get("idempotency-key")
    return None if key is None else usable_key(key, "Idempotency-Key")


def usable_key(key: str, where: str) -> str:
    """Return an idempotency key; raises Malformed for one that cannot be used."""
    if not 1 <= len(key) <= KEY_LONGEST or not key.isascii() or not key.isprintable():
        msg = f"an Idempotency-Key has 1 to {KEY_LONGEST} printable ASCII characters"
        raise Malformed(msg, where=where, mend="a random UUID will do")
    return key


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers by lower-case name; those of one name are joined by commas (RFC 9110, section 5.3).

    So a repeated Authorization names nobody: a proxy might have read the first, and we the last.
    """
    given = scope["headers"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in given}
    if len(headers) != len(given):
        joined: dict[bytes, bytes] = {}
        for name, value in given:
            joined[name] = joined[name] + b", " + value if name in joined else value
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in joined.items()}
    return headers
