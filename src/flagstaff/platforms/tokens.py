"""Read what a host signed for a browser: who somebody is (a person token) and what they look at (a subject ticket).

Both are JWTs signed with HS256 under a secret that the host and Flagstaff share, named by `kid`. Everything here is a
function of the text, the secrets and the time.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Final, NoReturn, TypeVar

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from msgspec import Meta

from flagstaff.kernel.clock import in_utc
from flagstaff.kernel.errors import FlagstaffError, Refusal, Unauthorised
from flagstaff.platforms.model import LiveSecret
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.references import PersonRef, Place, Platform, SubjectKind, SubjectRef

SKEW: Final = timedelta(seconds=60)
LONGEST_TOKEN: Final = timedelta(minutes=15)
LONGEST_TICKET: Final = timedelta(days=7)
TOKEN_BYTES: Final = 4096
TICKET_BYTES: Final = 131_072

_Id = Annotated[str, Meta(min_length=1, max_length=200)]
_Line = Annotated[str, Meta(max_length=1000)]
_Claims = TypeVar("_Claims", bound="_Signed")


class BadToken(Unauthorised):
    """A person token is forged, broken, or not one."""

    slug = "bad-token"
    title = "This person token cannot be trusted"


class ExpiredToken(Unauthorised):
    """A person token has run out; the dialog fetches a new one and sends again."""

    slug = "expired-token"
    title = "This person token has run out"


class BadTicket(Refusal):
    """A subject ticket is forged, broken, has run out, or is not one."""

    slug = "bad-ticket"
    title = "This subject ticket cannot be trusted"


class PersonRole(StrEnum):
    """Say as what somebody comes: to flag, or to see and appeal decisions on what they wrote."""

    REPORTER = "reporter"
    AUTHOR = "author"


class PersonToken(msgspec.Struct, frozen=True, kw_only=True):
    """Who stands in front of the browser, as their platform says."""

    person: PersonRef
    role: PersonRole
    language: str | None
    origin: str | None
    until: datetime


class SubjectTicket(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody looks at, as its platform says. `audience` None stands for unknown."""

    subject: SubjectRef
    author: PersonRef
    participants: tuple[str, ...]
    place: Place | None
    posted_at: datetime | None
    edited_at: datetime | None
    audience: Audience | None
    title: str | None
    text: str | None
    link: str | None
    hash: str | None
    language: str | None
    signed_at: datetime
    until: datetime


class _Signed(msgspec.Struct, frozen=True, kw_only=True):
    iss: str
    iat: float
    exp: float
    nbf: float | None = None


class _PersonClaims(_Signed, frozen=True, kw_only=True):
    sub: _Id
    role: PersonRole = PersonRole.REPORTER
    lang: Annotated[str, Meta(max_length=35)] | None = None
    origin: Annotated[str, Meta(max_length=300)] | None = None


class _SubjectClaims(_Signed, frozen=True, kw_only=True):
    kind: Annotated[str, Meta(min_length=1, max_length=60)]
    id: _Id
    author: _Id
    participant: _Id | tuple[_Id, ...] = ()
    place: Place | None = None
    posted_at: datetime | None = None
    edited_at: datetime | None = None
    audience: Annotated[int, Meta(ge=0)] | Audience | None = None
    title: _Line | None = None
    text: Annotated[str, Meta(max_length=60_000)] | None = None
    link: Annotated[str, Meta(max_length=2000)] | None = None
    hash: Annotated[str, Meta(max_length=200)] | None = None
    lang: Annotated[str, Meta(max_length=35)] | None = None


class _Broken(Exception):
    """Carry why a text is not to be trusted, until the caller knows which error that is."""


_person_claims: Final = msgspec.json.Decoder(_PersonClaims)
_subject_claims: Final = msgspec.json.Decoder(_SubjectClaims)
_header: Final = msgspec.json.Decoder(dict[str, Any])
# Hosts' libraries write "JWT" by themselves. A ticket must say that it is one; a token must not say so.
_TICKET_TYPE: Final = "subject"
_TOKEN_TYPES: Final = frozenset({"JWT", "jwt", "person"})


def read_person_token(compact: str, secrets: Mapping[str, LiveSecret], now: datetime) -> PersonToken:
    """Return who a token names; raises BadToken or ExpiredToken. `secrets` are the live ones, by kid."""
    try:
        claims = _read(compact, secrets, TOKEN_BYTES, _person_claims, ticket=False)
        _check_times(claims, now, LONGEST_TOKEN)
    except _Broken as broken:
        _refuse(BadToken, broken, "sign it as docs/how-to/connect-a-platform.md shows")
    if claims.exp <= (now - SKEW).timestamp():
        msg = "this person token has run out"
        raise ExpiredToken(msg, where="Authorization", mend="fetch a new one and send the same request again")
    return PersonToken(
        person=PersonRef(Platform(claims.iss), claims.sub),
        role=claims.role,
        language=claims.lang,
        origin=claims.origin,
        until=_moment(claims.exp),
    )


def read_subject_ticket(compact: str, secrets: Mapping[str, LiveSecret], now: datetime) -> SubjectTicket:
    """Return what a ticket names; raises BadTicket, with the fact `expired` where only its time is over."""
    try:
        claims = _read(compact, secrets, TICKET_BYTES, _subject_claims, ticket=True)
        _check_times(claims, now, LONGEST_TICKET)
        posted_at, edited_at = _told(claims.posted_at), _told(claims.edited_at)
    except _Broken as broken:
        _refuse(BadTicket, broken, "sign it as docs/how-to/connect-a-platform.md shows")
    if claims.exp <= (now - SKEW).timestamp():
        msg = "this subject ticket has run out"
        raise BadTicket(msg, where="ticket", mend="render the page again, or sign a new ticket", expired=True)
    platform = Platform(claims.iss)
    participant = claims.participant
    return SubjectTicket(
        subject=SubjectRef(platform, SubjectKind(claims.kind), claims.id),
        author=PersonRef(platform, claims.author),
        participants=(participant,) if isinstance(participant, str) else participant,
        place=claims.place,
        posted_at=posted_at,
        edited_at=edited_at,
        audience=Audience.of(claims.audience) if isinstance(claims.audience, int) else claims.audience,
        title=claims.title,
        text=claims.text,
        link=claims.link,
        hash=claims.hash,
        language=claims.lang,
        signed_at=_moment(claims.iat),
        until=_moment(claims.exp),
    )


def key_id_of(compact: str) -> str:
    """Return the kid that a text claims, unchecked, for looking up secrets; "" where there is none to be read."""
    try:
        return str(_read_header(compact[:2000].partition(".")[0]).get("kid", ""))
    except _Broken:
        return ""


def _refuse(kind: type[FlagstaffError], why: Exception, mend: str) -> NoReturn:
    where = "ticket" if kind is BadTicket else "Authorization"
    raise kind(str(why), where=where, mend=mend) from None


def _read(
    compact: str,
    secrets: Mapping[str, LiveSecret],
    most: int,
    decoder: msgspec.json.Decoder[_Claims],
    *,
    ticket: bool,
) -> _Claims:
    if len(compact) > most:
        msg = f"it is longer than {most} characters"
        raise _Broken(msg)
    parts = compact.split(".")
    if len(parts) != 3:
        msg = "it is not a signed JWT (three parts set apart by dots)"
        raise _Broken(msg)
    header = _read_header(parts[0])
    secret = _secret_for(header, secrets)
    _check_type(header, ticket=ticket)
    payload = _verify(compact, secret)
    # The same signature has several spellings in base64 (unused last bits); only one is accepted.
    if base64.urlsafe_b64encode(_decode(parts[2])).rstrip(b"=") != parts[2].encode():
        msg = "its signature is not written in the one way base64url allows"
        raise _Broken(msg)
    try:
        claims = decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"its claims are not as they should be: {error}"
        raise _Broken(msg) from None
    if claims.iss != secret.platform:
        msg = "its secret belongs to another platform than its issuer"
        raise _Broken(msg)
    return claims


def _read_header(part: str) -> dict[str, Any]:
    try:
        return _header.decode(_decode(part))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        msg = "its header is not JSON"
        raise _Broken(msg) from None


def _decode(part: str) -> bytes:
    try:
        return base64.b64decode(part.encode() + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        msg = "it is not written in base64url"
        raise _Broken(msg) from None


def _secret_for(header: Mapping[str, object], secrets: Mapping[str, LiveSecret]) -> LiveSecret:
    """Find the secret by `kid`; the algorithm is ours to name, never the sender's (RFC 8725, section 3.1)."""
    if header.get("alg") != "HS256":
        msg = "it must be signed with HS256"
        raise _Broken(msg)
    kid = header.get("kid")
    secret = secrets.get(kid) if isinstance(kid, str) else None
    if secret is None:
        msg = "its key id (kid) names no live secret"
        raise _Broken(msg)
    return secret


def _check_type(header: Mapping[str, object], *, ticket: bool) -> None:
    """Keep the two apart (RFC 8725, section 3.11): a ticket handed out in a page must not sign anybody in."""
    kind = header.get("typ")
    if ticket and kind != _TICKET_TYPE:
        msg = 'it is no subject ticket: its header needs "typ": "subject"'
        raise _Broken(msg)
    if not ticket and kind is not None and (not isinstance(kind, str) or kind not in _TOKEN_TYPES):
        msg = 'it is no person token: its header says another "typ"'
        raise _Broken(msg)


def _verify(compact: str, secret: LiveSecret) -> bytes:
    try:
        return jws.deserialize_compact(compact, _key(secret.text), algorithms=["HS256"]).payload
    except (JoseError, ValueError, TypeError):
        msg = "its signature does not fit"
        raise _Broken(msg) from None


@lru_cache(maxsize=256)
def _key(text: str) -> OctKey:
    return OctKey.import_key(text)


def _check_times(claims: _Signed, now: datetime, longest: timedelta) -> None:
    soon = (now + SKEW).timestamp()
    if claims.iat > soon or (claims.nbf is not None and claims.nbf > soon):
        msg = "it is dated in the future: check the clock of the host"
        raise _Broken(msg)
    if not 0 < claims.exp - claims.iat <= longest.total_seconds() or claims.iat < 0:
        msg = f"it may live {_spoken(longest)} at most, from iat to exp"
        raise _Broken(msg)


def _spoken(span: timedelta) -> str:
    return f"{span.days} days" if span.days else f"{int(span.total_seconds() // 60)} minutes"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _told(moment: datetime | None) -> datetime | None:
    try:
        return None if moment is None else in_utc(moment)
    except ValueError as error:
        msg = f"{error}: when it was posted or edited"
        raise _Broken(msg) from None
