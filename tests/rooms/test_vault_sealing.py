"""What is sealed opens only whole, only in its place, and only with its key."""

from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import assume, given, strategies as st

from flagstaff.kernel.errors import FlagstaffError
from flagstaff.vault.sealing import (
    CannotOpen,
    Opener,
    Sealer,
    ServiceKey,
    joined,
    key_id,
    service_open,
    service_seal,
)
from flagstaff.vocabulary.references import PersonRef, Platform

PRIVATE = X25519PrivateKey.generate()
PUBLIC = PRIVATE.public_key().public_bytes_raw()
SEALER = Sealer(PUBLIC, b"h" * 32)
OPENER = Opener({key_id(PUBLIC): PRIVATE.private_bytes_raw()})
SERVICE = ServiceKey(b"s" * 32)


class At(NamedTuple):
    """A place in the database."""

    platform: str
    table: str
    row: str
    field: str

    def seal(self, plain: bytes) -> bytes:
        return SEALER.batch().seal(plain, **self._asdict())

    def open(self, sealed: bytes) -> bytes:
        return OPENER.open(sealed, **self._asdict())


PLACE = At("shop", "vault.words", "row", "details")
places = st.builds(At, *[st.text(max_size=12)] * 4)


@given(st.binary(max_size=500), places)
def test_what_was_sealed_opens_in_its_place(plain: bytes, place: At) -> None:
    assert place.open(place.seal(plain)) == plain


@given(st.binary(max_size=80), st.data())
def test_one_changed_bit_anywhere_refuses(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(PLACE.seal(plain))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CannotOpen):
        PLACE.open(bytes(sealed))


@given(st.binary(max_size=80), st.data())
def test_a_piece_cut_off_or_added_refuses(plain: bytes, data: st.DataObject) -> None:
    sealed = PLACE.seal(plain)
    short = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
    for other in (short, sealed + data.draw(st.binary(min_size=1, max_size=70))):
        with pytest.raises(CannotOpen):
            PLACE.open(other)


@given(places, places)
def test_another_platform_table_row_or_field_refuses(here: At, there: At) -> None:
    assume(here != there)
    with pytest.raises(CannotOpen):
        there.open(here.seal(b"words"))


@given(st.lists(st.text(max_size=5), max_size=6), st.lists(st.text(max_size=5), max_size=6))
def test_two_places_are_never_written_the_same_way(one: list[str], other: list[str]) -> None:
    assert (joined(*one) == joined(*other)) == (one == other)


@given(st.binary(min_size=4, max_size=300))
def test_no_four_bytes_of_the_words_show_at_their_place_or_elsewhere(plain: bytes) -> None:
    sealed = PLACE.seal(plain)
    assume(len(set(plain)) > 2)
    assert plain not in sealed


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_the_length_of_a_short_id_does_not_show(one: str, other: str) -> None:
    a, b = one.encode()[:60], other.encode()[:60]
    assert len(PLACE.seal(a)) == len(PLACE.seal(b))


def test_the_same_words_sealed_twice_have_nothing_in_common_but_the_key_id() -> None:
    batch = SEALER.batch()
    within = [batch.seal(b"words", **PLACE._asdict()) for _ in range(2)]
    apart = PLACE.seal(b"words")
    assert within[0][41:] != within[1][41:], "a nonce of its own for each item"
    assert within[0][:41] == within[1][:41], "one ephemeral key for the batch"
    assert within[0][9:41] != apart[9:41], "another batch, another ephemeral key"


def test_a_key_that_is_not_here_is_named_with_its_mend() -> None:
    with pytest.raises(CannotOpen, match=SEALER.key_id) as caught:
        Opener({}).open(PLACE.seal(b"x"), **PLACE._asdict())
    assert f"house-{SEALER.key_id}.key" in caught.value.mend


def test_an_opener_finds_a_half_that_was_made_after_it() -> None:
    late = Opener({}, {key_id(PUBLIC): PRIVATE.private_bytes_raw()}.get)
    assert late.open(PLACE.seal(b"x"), **PLACE._asdict()) == b"x"


def test_another_private_half_under_the_same_name_refuses() -> None:
    stranger = X25519PrivateKey.generate().private_bytes_raw()
    with pytest.raises(CannotOpen):
        Opener({key_id(PUBLIC): stranger}).open(PLACE.seal(b"x"), **PLACE._asdict())


def test_a_worthless_ephemeral_key_refuses() -> None:
    sealed = PLACE.seal(b"x")
    with pytest.raises(CannotOpen):
        PLACE.open(sealed[:9] + bytes(32) + sealed[41:])


def test_what_refuses_says_nothing_of_the_words() -> None:
    with pytest.raises(FlagstaffError) as caught:
        PLACE._replace(row="other").open(PLACE.seal(b"secret words"))
    assert "secret" not in repr(caught.value.problem())


class TestServiceKey:
    def test_secrets_of_the_service_open_in_their_place_only(self) -> None:
        sealed = service_seal(SERVICE, b"whsec", **PLACE._asdict())
        assert service_open(SERVICE, sealed, **PLACE._asdict()) == b"whsec"
        with pytest.raises(CannotOpen):
            service_open(SERVICE, sealed, **PLACE._replace(row="other")._asdict())

    def test_another_service_key_refuses_and_says_which_file_is_meant(self) -> None:
        sealed = service_seal(SERVICE, b"whsec", **PLACE._asdict())
        with pytest.raises(CannotOpen, match="another service key"):
            ServiceKey(b"t" * 32).open(sealed, **PLACE._asdict())

    def test_the_service_key_opens_nothing_of_the_vault(self) -> None:
        with pytest.raises(CannotOpen):
            SERVICE.open(PLACE.seal(b"x"), **PLACE._asdict())

    @given(st.binary(max_size=80), st.data())
    def test_one_changed_bit_anywhere_refuses(self, plain: bytes, data: st.DataObject) -> None:
        sealed = bytearray(SERVICE.seal(plain, **PLACE._asdict()))
        bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
        sealed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotOpen):
            SERVICE.open(bytes(sealed), **PLACE._asdict())


class TestKeyedHashes:
    @given(st.text(max_size=9), st.text(max_size=9), st.text(max_size=9), st.text(max_size=9))
    def test_equal_for_the_same_person_and_for_nobody_else(self, a: str, b: str, c: str, d: str) -> None:
        one, other = PersonRef(Platform(a), b), PersonRef(Platform(c), d)
        assert (SEALER.person_hash(one) == SEALER.person_hash(other)) == (one == other)

    def test_a_reporter_an_author_and_a_request_never_share_a_hash(self) -> None:
        person = PersonRef(Platform("shop"), "ann")
        hashes = {
            SEALER.person_hash(person),
            SEALER.staff_hash(person),
            SEALER.idempotency_digest("shop", "ann", ""),
            SEALER.idempotency_digest("shop", "an", "n"),
            SEALER.body_digest(b"ann"),
            SEALER.login_hash("ann"),
        }
        assert len(hashes) == 6

    def test_a_body_is_not_found_by_hashing_guesses_without_the_key(self) -> None:
        assert SEALER.body_digest(b"x") != Sealer(PUBLIC, b"i" * 32).body_digest(b"x")

    def test_another_hash_key_makes_everybody_a_stranger(self) -> None:
        person = PersonRef(Platform("shop"), "ann")
        assert Sealer(PUBLIC, b"i" * 32).person_hash(person) != SEALER.person_hash(person)
