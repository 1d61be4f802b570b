"""Receipts are put together once per published version, and nobody can tell."""

import dataclasses
from typing import Any, cast

import pytest
from msgspec import structs

from flagstaff.api.receipts import receipt_answer
from flagstaff.flows.house import House
from flagstaff.flows.placing import Receipt
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.guidelines.model import Guidelines
from flagstaff.vocabulary.states import FlagStatus
from tests.doors.platform import Harborlane

PLATFORM = "harborlane"


class Renewed:
    """A policy book whose live guidelines were published anew with other words."""

    def __init__(self, book: PolicyBook, guidelines: Guidelines) -> None:
        self._book = book
        self._guidelines = guidelines

    def guidelines(self, _platform: str) -> Guidelines:
        return self._guidelines

    def __getattr__(self, name: str) -> Any:
        return getattr(self._book, name)


def receipt(number: str | None, option: str = "job_post.free_work") -> Receipt:
    return Receipt(number, FlagStatus.RECEIVED, option, "violation", 2, "Asks for free work", 24.0)


def renewed(house: House) -> House:
    live = house.policy.guidelines(PLATFORM)
    statuses = tuple(structs.replace(one, text=f"{one.text} Anew.") for one in live.statuses)
    book = Renewed(house.policy, structs.replace(live, statuses=statuses))
    return dataclasses.replace(house, policy=cast("PolicyBook", book))


@pytest.mark.parametrize("language", ["en", "en-GB", "tlh"])
def test_receipts_differ_in_their_number_alone(harborlane: Harborlane, language: str) -> None:
    numbers = ("F-1111-2222-3333", "F-4444-5555-6666", "F-1111-2222-3333")
    said = [receipt_answer(harborlane.house, PLATFORM, 3, language, receipt(one)) for one in numbers]
    assert said[0] == said[2]
    assert [one.number for one in said] == list(numbers)
    assert all(
        number in one.text and str(one.withdraw_url).endswith(number)
        for one, number in zip(said, numbers, strict=True)
    )
    assert str(said[0]).replace(numbers[0], numbers[1]) == str(said[1])


def test_words_published_meanwhile_are_said_from_the_next_receipt_on(harborlane: Harborlane) -> None:
    before = receipt_answer(harborlane.house, PLATFORM, 3, "en", receipt("F-1"))
    after = receipt_answer(renewed(harborlane.house), PLATFORM, 3, "en", receipt("F-1"))
    assert after.status_text == f"{before.status_text} Anew."
    assert receipt_answer(harborlane.house, PLATFORM, 3, "en", receipt("F-1")) == before
