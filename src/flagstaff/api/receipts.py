"""Turn the receipt of a flag into what its reporter reads, in the published words of their platform."""

import secrets
from typing import Final, NamedTuple

from msgspec import structs

from flagstaff.api.answers import Advice, Expected, FlagReceipt, OfferAnswer
from flagstaff.delivery.rendering import fill
from flagstaff.flows.house import House
from flagstaff.flows.pace import Expected as Awaited
from flagstaff.flows.placing import Receipt
from flagstaff.flows.read_event import links_for
from flagstaff.flows.receipts import expected_words
from flagstaff.flows.show_menu import country_of, offers_of, resources_of
from flagstaff.guidelines.model import Guidelines
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.language.tongues import Tongue, tongue_of
from flagstaff.menus.model import MenuVersion, Option
from flagstaff.menus.rules import label_in
from flagstaff.menus.translating import menus_in
from flagstaff.platforms.model import Host
from flagstaff.vocabulary.kinds import OptionKind

_OWN_PART = frozenset({"advice", "resources", "withdraw"})
"""Offers that have a place of their own in the receipt."""
# Stands for the number in a receipt that is kept; drawn at each start, so that no published word can hold it.
_BLANK: Final = f"F-{secrets.token_hex(12).upper()}"
_MOST: Final = 1024


class _Said(NamedTuple):
    """A receipt with a blank for its number, and the published things that it was made from."""

    made_of: tuple[Host, Guidelines, MenuVersion]
    answer: FlagReceipt


_said: dict[tuple[object, ...], _Said] = {}


def receipt_answer(house: House, platform: str, version: int, language: str, kept: Receipt) -> FlagReceipt:
    """Say what was received. Nothing goes in but the reporter's own choice and the published words."""
    policy = house.policy
    host, guidelines = policy.host(platform), guidelines_in(policy.guidelines(platform), language)
    menus = menus_in(policy.menus_version(platform, version) or policy.menus(platform), language)
    if kept.number is None:
        return _say(house, (host, guidelines, menus), language, kept)
    # Receipts of one option differ in nothing but the number: the words are put together once per published version.
    made_of = (host, guidelines, menus)
    key = (
        house.settings.address, platform, language, kept.option, kept.label, kept.kind, kept.status, kept.expected,
    )  # fmt: skip
    said = _said.get(key)
    if said is None or any(one is not other for one, other in zip(said.made_of, made_of, strict=True)):
        if len(_said) >= _MOST:
            _said.clear()
        blank = _say(house, made_of, language, structs.replace(kept, number=_BLANK))
        said = _said[key] = _Said(made_of, blank)
    text = said.answer.text.replace(_BLANK, kept.number)
    return structs.replace(
        said.answer, number=kept.number, text=text, withdraw_url=_withdraw_url(kept.number)
    )


def _say(
    house: House, made_of: tuple[Host, Guidelines, MenuVersion], language: str, kept: Receipt
) -> FlagReceipt:
    host, guidelines, menus = made_of[0], guidelines_in(made_of[1], language), menus_in(made_of[2], language)
    option = menus.option_by_key[kept.option]
    counted = kept.number is None
    text = _text(house, host, guidelines, kept)
    return FlagReceipt(
        number=kept.number,
        status=kept.status.value,
        status_text=text if counted else status_words(guidelines, kept.status.value),
        text=text,
        received=True,
        expected=None if counted else expected_answer(kept.expected, tongue_of(language, guidelines.locale)),
        next=tuple(
            OfferAnswer(key=offer.key, text=label_in(offer.text, host.name))
            for offer in offers_of(host, menus, option)
            if offer.key not in _OWN_PART
        ),
        advice=_advice(host, menus, option),
        tips={key: label_in(tip, host.name) for key, tip in menus.texts.tips.items()},
        resources=resources_of(menus, option, country_of(language)),
        withdraw_url=None if kept.number is None else _withdraw_url(kept.number),
    )


def _withdraw_url(number: str) -> str:
    return f"/v1/my/flags/{number}"


def expected_answer(awaited: Awaited, tongue: Tongue) -> Expected:
    """Say when to expect an answer: the policy's target, until a kind has figures of its own."""
    # Whole numbers come back from the log of answers as 24, and must read like the first time: 24.0.
    return Expected(
        text=expected_words(awaited, tongue), hours=float(awaited.hours), target=awaited.slow is None
    )


def status_words(guidelines: Guidelines, status: str) -> str:
    """Return the published sentence of a status."""
    return next(entry.text for entry in guidelines.statuses if entry.key == status)


def _text(house: House, host: Host, guidelines: Guidelines, kept: Receipt) -> str:
    event = "preference" if kept.number is None else "flag_legal" if kept.kind == OptionKind.LEGAL else "flag"
    notice = guidelines.notice_by_key[guidelines.notice_for[event]]
    values = {
        "number": kept.number or "",
        "option": kept.label,
        "expected": expected_words(kept.expected, tongue_of(guidelines.locale)),
        "platform": host.name,
    }
    return fill(notice.text, values, links_for(house, str(host.key)))


def _advice(host: Host, menus: MenuVersion, option: Option) -> Advice | None:
    words = menus.texts.advice.get(option.advice or "")
    return Advice(key=option.advice or "", text=label_in(words, host.name)) if words else None
