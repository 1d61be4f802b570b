"""Tell readers what became of the options, let them say whether that was clear, and hand a version to another owner."""

from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.kernel.errors import NotFound, Refusal
from flagstaff.menus import storage as menus
from flagstaff.menus.model import LineageEdge, MenuVersion, ReleaseNote
from flagstaff.menus.release import note_of
from flagstaff.menus.rules import successor_of
from flagstaff.menus.storage import Answerable
from flagstaff.staff import rules as staff_rules, storage as staff
from flagstaff.staff.model import Account, AccountState
from flagstaff.store.roles import Role
from flagstaff.vault import admission
from flagstaff.vault.admission import Words
from flagstaff.vocabulary.references import AccountKey, Platform
from flagstaff.vocabulary.roles import Permission

COMMENT_AT_MOST = 2000


class NoSuchVersion(NotFound):
    """This platform never published a version of that number."""

    slug = "no-such-version"
    title = "There is no such version"


class CannotAnswer(Refusal):
    """Somebody who does not work here any more cannot answer for a version."""

    slug = "cannot-answer"
    status = 422
    title = "They cannot answer for a version"


class LongComment(Refusal):
    """A comment on a release note is longer than anybody would read."""

    slug = "long-comment"
    status = 422
    title = "This comment is too long"


class Released(msgspec.Struct, frozen=True):
    """One version with its note and who answers for it now."""

    version: MenuVersion
    note: ReleaseNote
    owner: Answerable | None


class OptionLife(msgspec.Struct, frozen=True):
    """One option through all versions: from which to which it was offered, and what counts for it now."""

    key: str
    first: int
    last: int
    live: bool
    now: str | None


class Lineage(msgspec.Struct, frozen=True):
    """Where every option of a platform came from and went."""

    platform: str
    live: int
    options: tuple[OptionLife, ...]
    edges: tuple[LineageEdge, ...]


async def show_releases(house: House, platform: str, role: Role = Role.INTAKE) -> list[Released]:
    """Return all versions of a platform with their notes, newest first; raises NothingPublished."""
    house.policy.menus(platform)
    async with house.database.reading(role) as connection:
        lineage = await menus.lineage(connection, platform)
        owners = await menus.answerable(connection, platform)
    history = house.policy.menus_history(platform)
    notes = [
        Released(version, note_of(version, before, lineage), owners.get(version.number))
        for before, version in zip([None, *history], history, strict=False)
    ]
    return notes[::-1]


async def show_lineage(house: House, platform: str) -> Lineage:
    """Return where every option came from and went, for programs; raises NothingPublished."""
    live = house.policy.menus(platform)
    async with house.database.reading(Role.INTAKE) as connection:
        edges = await menus.lineage(connection, platform)
    offered: dict[str, list[int]] = {}
    for version in house.policy.menus_history(platform):
        for key in version.option_by_key:
            offered.setdefault(key, []).append(version.number)
    options = tuple(
        OptionLife(key, numbers[0], numbers[-1], key in live.option_by_key, successor_of(key, live, edges))
        for key, numbers in sorted(offered.items())
    )
    return Lineage(platform, live.number, options, tuple(edges))


async def react_to_release(
    house: House, platform: str, number: int, *, clear: bool, comment: str = ""
) -> None:
    """Count one reader of a release note and seal what they wrote; raises NoSuchVersion, LongComment.

    Who it was is neither asked nor kept.
    """
    if len(comment) > COMMENT_AT_MOST:
        what = f"a comment has {COMMENT_AT_MOST} characters at most"
        raise LongComment(what, where="comment", mend="say it in fewer words")
    if house.policy.menus_version(platform, number) is None:
        raise _no_such(number)
    async with house.database.transaction(Role.INTAKE) as connection:
        await menus.count_reaction(connection, platform, number, house.now.date(), clear=clear)
        if comment.strip():
            lies_under = await menus.open_comments(connection, platform, number, house.ids.key())
            words = Words("comment", house.ids.key(), lies_under, platform, comment.strip())
            await admission.leave_words(
                connection, [words], house.sealer.batch(), house.ids, house.now.date()
            )


async def hand_over_version(house: House, by: Account, platform: Platform, number: int, to: UUID) -> None:
    """Let another account answer for a version; raises NoSuchVersion, CannotAnswer, Forbidden."""
    staff_rules.demand(by, Permission.PUBLISH, None, platform)
    if house.policy.menus_version(platform, number) is None:
        raise _no_such(number)
    async with house.database.transaction(Role.CONSOLE) as connection:
        account = await staff.find_account(connection, AccountKey(to))
        if account is None or account.state is not AccountState.ACTIVE:
            what = "only somebody who works here answers for a version"
            raise CannotAnswer(what, where="owner", mend="choose an active account")
        await menus.hand_over(connection, platform, number, to, by.key, house.now)
        entry = Entry(
            house.ids.key(), house.now, "version.handed_over", by.actor, f"menus:{number}", platform, {"to": str(to)}
        )  # fmt: skip
        await audit.record(connection, [entry])


def _no_such(number: int) -> NoSuchVersion:
    return NoSuchVersion(
        f"version {number} of the menus was never published", where="version", mend="see the list"
    )
