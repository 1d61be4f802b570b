"""Keep the live menus rendered: one body and one ETag per platform, kind and language."""

import hashlib
from typing import Final

import msgspec

from flagstaff.flows.policy_book import PolicyBook
from flagstaff.flows.sent_flag import UnknownKind
from flagstaff.flows.show_menu import Filling, MenuAnswer, countries_of, country_of, show_menu
from flagstaff.language.tongues import tongue_of
from flagstaff.menus.rules import language_of

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

    def menu(self, platform: str, kind: str, language: str, *, group: str = "", country: str = "") -> Shelved:
        """Return the live menu, in the nearest language there is; raises NothingPublished or UnknownKind.

        A group without exceptions and a country without addresses change nothing, so nobody can fill the shelf.
        """
        host, version = self._policy.host(platform), self._policy.menus(platform)
        guidelines = self._policy.guidelines(platform)
        menu = version.menu_by_kind.get(kind)
        if menu is None:
            known = ", ".join(sorted(version.menu_by_kind))
            raise UnknownKind(
                f"this platform has no menu for {kind!r}", where="kind", mend=f"use one of: {known}"
            )
        spoken = language_of(version, language) or f"another: {tongue_of(language, version.locale).language}"
        place = (host, version.number, guidelines.version, kind, spoken)
        group = group if any(known.key == group for known in guidelines.groups) else ""
        country = country.upper() or country_of(language)
        country = country if country in countries_of(version) else ""
        key = (
            platform,
            *place[1:],
            group,
            country,
            host.name,
            host.offers,
            tuple(sorted(host.links.items())),
        )
        found = self._rendered.get(key)
        if found is None:
            if len(self._rendered) >= _MOST:
                self._rendered.clear()
            filling = Filling(host, guidelines, language, self._address, group, country)
            found = self._rendered[key] = _rendered(show_menu(version, menu, filling))
        return found


def _rendered(answer: MenuAnswer) -> Shelved:
    body = msgspec.json.encode(answer)
    return Shelved(answer, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
