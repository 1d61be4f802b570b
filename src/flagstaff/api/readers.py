"""Know in which language a page is read: by the person token, else by `?language=`, else as the browser asks."""

from urllib.parse import urlencode

import msgspec

from flagstaff.api.reading import Scope, headers_of
from flagstaff.flows.policy_book import NothingPublished, PolicyBook
from flagstaff.language.asked import accepted, first_known
from flagstaff.language.tongues import SOURCE, Tongue, languages, nearest, tongue_of
from flagstaff.vocabulary.references import PersonRef


class Reader(msgspec.Struct, frozen=True):
    """Whoever reads a page: the languages wanted, the dearest first, and whether the address named one.

    `locale` is the language of the policy, for whoever wants none that is spoken here.
    """

    wanted: tuple[str, ...]
    locale: str
    named: str = ""

    @property
    def tongue(self) -> Tongue:
        """Return what the page itself is written in."""
        return tongue_of(*self.wanted, self.locale)

    def policy_language(self, known: tuple[str, ...]) -> str:
        """Return the tag in which to ask for texts of a policy that is written in the `known` languages."""
        return first_known(self.wanted, known) or ""

    def misses(self, known: tuple[str, ...]) -> bool:
        """Tell whether somebody wants languages, and a policy is written in none of them."""
        return bool(self.wanted) and not self.policy_language(known)

    def link(self, path: str, platform: str = "") -> str:
        """Return the address of another page for the same reader."""
        given = {"platform": platform, "language": self.named}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{path}?{query}" if query else path

    def signed(self, language: str | None) -> "Reader":
        """Return the same reader, whose platform says in a token which language they read."""
        if not language:
            return self
        return msgspec.structs.replace(self, wanted=(language, *self.wanted))


def reader_of(policy: PolicyBook, scope: Scope, named: str = "", platform: str = "") -> Reader:
    """Return who reads a page; `named` is what its address says, `platform` whose page it is."""
    # Only a language that is spoken here is carried into further addresses: nobody's text stands in our links.
    known = nearest(named, languages()) or "" if named else ""
    wanted = (named,) if named else accepted(headers_of(scope).get("accept-language", ""))
    return Reader(wanted, locale_of(policy, platform), known)


def reader_known(policy: PolicyBook, who: PersonRef, wanted: tuple[str, ...]) -> Reader:
    """Return who reads an answer of the API: wanted is what their token and their program say."""
    return Reader(wanted, locale_of(policy, str(who.platform)))


def locale_of(policy: PolicyBook, platform: str) -> str:
    """Return the language that a platform's policy is written in; English where nothing says."""
    try:
        return policy.guidelines(platform).locale if platform else SOURCE
    except NothingPublished:
        return SOURCE
