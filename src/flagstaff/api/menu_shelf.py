"""Keep the live menus rendered: one body and one ETag per platform, kind and language."""

import hashlib
from collections.abc import Iterable
from typing import Final

import msgspec

from flagstaff.api.answers import DetailsAnswer, MenuAnswer, OptionAnswer, PromptAnswer, RuleAnswer
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.flows.sent_flag import DEFAULT_LIMITS, UnknownKind
from flagstaff.guidelines.model import Guidelines
from flagstaff.menus.model import Menu, MenuVersion, Offer, Option
from flagstaff.menus.rules import label_in
from flagstaff.platforms.model import Host, LinkName
from flagstaff.platforms.rules import fill_link

_MOST: Final = 512


class Shelved(msgspec.Struct, frozen=True):
    """One rendered menu."""

    menu: MenuAnswer
    body: bytes
    etag: str


class MenuShelf:
    """Render each menu once per version; a change of the platform's name or links renders it anew."""

    def __init__(self, policy: PolicyBook, address: str) -> None:
        """Point to the rules at `address` where a platform has no page of its own."""
        self._policy = policy
        self._address = address
        self._rendered: dict[tuple[object, ...], Shelved] = {}

    def menu(self, platform: str, kind: str, language: str) -> Shelved:
        """Return the live menu, in the nearest language there is; raises NothingPublished or UnknownKind."""
        host, version = self._policy.host(platform), self._policy.menus(platform)
        guidelines = self._policy.guidelines(platform)
        menu = version.menu_by_kind.get(kind)
        if menu is None:
            known = ", ".join(sorted(version.menu_by_kind))
            raise UnknownKind(
                f"this platform has no menu for {kind!r}", where="kind", mend=f"use one of: {known}"
            )
        fallback = not speaks(version.locale, language)
        place = (host, version.number, guidelines.version, kind, fallback)
        key = (platform, *place[1:], host.name, host.offers, tuple(sorted(host.links.items())))
        found = self._rendered.get(key)
        if found is None:
            if len(self._rendered) >= _MOST:
                self._rendered.clear()
            found = self._rendered[key] = self._render(host, version, guidelines, menu, fallback=fallback)
        return found

    def _render(
        self, host: Host, version: MenuVersion, guidelines: Guidelines, menu: Menu, *, fallback: bool
    ) -> Shelved:
        asked = {key for option in menu.options for key in option.prompts}

        def lines(options: Iterable[Option]) -> tuple[OptionAnswer, ...]:
            return tuple(self._line(host, version, guidelines, option) for option in options)

        answer = MenuAnswer(
            platform=str(host.key),
            version=version.number,
            kind=menu.subject,
            language=version.locale,
            fallback=fallback,
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
        body = msgspec.json.encode(answer)
        return Shelved(answer, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')

    def _line(self, host: Host, version: MenuVersion, guidelines: Guidelines, option: Option) -> OptionAnswer:
        return OptionAnswer(
            key=option.key,
            label=label_in(option.label, host.name),
            help=label_in(option.help, host.name),
            details=option.details,
            prompts=option.prompts,
            rule=rule_of(host, guidelines, option, self._address),
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


def speaks(locale: str, language: str) -> bool:
    """Tell whether a text in `locale` answers somebody who asked for `language`; nobody asked: yes."""
    return not language or language.lower().split("-")[0] == locale.lower().split("-")[0]
