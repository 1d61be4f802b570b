"""Take a suggested option: seal its words, join it with what waits and says the same, and say that it is here."""

from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import zone_of
from flagstaff.flows.sent_flag import UnknownKind
from flagstaff.kernel.clock import day_of, end_of_day
from flagstaff.kernel.ids import NumberKind
from flagstaff.menus import suggested, suggestions
from flagstaff.menus.suggested import Group, KeptSuggestion
from flagstaff.menus.suggestions import Likeness
from flagstaff.store.database import Connection
from flagstaff.vault import admission
from flagstaff.vault.admission import Newcomer, Words
from flagstaff.vault.model import Field
from flagstaff.vocabulary.references import PersonRef

_LANGUAGE_MOST: Final = 35


class Suggested(msgspec.Struct, frozen=True):
    """Who suggests which option for which menu; `details` say what it is for."""

    person: PersonRef
    kind: str
    label: str
    details: str = ""
    language: str = ""


async def take_suggestion(house: House, connection: Connection, given: Suggested) -> str:
    """Keep a suggestion and return its number; raises BadSuggestion, UnknownKind, NothingPublished.

    What is answered is the same whether or not somebody suggested it before.
    """
    suggestions.check_suggestion(given.label, given.details)
    platform, version = given.person.platform, house.policy.menus(given.person.platform)
    if given.kind not in version.menu_by_kind:
        known = ", ".join(sorted(version.menu_by_kind))
        msg = "this platform has no menu for this kind"
        raise UnknownKind(msg, where="kind", mend=f"use one of: {known}")
    stems = suggestions.stems_said(given.label, given.language[:_LANGUAGE_MOST], version, given.kind)
    sketch = frozenset(house.sealer.word_hash(platform, given.kind, stem) for stem in stems)
    await suggested.alone(connection, platform, given.kind)
    like = suggestions.nearest(sketch, await suggested.waiting(connection, platform, given.kind))
    group = like.group or await _begin(house, connection, given)
    kept = _kept(house, group, like)
    await suggested.put(connection, platform, kept, sorted(sketch))
    await _seal(house, connection, given, kept)
    day = day_of(house.now)
    entry = Entry(
        house.ids.key(), day, "suggestion.received", "person", f"suggestion_group:{group}", platform
    )
    await audit.record(connection, [entry])
    return kept.number


async def _begin(house: House, connection: Connection, given: Suggested) -> UUID:
    platform, now = given.person.platform, house.now
    group = new_group(house, platform, given.kind)
    due = end_of_day(now, house.settings.suggestion_days, zone_of(house, platform))
    await suggested.open_group(connection, msgspec.structs.replace(group, due_at=due))
    return group.key


def new_group(house: House, platform: str, kind: str) -> Group:
    """Return a group that waits from now on; who keeps it says until when."""
    return Group(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.GROUP),
        platform=platform,
        kind=kind,
        state=suggestions.apply(None, "suggest"),
        opened_at=house.now,
        due_at=house.now,
        reason="",
        option=None,
        label="",
        draft=None,
        into_group=None,
        ended_by=None,
        ended_at=None,
    )


def _kept(house: House, group: UUID, like: Likeness) -> KeptSuggestion:
    number = house.ids.number(NumberKind.SUGGESTION)
    return KeptSuggestion(house.ids.key(), number, group, like.joined, like.resembles, house.now)


async def _seal(house: House, connection: Connection, given: Suggested, kept: KeptSuggestion) -> None:
    """Leave the words in the vault, tied there and nowhere else to whoever wrote them."""
    platform, batch = given.person.platform, house.sealer.batch()
    await admission.admit(connection, [Newcomer(given.person)], house.sealer, batch, house.ids)
    await admission.link(connection, house.sealer, [given.person], [kept.key], [kept.key])
    text = msgspec.json.encode({"label": given.label.strip(), "details": given.details.strip()}).decode()
    words = Words(Field.SUGGESTION, kept.key, words_lie_under(platform), platform, text)
    await admission.leave_words(connection, [words], batch, house.ids, house.now.date())


def words_lie_under(platform: str) -> UUID:
    """Return the key under which the words of a platform's suggestions lie, where a case stands otherwise."""
    return uuid5(NAMESPACE_URL, f"flagstaff:suggestions:{platform}")
