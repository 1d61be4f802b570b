"""Say a menu as a reporter meets it: in a language, with the platform's name, links and offers filled in.

What the API answers, and what a draft's preview shows, is made here and nowhere else.
"""

from collections.abc import Iterable

import msgspec

from flagstaff.flows.sent_flag import DEFAULT_LIMITS
from flagstaff.guidelines.model import Guidelines
from flagstaff.guidelines.rules import exceptions_for, is_reference_only
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.language.tongues import tongue_of
from flagstaff.menus.dialog import dialog_words
from flagstaff.menus.model import Menu, MenuVersion, Offer, Option, Resource
from flagstaff.menus.rules import label_in, language_of
from flagstaff.menus.translating import menus_in
from flagstaff.platforms.model import Host, LinkName
from flagstaff.platforms.rules import fill_link
from flagstaff.vocabulary.severity import Severity


class RuleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The rule behind an option."""

    title: str
    url: str


class ResourceAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where to find help: an address that somebody checked, or a plain sentence."""

    key: str
    text: str = ""
    name: str = ""
    url: str = ""


class OptionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a menu. `details`: required, prompted or optional. `after`: what the receipt will offer.

    `severe`: cover what is quoted, and show `resources` as soon as it is chosen. `copied`: false where nothing of the
    content may be kept. `allowed`: when a rule behind it is lifted in the group asked for. `hints`: how many options
    may be proposed while somebody writes.
    """

    key: str
    label: str
    help: str
    details: str
    prompts: tuple[str, ...]
    rule: RuleAnswer | None
    after: tuple[str, ...]
    allowed: tuple[str, ...]
    severe: bool
    copied: bool
    hints: int
    resources: tuple[ResourceAnswer, ...]


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
    """The options for one kind. `language` is what it is written in; `fallback`: another one was asked for.

    `texts`: the dialog's own words by name, in `spoken`. `links`: pages round it, such as `help`.
    """

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
    texts: dict[str, str]
    spoken: str
    links: dict[str, str]


class Filling(msgspec.Struct, frozen=True):
    """What fills a menu in: the host, its rules, the language asked for, and the address of our own pages.

    `group`: whose exceptions are told. `country`: for which resources are, two capital letters.
    """

    host: Host
    guidelines: Guidelines
    language: str
    address: str
    group: str = ""
    country: str = ""


def show_menu(version: MenuVersion, menu: Menu, filling: Filling) -> MenuAnswer:
    """Return one menu of a version as it is answered and shown."""
    host, asked = filling.host, {key for option in menu.options for key in option.prompts}
    spoken = language_of(version, filling.language)
    version = menus_in(version, filling.language)
    menu = version.menu_by_kind.get(menu.subject, menu)
    told = guidelines_in(filling.guidelines, filling.language)
    filling = msgspec.structs.replace(filling, guidelines=told)
    tongue = tongue_of(filling.language, version.locale)
    query = f"?platform={host.key}" + (f"&language={tongue.language}" if filling.language else "")

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
        texts=dialog_words(tongue),
        spoken=tongue.language,
        links={
            "help": f"{filling.address}/help/flags{query}",
            "suggest": host.links.get(LinkName.SUGGEST) or f"{filling.address}/suggest{query}",
            "contact": f"{filling.address}/contact{query}",
        },
    )


def _line(version: MenuVersion, option: Option, filling: Filling) -> OptionAnswer:
    host = filling.host
    return OptionAnswer(
        key=option.key,
        label=label_in(option.label, host.name),
        help=label_in(option.help, host.name),
        details=option.details,
        prompts=option.prompts,
        rule=rule_of(host, filling.guidelines, option, filling.address),
        after=tuple(offer.key for offer in offers_of(host, version, option)),
        allowed=_allowed(filling, option),
        severe=Severity(option.severity).grave,
        copied=not is_reference_only(filling.guidelines, option.clauses),
        hints=option.hints,
        resources=resources_of(version, option, filling.country or country_of(filling.language)),
    )


def _allowed(filling: Filling, option: Option) -> tuple[str, ...]:
    """Return what the group says where it lifts a clause of an option; one sentence may stand for several clauses."""
    lifting = (
        exception.sentence
        for clause in option.clauses
        for _, exception in exceptions_for(filling.guidelines, filling.group, clause)
    )
    return tuple(dict.fromkeys(label_in(sentence, filling.host.name) for sentence in lifting))


def resources_of(version: MenuVersion, option: Option, country: str) -> tuple[ResourceAnswer, ...]:
    """Return where to find help: addresses somebody checked for the reader's country, else the plain sentence."""
    known = {resource.key: resource for resource in version.texts.resources}
    named = (known[key] for key in option.resources if key in known)
    return tuple(one for resource in named for one in _help(resource, country))


def country_of(language: str) -> str:
    """Return the country that a language tag names, such as GB of en-GB; empty where it names none."""
    return next((part.upper() for part in language.split("-")[1:] if len(part) == 2), "")


def countries_of(version: MenuVersion) -> frozenset[str]:
    """Return the countries for which somebody checked an address."""
    entries = (entry for resource in version.texts.resources for entry in resource.entries)
    return frozenset(entry.country for entry in entries if entry.checked)


def _help(resource: Resource, country: str) -> tuple[ResourceAnswer, ...]:
    checked = [entry for entry in resource.entries if entry.checked]
    fitting = [entry for entry in checked if entry.country == country] or [
        entry for entry in checked if entry.country == "*"
    ]
    if not fitting:
        return (ResourceAnswer(key=resource.key, text=resource.fallback),)
    return tuple(ResourceAnswer(key=resource.key, name=entry.name, url=entry.url) for entry in fitting)


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
