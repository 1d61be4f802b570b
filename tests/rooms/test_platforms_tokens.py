"""What a host signed is believed to the letter, and nothing else is."""

import base64
import contextlib
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from joserfc import jws
from joserfc.jwk import OctKey

from flagstaff.kernel.errors import FlagstaffError
from flagstaff.platforms.model import LiveSecret
from flagstaff.platforms.tokens import (
    TICKET_BYTES,
    TOKEN_BYTES,
    BadTicket,
    BadToken,
    ExpiredToken,
    PersonRole,
    key_id_of,
    read_person_token,
    read_subject_ticket,
)
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.references import PersonRef, Place, Platform, SubjectKind, SubjectRef, Surface

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
SHOP, CLUB = Platform("shop"), Platform("club")
SECRETS = {
    "k1": LiveSecret(SHOP, "k1", "s" * 43),
    "k2": LiveSecret(SHOP, "k2", "t" * 43),
    "c1": LiveSecret(CLUB, "c1", "u" * 43),
}
PERSON = {"iss": "shop", "sub": "user-1", "role": "reporter", "lang": "es", "iat": AT, "exp": AT + 900}
SUBJECT = {
    "iss": "shop",
    "kind": "job_post",
    "id": "j1",
    "author": "user-2",
    "iat": AT,
    "exp": AT + 7 * 86400,
}


def part(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(
    claims: dict[str, Any], header: dict[str, Any] | None = None, *, kid: str = "k1", secret: str = ""
) -> str:
    """Sign as a host's own library would, byte by byte."""
    body = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid} | (header or {}))}.{part(claims)}"
    key = (secret or SECRETS[kid].text).encode()
    return f"{body}.{part(hmac.digest(key, body.encode(), hashlib.sha256))}"


def ticket(claims: dict[str, Any] | None = None, **header: Any) -> str:
    return sign(SUBJECT | (claims or {}), {"typ": "subject"} | header)


def test_a_person_token_says_who_somebody_is() -> None:
    token = read_person_token(sign(PERSON), SECRETS, NOW)
    assert token.person == PersonRef(SHOP, "user-1")
    assert (token.role, token.language) == (PersonRole.REPORTER, "es")
    assert token.until == NOW + timedelta(minutes=15)


def test_a_ticket_says_what_somebody_looks_at() -> None:
    place = {"surface": "community", "board": "help", "thread": "t1"}
    more = {
        "place": place,
        "posted_at": "2026-03-01T09:00:00Z",
        "audience": 5,
        "participant": "user-3",
        "text": "hé",
    }
    read = read_subject_ticket(ticket(more), SECRETS, NOW)
    assert read.subject == SubjectRef(SHOP, SubjectKind("job_post"), "j1")
    assert read.author == PersonRef(SHOP, "user-2")
    assert read.place == Place(Surface.COMMUNITY, board="help", thread="t1")
    assert (read.audience, read.participants, read.text) == (Audience.SOME, ("user-3",), "hé")
    assert read.posted_at == datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "read"),
    [(1, Audience.ONE), (7, Audience.SOME), ("5-19", Audience.SOME), ("20+", Audience.MANY), (None, None)],
)
def test_an_audience_is_sent_as_a_number_or_as_its_bucket(sent: object, read: Audience | None) -> None:
    assert read_subject_ticket(ticket({"audience": sent}), SECRETS, NOW).audience is read


def test_both_live_secrets_hold() -> None:
    assert read_person_token(sign(PERSON, kid="k2"), SECRETS, NOW).person.id == "user-1"


def test_what_the_library_signs_is_read_too() -> None:
    key = OctKey.import_key(SECRETS["k1"].text)
    compact = jws.serialize_compact({"alg": "HS256", "kid": "k1"}, json.dumps(PERSON), key)
    assert read_person_token(compact, SECRETS, NOW).person.id == "user-1"


def unsigned(header: dict[str, Any]) -> str:
    return f"{part({'kid': 'k1'} | header)}.{part(PERSON)}."


FORGED: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "two parts": lambda: "a.b",
    "five parts (encrypted)": lambda: "a.b.c.d.e",
    "algorithm none": lambda: unsigned({"alg": "none"}),
    "algorithm None": lambda: unsigned({"alg": "NONE"}),
    "no algorithm": lambda: unsigned({}),
    "another algorithm": lambda: sign(PERSON, {"alg": "HS512"}),
    "a public-key algorithm": lambda: sign(PERSON, {"alg": "RS256"}),
    "no kid": lambda: sign(PERSON, {"kid": None}),
    "a kid that is a list": lambda: sign(PERSON, {"kid": ["k1"]}),
    "an unknown kid": lambda: sign(PERSON, {"kid": "k9"}),
    "another secret": lambda: sign(PERSON, secret="v" * 43),
    "the secret of another live kid": lambda: sign(PERSON, secret=SECRETS["k2"].text),
    "the secret of another platform": lambda: sign(PERSON, kid="c1"),
    "an unknown critical header": lambda: sign(PERSON, {"crit": ["x"], "x": 1}),
    "an unencoded payload": lambda: sign(PERSON, {"b64": False, "crit": ["b64"]}),
    "a ticket": ticket,
    "no subject": lambda: sign({key: value for key, value in PERSON.items() if key != "sub"}),
    "an empty subject": lambda: sign(PERSON | {"sub": ""}),
    "a subject that is a number": lambda: sign(PERSON | {"sub": 7}),
    "an unknown role": lambda: sign(PERSON | {"role": "admin"}),
    "dated in the future": lambda: sign(PERSON | {"iat": AT + 61, "exp": AT + 900}),
    "not yet valid": lambda: sign(PERSON | {"nbf": AT + 61}),
    "too long-lived": lambda: sign(PERSON | {"exp": AT + 901}),
    "ends before it begins": lambda: sign(PERSON | {"exp": AT - 10}),
    "endless": lambda: sign(PERSON | {"exp": 1e300}),
    "too long": lambda: sign(PERSON | {"origin": "x" * TOKEN_BYTES}),
    "not JSON": lambda: f"{part({'alg': 'HS256', 'kid': 'k1'})}.{part(b'x')}.x",
    "padding": lambda: sign(PERSON) + "=",
    "not ASCII": lambda: sign(PERSON)[:-1] + "é",
}


@pytest.mark.parametrize("case", FORGED)
def test_a_token_that_is_forged_or_broken_is_refused_with_the_reason(case: str) -> None:
    with pytest.raises(BadToken) as refused:
        read_person_token(FORGED[case](), SECRETS, NOW)
    assert refused.value.what
    assert refused.value.status == 401


def test_an_expired_token_says_so_that_the_dialog_can_fetch_a_new_one() -> None:
    old = sign(PERSON)
    read_person_token(old, SECRETS, NOW + timedelta(minutes=15, seconds=59))
    with pytest.raises(ExpiredToken):
        read_person_token(old, SECRETS, NOW + timedelta(minutes=16))


BAD_TICKETS: dict[str, Callable[[], str]] = {
    "a person token": lambda: sign(PERSON),
    "no type": lambda: sign(SUBJECT, {"typ": None}),
    "no author": lambda: sign(
        {key: value for key, value in SUBJECT.items() if key != "author"}, {"typ": "subject"}
    ),
    "eight days": lambda: ticket({"exp": AT + 7 * 86400 + 1}),
    "another platform": lambda: ticket({"iss": "club"}),
    "an unknown surface": lambda: ticket({"place": {"surface": "moon"}}),
    "a day that is none": lambda: ticket({"posted_at": "yesterday"}),
    "a day at the end of the calendar": lambda: ticket({"posted_at": "9999-12-31T23:59:59-14:00"}),
    "fewer than no viewers": lambda: ticket({"audience": -1}),
    "too long": lambda: ticket({"text": "x" * TICKET_BYTES}),
}


@pytest.mark.parametrize("case", BAD_TICKETS)
def test_a_ticket_that_is_forged_or_broken_is_refused_with_the_reason(case: str) -> None:
    with pytest.raises(BadTicket) as refused:
        read_subject_ticket(BAD_TICKETS[case](), SECRETS, NOW)
    assert refused.value.status == 400
    assert "expired" not in refused.value.facts


def test_a_ticket_that_ran_out_says_that_only_its_time_is_over() -> None:
    with pytest.raises(BadTicket) as refused:
        read_subject_ticket(ticket(), SECRETS, NOW + timedelta(days=7, minutes=2))
    assert refused.value.facts["expired"] is True


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7), what=st.sampled_from(["token", "ticket"]))
def test_a_single_changed_bit_is_never_accepted(at: int, bit: int, what: str) -> None:
    compact = sign(PERSON) if what == "token" else ticket()
    changed = bytearray(compact.encode())
    changed[at % len(changed)] ^= 1 << bit
    text = changed.decode("latin-1")
    read: Callable[..., object] = read_person_token if what == "token" else read_subject_ticket
    with pytest.raises((BadToken, BadTicket)):
        read(text, SECRETS, NOW)


@given(st.text(max_size=300))
def test_any_text_at_all_gets_a_precise_refusal(text: str) -> None:
    for read in (read_person_token, read_subject_ticket):
        with pytest.raises(FlagstaffError):
            read(text, SECRETS, NOW)
    assert isinstance(key_id_of(text), str)


@given(
    st.dictionaries(st.sampled_from([*PERSON, *SUBJECT]), st.none() | st.integers() | st.text() | st.floats())
)
def test_well_signed_nonsense_gets_a_refusal_not_a_crash(claims: dict[str, Any]) -> None:
    for read, typ in ((read_person_token, "JWT"), (read_subject_ticket, "subject")):
        with contextlib.suppress(BadToken, BadTicket, ExpiredToken):
            read(sign(PERSON | SUBJECT | claims, {"typ": typ}), SECRETS, NOW)


def test_nothing_of_a_secret_stands_in_a_refusal() -> None:
    with pytest.raises(BadToken) as refused:
        read_person_token(sign(PERSON, secret="v" * 43), SECRETS, NOW)
    assert "sss" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("kind", [["JWT"], {"JWT": 1}, 0, True, ""])
def test_a_type_that_is_no_text_is_refused_and_breaks_nothing(kind: object) -> None:
    with pytest.raises(BadToken):
        read_person_token(sign(PERSON, {"typ": kind}), SECRETS, NOW)


@pytest.mark.parametrize("deep", [b"[" * 1400, b'{"a":' * 280])
def test_a_header_nested_without_end_is_refused_and_breaks_nothing(deep: bytes) -> None:
    for head in (deep, b'{"kid":' + deep):
        compact = f"{part(head)}.e30.c2ln"
        assert key_id_of(compact) == ""
        with pytest.raises(BadToken):
            read_person_token(compact, SECRETS, NOW)
