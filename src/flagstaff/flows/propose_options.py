"""Propose options while somebody describes what happened: read the text once, name what may fit, keep nothing of it."""

from typing import Final

import msgspec

from flagstaff.flags.rules import DetailsTooLong
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.flows.sent_flag import UnknownKind
from flagstaff.guidelines.model import Guidelines
from flagstaff.language.graphemes import count
from flagstaff.menus.hints import Hint, HintIndex, index_of, propose
from flagstaff.menus.model import MenuVersion
from flagstaff.menus.rules import label_in, words_in

_MOST: Final = 256


class HintAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One option that may fit what was described. `why`: words of that option's own that fit, never the caller's."""

    key: str
    label: str
    help: str
    why: tuple[str, ...]


class HintsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """At most three options of the live menu, the best first; none where nothing fits. Nothing converts by itself."""

    version: int
    hints: tuple[HintAnswer, ...]


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote so far under Other, of which nothing is stored, logged or sent on."""

    platform: str
    kind: str
    language: str
    text: str


class HintBook:
    """Hold each live menu ready to be searched, made once per version; a text passes through and is gone."""

    def __init__(self, policy: PolicyBook) -> None:
        """Read what is live from this book."""
        self._policy = policy
        self._made: dict[tuple[str, int, int, str], HintIndex] = {}

    def propose(self, typed: Typed) -> HintsAnswer:
        """Return the options that fit; raises NothingPublished, UnknownKind or DetailsTooLong, without the text."""
        host, version = self._policy.host(typed.platform), self._policy.menus(typed.platform)
        length = count(typed.text)
        if length > version.details_max_graphemes:
            what = f"this text has {length} characters; at most {version.details_max_graphemes} are looked at"
            raise DetailsTooLong(what, where="text", mend="shorten it, as you would have to before sending")
        index = self._index(typed, version, self._policy.guidelines(typed.platform))

        def told(hint: Hint) -> HintAnswer:
            words = words_in(version, hint.option, typed.language)
            return HintAnswer(
                key=hint.option.key,
                label=label_in(words.label, host.name),
                help=label_in(words.help, host.name),
                why=tuple(label_in(one, host.name) for one in hint.why),
            )

        return HintsAnswer(version=version.number, hints=tuple(map(told, propose(index, typed.text))))

    def _index(self, typed: Typed, version: MenuVersion, guidelines: Guidelines) -> HintIndex:
        menu = version.menu_by_kind.get(typed.kind)
        if menu is None:
            known = ", ".join(sorted(version.menu_by_kind))
            raise UnknownKind(
                "this platform has no menu for this kind", where="kind", mend=f"use one of: {known}"
            )
        key = (typed.platform, version.number, guidelines.version, typed.kind)
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= _MOST:
                self._made.clear()
            rules = {clause.key: clause.title for clause in guidelines.clauses}
            found = self._made[key] = index_of(version, menu, rules)
        return found
