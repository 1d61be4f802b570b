"""Tell who asks: a machine with an API key, or a person whose platform signed for them."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from flagstaff.api.reading import plain_text
from flagstaff.flows.house import House
from flagstaff.flows.key_ring import KeyRing
from flagstaff.flows.secret_book import SecretBook
from flagstaff.kernel.errors import Forbidden, Refusal, Unauthorised
from flagstaff.language.asked import accepted
from flagstaff.platforms.tokens import (
    BadToken,
    PersonToken,
    SubjectTicket,
    read_person_token,
    read_subject_ticket,
)
from flagstaff.staff.model import ApiKey
from flagstaff.staff.rules import key_may
from flagstaff.vocabulary.references import PersonRef, Platform
from flagstaff.vocabulary.scopes import ApiScope

_BEARER = "bearer "


class ScopeMissing(Forbidden):
    """An API key was made without this permission; keys never gain one, so a new key is needed."""

    slug = "scope-missing"
    title = "This API key may not do this"


class PersonMissing(Refusal):
    """A machine asks for a person's things without saying whose."""

    slug = "person-missing"
    title = "Whose is it?"


class WrongWay(Refusal):
    """A person came where machines come, or the body fits the other way of sending."""

    slug = "wrong-way"
    title = "This does not go this way"


class Machine(msgspec.Struct, frozen=True):
    """A platform's own server, by its API key."""

    key: ApiKey

    @property
    def platform(self) -> Platform:
        """Return whose server it is."""
        return self.key.platform

    @property
    def name(self) -> str:
        """Return whose an Idempotency-Key is."""
        return f"key:{self.key.id}"


class Person(msgspec.Struct, frozen=True):
    """A person, by a token that their platform signed."""

    token: PersonToken

    @property
    def name(self) -> str:
        """Return whose an Idempotency-Key is."""
        return f"person:{self.token.person.platform}:{self.token.person.id}"


Caller = Machine | Person


class Asker(NamedTuple):
    """Whose things are asked for, whose an Idempotency-Key is, and the languages wanted, the dearest first."""

    who: PersonRef
    name: str
    wanted: tuple[str, ...]


class Gate:
    """Recognise callers from their headers; secrets and keys are held in memory for half a minute at most."""

    def __init__(self, house: House) -> None:
        """Read keys and secrets of this house when they are first needed."""
        self._house = house
        self._keys = KeyRing(house)
        self._secrets = SecretBook(house)

    async def caller(self, headers: Mapping[str, str]) -> Caller:
        """Return who asks; raises Unauthorised, BadKey, BadToken or ExpiredToken."""
        shown = headers.get("authorization", "")
        if not shown.lower().startswith(_BEARER):
            msg = "nobody is named" if not shown else "only Bearer is understood"
            mend = "send Authorization: Bearer with an API key or a person token"
            raise Unauthorised(msg, where="Authorization", mend=mend)
        bearer = shown[len(_BEARER) :].strip()
        if bearer.startswith("fs_"):
            return Machine(await self._keys.holder(bearer))
        token = read_person_token(bearer, await self._secrets.live(bearer), self._house.clocks.wall.now())
        _check_origin(token, headers.get("origin"))
        plain_text(token.person.id, "Authorization")
        return Person(token)

    async def machine(self, headers: Mapping[str, str], scope: ApiScope) -> Machine:
        """Return a machine whose key has a scope; raises WrongWay for a person, ScopeMissing without it."""
        caller = await self.caller(headers)
        if isinstance(caller, Person):
            msg = "this is for a platform's own server"
            raise WrongWay(msg, where="Authorization", mend="use an API key")
        demand(caller, scope)
        return caller

    async def person(self, headers: Mapping[str, str], scope: ApiScope, named: str) -> Asker:
        """Return whose things are asked for, and the caller's name; a machine says it by `?person=`."""
        caller = await self.caller(headers)
        wanted = accepted(headers.get("accept-language", ""))
        if isinstance(caller, Person):
            own = (caller.token.language,) if caller.token.language else ()
            return Asker(caller.token.person, caller.name, own + wanted)
        demand(caller, scope)
        if not named:
            msg = "a machine asks for one person's things"
            raise PersonMissing(
                msg, where="person", mend="add ?person= with the platform's id of that person"
            )
        return Asker(PersonRef(caller.platform, plain_text(named, "person")), caller.name, wanted)

    async def person_of_form(self, token: str) -> Person:
        """Return whose token a page without script carries; raises BadToken, ExpiredToken.

        The page that carries it on is ours, so that the site which a browser names proves nothing here.
        """
        read = read_person_token(token, await self._secrets.live(token), self._house.clocks.wall.now())
        plain_text(read.person.id, "token")
        return Person(read)

    async def ticket(self, compact: str) -> SubjectTicket:
        """Return what a subject ticket names; raises BadTicket."""
        return read_subject_ticket(compact, await self._secrets.live(compact), self._house.clocks.wall.now())


def demand(machine: Machine, scope: ApiScope) -> None:
    """Raise ScopeMissing unless the key has the scope."""
    ruling = key_may(machine.key, scope)
    if not ruling:
        raise ScopeMissing(
            ruling.reason, where="Authorization", mend=f"make a key with the scope {scope.value}"
        )


def _check_origin(token: PersonToken, origin: str | None) -> None:
    """Refuse a token that leaked to another site: browsers name the site themselves."""
    if token.origin is not None and origin is not None and token.origin != origin:
        msg = "this token was signed for another site than the one that sends it"
        raise BadToken(msg, where="Origin", mend="sign the token with the origin of the page that uses it")
