"""Prepare a change to the menus: begin a draft, change it operation by operation, look at what it makes, give it up."""

from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.flows.read_policy import known_guidelines
from flagstaff.kernel.errors import Conflict, NotFound, Refusal
from flagstaff.language.yaml import Finding
from flagstaff.menus import storage as menus
from flagstaff.menus.applying import apply_draft
from flagstaff.menus.draft_check import check_draft
from flagstaff.menus.drafts import Applied, Draft, DraftOperation
from flagstaff.menus.model import Figure, Goal, LineageEdge, MenuVersion, OptionChange
from flagstaff.menus.rules import differences, once_offered
from flagstaff.menus.storage import KeptDraft
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_MOST_OPERATIONS = 400


class NoSuchDraft(NotFound):
    """There is no draft under this key."""

    slug = "no-such-draft"
    title = "There is no such draft"


class DraftChanged(Conflict):
    """Somebody else changed the draft since it was read, or it is no longer open."""

    slug = "draft-changed"
    title = "This draft changed meanwhile"


class BadDraft(Refusal):
    """A draft lacks its title, or is longer than anybody could read."""

    slug = "bad-draft"
    status = 422
    title = "This draft cannot be kept"


class Aim(msgspec.Struct, frozen=True):
    """Why a draft is made: goal, owner (an account key), the sentence that readers see, figures typed by hand."""

    title: str
    goal: Goal | None
    owner: str | None
    note: str
    figures: tuple[Figure, ...] = ()


class Looked(msgspec.Struct, frozen=True):
    """A draft as it stands: applied to what is live, with everything wrong with it.

    `meanwhile`: what was published since its base, by others.
    """

    kept: KeptDraft
    draft: Draft
    live: MenuVersion
    applied: Applied
    findings: tuple[Finding, ...]
    changes: tuple[OptionChange, ...]
    meanwhile: tuple[OptionChange, ...]


async def begin_draft(house: House, by: Account, platform: Platform, title: str) -> UUID:
    """Begin a draft on the live menus and return its key; raises NothingPublished, BadDraft, Forbidden."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        return await begin_in(house, connection, by, platform, title)


async def begin_in(house: House, connection: Connection, by: Account, platform: Platform, title: str) -> UUID:
    """Begin a draft inside a story of its caller; raises as `begin_draft`."""
    staff_rules.demand(by, Permission.EDIT_MENUS, None, platform)
    draft = Draft(
        title=_titled(title),
        base=house.policy.menus(platform).number,
        owner=str(by.key),
        authors=(str(by.key),),
    )
    key = house.ids.key()
    await menus.begin_draft(connection, key, platform, draft, by.key, house.now)
    await audit.record(connection, [entry_of(house, by, "draft.begun", platform, key)])
    return key


async def add_operations(
    house: House, by: Account, key: UUID, revision: int, operations: Sequence[DraftOperation]
) -> None:
    """Add operations at the end of a draft; raises DraftChanged, NoSuchDraft, BadDraft, Forbidden."""
    await _change(house, by, key, revision, lambda draft: with_operations(draft, operations))


def with_operations(draft: Draft, operations: Sequence[DraftOperation]) -> Draft:
    """Return a draft with operations at its end; raises BadDraft where it would hold too many."""
    together = (*draft.operations, *operations)
    if len(together) > _MOST_OPERATIONS:
        what = f"a draft holds {_MOST_OPERATIONS} operations at most"
        raise BadDraft(what, where="operations", mend="publish this one first, or split it")
    return msgspec.structs.replace(draft, operations=together)


async def drop_operation(house: House, by: Account, key: UUID, revision: int, step: int) -> None:
    """Take one operation out of a draft, counted from 0; raises as `add_operations`."""

    def without(draft: Draft) -> Draft:
        kept = tuple(one for place, one in enumerate(draft.operations) if place != step)
        return msgspec.structs.replace(draft, operations=kept)

    await _change(house, by, key, revision, without)


async def set_aim(house: House, by: Account, key: UUID, revision: int, aim: Aim) -> None:
    """Say what a draft is for; figures with a query behind them stay. Raises as `add_operations`."""

    def aimed(draft: Draft) -> Draft:
        queried = tuple(one for one in draft.figures if one.query)
        by_hand = tuple(msgspec.structs.replace(one, query="") for one in aim.figures)
        return msgspec.structs.replace(
            draft,
            title=_titled(aim.title),
            goal=aim.goal,
            owner=aim.owner,
            note=aim.note,
            figures=(*queried, *by_hand),
        )

    await _change(house, by, key, revision, aimed)


async def discard_draft(house: House, by: Account, key: UUID, revision: int) -> None:
    """Give a draft up; it stays to be read. Raises DraftChanged, NoSuchDraft, Forbidden."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        kept = await hold_open(connection, by, key, revision)
        await menus.move_draft(connection, key, "discarded", house.now)
        await audit.record(connection, [entry_of(house, by, "draft.discarded", kept.platform, key)])


async def look_at_draft(house: House, by: Account, key: UUID) -> Looked:
    """Return a draft applied to what is live, with every problem; raises NoSuchDraft, Forbidden."""
    async with house.database.reading(Role.CONSOLE) as connection:
        kept = await menus.find_draft(connection, key)
    if kept is None:
        raise _no_such(key)
    if not staff_rules.may(by, Permission.PUBLISH, None, Platform(kept.platform)):
        staff_rules.demand(by, Permission.EDIT_MENUS, None, Platform(kept.platform))
    return look(house, kept)


async def lineage_of_draft(house: House, kept: KeptDraft) -> tuple[LineageEdge, ...]:
    """Return where options came from and went before a draft."""
    async with house.database.reading(Role.CONSOLE) as connection:
        edges = await menus.lineage(connection, kept.platform)
    return tuple(edge for edge in edges if kept.published is None or edge.version < kept.published)


def look(house: House, kept: KeptDraft) -> Looked:
    """Apply a draft to what is live (a published one: to what it was published on) and check it."""
    platform, draft = Platform(kept.platform), kept.draft
    history = house.policy.menus_history(platform)
    if kept.state == "published":
        history = [version for version in history if version.number <= kept.base]
    live, known = history[-1], known_guidelines(house.policy.guidelines(platform))
    applied = apply_draft(draft, history, known)
    base = house.policy.menus_version(platform, kept.base) or live
    return Looked(
        kept=kept,
        draft=draft,
        live=live,
        applied=applied,
        findings=tuple(check_draft(draft, applied, live, known)),
        changes=differences(live, applied.version, once_offered(history)),
        meanwhile=differences(base, live, once_offered(one for one in history if one.number <= base.number)),
    )


async def hold_open(connection: Connection, by: Account, key: UUID, revision: int) -> KeptDraft:
    """Lock an open draft for a change by somebody who read this revision of it."""
    kept = await menus.hold_draft(connection, key)
    if kept is None:
        raise _no_such(key)
    staff_rules.demand(by, Permission.EDIT_MENUS, None, Platform(kept.platform))
    if kept.state != "open":
        what = f"this draft is {kept.state}"
        raise DraftChanged(what, mend="begin a new draft, or wait until it is answered")
    if kept.revision != revision:
        what = "somebody changed this draft since you opened it"
        raise DraftChanged(what, mend="read what it says now, then do it again where it is still wanted")
    return kept


async def _change(
    house: House, by: Account, key: UUID, revision: int, changed: Callable[[Draft], Draft]
) -> None:
    async with house.database.transaction(Role.CONSOLE) as connection:
        await change_in(house, connection, by, key, revision, changed)


async def change_in(
    house: House,
    connection: Connection,
    by: Account,
    key: UUID,
    revision: int,
    changed: Callable[[Draft], Draft],
) -> None:
    """Change a draft inside a story of its caller; raises as `add_operations`."""
    kept = await hold_open(connection, by, key, revision)
    draft = changed(kept.draft)
    authors = tuple(dict.fromkeys((*draft.authors, str(by.key))))
    base = house.policy.menus(kept.platform).number
    draft = msgspec.structs.replace(draft, authors=authors, base=base)
    await menus.change_draft(connection, key, draft, house.now)
    await audit.record(connection, [entry_of(house, by, "draft.changed", kept.platform, key)])


def entry_of(house: House, by: Account, deed: str, platform: str, key: UUID) -> Entry:
    """Record a deed on a draft."""
    return Entry(house.ids.key(), house.now, deed, by.actor, f"draft:{key}", platform)


def _titled(title: str) -> str:
    if not 1 <= len(title.strip()) <= 200:
        what = "a draft has a title"
        raise BadDraft(what, where="title", mend="write up to 200 characters")
    return title.strip()


def _no_such(key: UUID) -> NoSuchDraft:
    return NoSuchDraft(f"there is no draft {key}", mend="see the list of drafts")
