"""Forge what the contract trusts: tokens, tickets, keys. Everything drawn here must be refused."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from hypothesis import strategies as st

from flagstaff.flows.platform_secrets import make_secret
from flagstaff.platforms import storage as platforms
from flagstaff.platforms.model import Purpose
from flagstaff.store.roles import Role
from tests.doors.machine_world import LANTERN, World
from tests.houses import HARBORLANE

DIGESTS: Final[Mapping[str, Callable[..., Any]]] = {
    "HS256": hashlib.sha256,
    "HS384": hashlib.sha384,
    "HS512": hashlib.sha512,
}
ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# Letters of other scripts that look like ours, and signs that readers of text like to lose.
LOOK_ALIKES: Final = {
    "a": "а",
    "o": "о",
    "e": "е",
    "n": "ո",
    "r": "г",
    "l": "ⅼ",
    "0": "О",
    "-": "‐",
    "_": "＿",
    "s": "ѕ",
}


def spelled(part: Mapping[str, Any] | bytes) -> str:
    """Return one part of a JWT."""
    raw = part if isinstance(part, bytes) else json.dumps(part).encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(
    head: Mapping[str, Any] | bytes, claims: Mapping[str, Any] | bytes, secret: str, alg: str = "HS256"
) -> str:
    """Sign whatever is given, also what no library would sign."""
    text = f"{spelled(head)}.{spelled(claims)}"
    return (
        f"{text}.{spelled(hmac.digest(secret.encode('utf-8', 'surrogatepass'), text.encode(), DIGESTS[alg]))}"
    )


async def lanterns_secret(world: World) -> tuple[str, str]:
    """Give the other platform a live secret of its own: its kid and its text."""
    made = make_secret(world.house, LANTERN, Purpose.TOKEN)
    async with world.house.database.transaction(Role.CONSOLE) as connection:
        for old in await platforms.live_secrets(connection, Purpose.TOKEN, LANTERN):
            await platforms.retire_secret(connection, LANTERN, old.kid, world.house.clocks.wall.now())
        await platforms.add_secret(connection, made.sealed)
    return made.sealed.kid, made.text


@st.composite
def broken(draw: st.DrawFn, good: str) -> str:
    """Change a good text: one letter, a cut, an addition, a look-alike, two swapped."""
    at = draw(st.integers(0, len(good) - 1))
    how = draw(st.sampled_from(["letter", "cut", "head", "more", "alike", "swap", "case", "blank"]))
    if how == "letter":
        changed = good[:at] + draw(st.sampled_from(ALPHABET + ".+/= ")) + good[at + 1 :]
    elif how == "cut":
        changed = good[:at]
    elif how == "head":
        changed = good[at + 1 :]
    elif how == "more":
        changed = good[:at] + draw(st.text(ALPHABET + ".=\x00\n\t é", min_size=1, max_size=30)) + good[at:]
    elif how == "alike":
        changed = good[:at] + LOOK_ALIKES.get(good[at], "\u200b" + good[at]) + good[at + 1 :]
    elif how == "swap":
        changed = good[at:] + good[:at]
    elif how == "case":
        changed = good[:at] + good[at].swapcase() + good[at + 1 :]
    else:
        changed = good[:at] + draw(st.sampled_from(["\t", "\u00a0", "\u2028", "%00", "\\u0000"])) + good[at:]
    return changed


_JUNK: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


Draw = st.DrawFn


def _no_algorithm(draw: Draw, kind: "Kind") -> str:
    head = kind.head | {
        "alg": draw(st.sampled_from(["none", "None", "NONE", "", None, [], "hs256", "HS256 "]))
    }
    compact = signed(head, kind.claims, draw(st.sampled_from([kind.secret, ""])))
    return draw(st.sampled_from([compact, compact.rpartition(".")[0] + "."]))


def _other_algorithm(draw: Draw, kind: "Kind") -> str:
    alg = draw(st.sampled_from(["HS384", "HS512"]))
    named = draw(st.sampled_from([alg, "RS256", "ES256", "EdDSA", "PS256", "A128KW"]))
    return signed(kind.head | {"alg": named}, kind.claims, kind.secret, alg)


def _no_secret_of_ours(draw: Draw, kind: "Kind") -> str:
    # Not the secret with U+0000 behind it: HMAC fills a key up with zeros, so that is the very same key.
    guesses = [
        "",
        "secret",
        kind.kid,
        HARBORLANE,
        kind.api_key,
        kind.others[1],
        kind.secret[:-1],
        kind.secret[::-1],
    ]
    return signed(kind.head, kind.claims, draw(st.sampled_from(guesses) | st.text("abc\x01é", max_size=60)))


def _anothers_secret(draw: Draw, kind: "Kind") -> str:
    pairs = [kind.others, (kind.kid, kind.others[1]), (kind.others[0], kind.secret)]
    kid, secret = draw(st.sampled_from(pairs))
    return signed(kind.head | {"kid": kid}, kind.claims, secret)


def _key_id(draw: Draw, kind: "Kind") -> str:
    guesses: list[Any] = [
        None,
        0,
        [],
        {},
        "../../../../dev/null",
        "' or 1=1 --",
        kind.kid + "\x00",
        " " + kind.kid,
    ]
    drawn = draw(st.sampled_from(guesses) | st.text(max_size=40).filter(lambda text: text != kind.kid))
    return signed(kind.head | {"kid": drawn}, kind.claims, kind.secret)


def _issuer(draw: Draw, kind: "Kind") -> str:
    guesses: list[Any] = [
        LANTERN,
        "",
        "*",
        "Harborlane",
        "hаrborlane",
        "harborlane\x00",
        "harborlane ",
        None,
        ["harborlane"],
    ]
    return signed(kind.head, kind.claims | {"iss": draw(st.sampled_from(guesses))}, kind.secret)


def _type(draw: Draw, kind: "Kind") -> str:
    return signed(kind.head | {"typ": draw(st.sampled_from(kind.wrong_types))}, kind.claims, kind.secret)


def _extension(draw: Draw, kind: "Kind") -> str:
    """Say that something must be understood that is not (RFC 7515, section 4.1.11; RFC 7797)."""
    more: list[dict[str, Any]] = [{"crit": ["exp"]}, {"crit": ["b64"], "b64": False}, {"crit": ["x"], "x": 1}]
    return signed(kind.head | draw(st.sampled_from(more)), kind.claims, kind.secret)


def _time(draw: Draw, kind: "Kind") -> str:
    return signed(kind.head, kind.claims | draw(st.sampled_from(kind.wrong_times())), kind.secret)


def _claims(draw: Draw, kind: "Kind") -> str:
    names = st.sampled_from(["iss", "sub", "iat", "exp", "kind", "id"])
    return signed(kind.head, draw(st.dictionaries(names, _JUNK, max_size=4)), kind.secret)


def _no_json(draw: Draw, kind: "Kind") -> str:
    deep = [b"[" * 2500, b'{"a":' * 700, b"NaN", b"\xff", b"{}", b"null", b'{"kid":' * 300]
    raw = draw(st.binary(max_size=60) | st.sampled_from(deep))
    head: Any = raw if draw(st.booleans()) else kind.head
    return signed(head, raw if head is not raw else kind.claims, kind.secret)


def _too_long(draw: Draw, kind: "Kind") -> str:
    return signed(
        kind.head, kind.claims | {"lang": "e" * draw(st.sampled_from([36, 5_000, 140_000]))}, kind.secret
    )


FORGERIES: Final = (
    *(
        _no_algorithm,
        _other_algorithm,
        _no_secret_of_ours,
        _anothers_secret,
        _key_id,
        _issuer,
        _type,
        _extension,
    ),
    *(_time, _claims, _no_json, _too_long),
)


@st.composite
def forged(draw: Draw, kind: "Kind") -> str:
    """Return a JWT that nobody may believe, though it is well made."""
    return draw(st.sampled_from(FORGERIES))(draw, kind)


class Kind:
    """What a good one looks like, and what makes it bad."""

    def __init__(self, world: World, others: tuple[str, str], *, ticket: bool) -> None:
        """Forge tickets or tokens of a world's host."""
        host = world.host
        self.kid, self.secret, self.api_key, self.others = host.kid, host.secret, host.api_key, others
        self.good = host.ticket("machine") if ticket else host.token("rita")
        head, claims, _ = (
            json.loads(_opened(part)) if place < 2 else {} for place, part in enumerate(self.good.split("."))
        )
        self.head: dict[str, Any] = head
        self.claims: dict[str, Any] = claims
        self.now, self.longest = host.now(), 7 * 86_400 if ticket else 900
        self.wrong_types = (
            [None, "JWT", "person", "Subject", ""] if ticket else ["subject", "", "at+jwt", 0, ["JWT"]]
        )

    def wrong_times(self) -> list[dict[str, Any]]:
        """Return times just beyond what is allowed, and some that are none."""
        now = self.now
        return [
            {"iat": now - 120, "exp": now - 60},
            {"iat": now + 61, "exp": now + 120},
            {"nbf": now + 61},
            {"iat": now, "exp": now + self.longest + 1},
            {"iat": now, "exp": now},
            {"iat": now, "exp": now - 1},
            {"iat": -1, "exp": now},
            {"exp": 1e308},
            {"iat": -1e308},
            {"exp": str(now + 60)},
            {"exp": None},
            {"iat": True},
            {"iat": 10**30, "exp": 10**30 + 1},
        ]


def _opened(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
