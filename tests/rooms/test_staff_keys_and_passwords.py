"""Passwords are checked slowly and in bounds; API keys are read strictly and never shown."""

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from flagstaff.kernel.errors import Unavailable
from flagstaff.kernel.unguessable import public_id, secret_text
from flagstaff.staff import api_keys, passwords
from flagstaff.staff.model import ApiKey
from flagstaff.staff.storage import digest
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.scopes import ApiScope

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


async def test_a_password_fits_its_own_hash_only() -> None:
    stored = await passwords.hash_password("correct horse battery staple")
    assert stored.startswith("$argon2id$")
    assert await passwords.fits(stored, "correct horse battery staple")
    assert not await passwords.fits(stored, "correct horse battery stable")
    assert not passwords.is_dated(stored)


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
async def test_an_unknown_login_is_checked_like_a_known_one_and_never_fits(stored: str | None) -> None:
    assert not await passwords.fits(stored, "decoy that nobody signs in with")


async def test_a_flood_of_sign_ins_is_turned_away_instead_of_taking_the_memory() -> None:
    answers = await asyncio.gather(*(passwords.fits(None, "x") for _ in range(30)), return_exceptions=True)
    assert sum(isinstance(answer, Unavailable) for answer in answers) == 30 - 10
    assert not await passwords.fits(None, "x")


def _key(secret: str, revoked_at: datetime | None = None) -> ApiKey:
    return ApiKey("00ff00ff00ff", Platform("shop"), digest(secret), frozenset(ApiScope), "x", NOW, revoked_at)


def test_a_key_that_was_spelled_is_read_and_fits() -> None:
    secret = secret_text()
    shown = api_keys.read(api_keys.spell("00ff00ff00ff", secret))
    assert api_keys.check(shown, _key(secret)).label == "x"
    assert secret not in repr(shown)


@given(st.text(max_size=80))
def test_what_is_not_written_as_a_key_is_refused_in_the_same_words(text: str) -> None:
    with pytest.raises(api_keys.BadKey, match="unknown, was revoked, or is not written"):
        api_keys.check(api_keys.read(text), None)


@pytest.mark.parametrize("case", ["unknown", "revoked", "other secret"])
def test_unknown_revoked_and_wrong_keys_get_one_answer(case: str) -> None:
    secret = secret_text()
    stored = {"unknown": None, "revoked": _key(secret, NOW), "other secret": _key(secret_text())}[case]
    with pytest.raises(api_keys.BadKey, match="unknown, was revoked, or is not written"):
        api_keys.check(api_keys.Shown("00ff00ff00ff", secret), stored)


def test_secrets_have_256_bits_and_ids_the_wanted_length() -> None:
    assert len({secret_text() for _ in range(1000)}) == 1000
    assert len(secret_text()) == 43
    assert len(public_id(11)) == 11
