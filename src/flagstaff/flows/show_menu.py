"""Say a menu as a reporter meets it: in a language, with the platform's name, links and offers filled in.

What the API answers, and what a draft's preview shows, is made here and nowhere else.
"""

from collections.abc import Iterable

import msgspec

from flagstaff.flows.sent_flag import DEFAULT_LIMITS
from flagstaff.guidelines.model import Guidelines
from flagstaff.menus.model import Menu, MenuVersion, Offer, Option
from flagstaff.menus.rules import label_in, language_of, words_in
from flagstaff.platforms.model import Host, LinkName
from flagstaff.platforms.rules import fill_link


class RuleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The rule behind an option."""

    title: str
    url: str


class OptionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a menu. `details`: required, prompted or optional. `after`: what the receipt will offer."""

    key: str
    label: str
    help: str
    details: str
    prompts: tuple[str, ...]
    rule: RuleAnswer | None
    after: tuple[str, ...]


class PromptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A question beside the details; `answer`: text, link, yes_no or pick."""

    ask: str
    answer: str
    pick: tuple[str, ...]


class DetailsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How long details may be, in graphemes; `min` holds for Other."""

    min: int
    max: int


class MenuAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The options for one kind. `language` is what it is written in; `fallback`: another one was asked for."""

    platform: str
    version: int
    kind: str
    language: str
    fallback: bool
    button: str
    community_button: str | None
    top: tuple[OptionAnswer, ...]
    more: tuple[OptionAnswer, ...]
    preference: tuple[OptionAnswer, ...]
    last: OptionAnswer
    details: DetailsAnswer
    tips: dict[str, str]
    prompts: dict[str, PromptAnswer]


class Filling(msgspec.Struct, frozen=True):
    """What fills a menu in: the host, its rules, the language asked for, and the address of our own pages."""

    host: Host
    guidelines: Guidelines
    language: str
    address: str


def show_menu(version: MenuVersion, menu: Menu, filling: Filling) -> MenuAnswer:
    """Return one menu of a version as it is answered and shown."""
    host, asked = filling.host, {key for option in menu.options for key in option.prompts}
    spoken = language_of(version, filling.language)

    def lines(options: Iterable[Option]) -> tuple[OptionAnswer, ...]:
        return tuple(_line(version, option, filling) for option in options)

    return MenuAnswer(
        platform=str(host.key),
        version=version.number,
        kind=menu.subject,
        language=spoken or version.locale,
        fallback=spoken is None,
        button=label_in(menu.button, host.name),
        community_button=menu.community_button,
        top=lines(menu.top),
        more=lines(menu.more),
        preference=lines(menu.preference),
        last=lines([menu.last])[0],
        details=DetailsAnswer(
            min=menu.last.details_min_graphemes or DEFAULT_LIMITS.other_least,
            max=version.details_max_graphemes,
        ),
        tips={key: label_in(tip, host.name) for key, tip in version.texts.tips.items()},
        prompts={
            prompt.key: PromptAnswer(
                ask=label_in(prompt.ask, host.name), answer=prompt.answer, pick=prompt.pick
            )
            for prompt in version.texts.prompts
            if prompt.key in asked
        },
    )


def _line(version: MenuVersion, option: Option, filling: Filling) -> OptionAnswer:
    host, words = filling.host, words_in(version, option, filling.language)
    return OptionAnswer(
        key=option.key,
        label=label_in(words.label, host.name),
        help=label_in(words.help, host.name),
        details=option.details,
        prompts=option.prompts,
        rule=rule_of(host, filling.guidelines, option, filling.address),
        after=tuple(offer.key for offer in offers_of(host, version, option)),
    )


def rule_of(host: Host, guidelines: Guidelines, option: Option, address: str) -> RuleAnswer | None:
    """Return the first rule behind an option with its address: the host's own page, else ours."""
    clause = next(
        (guidelines.clause_by_key[key] for key in option.clauses if key in guidelines.clause_by_key), None
    )
    if clause is None:
        return None
    anchor = clause.key.lower()
    template = host.links.get(LinkName.RULES)
    url = (
        fill_link(template, {"clause": anchor})
        if template
        else f"{address}/guidelines?platform={host.key}#{anchor}"
    )
    return RuleAnswer(title=clause.title, url=url)


def offers_of(host: Host, version: MenuVersion, option: Option) -> list[Offer]:
    """Return what this host can offer after a flag: what its page does only where it declared that it can."""
    offers = {offer.key: offer for offer in version.texts.offers}
    return [
        offers[key]
        for key in option.after
        if key in offers and (offers[key].by != "platform" or key in host.offers)
    ]
