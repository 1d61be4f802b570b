"""Publish a new version of menus or guidelines: one person proposes it, a second one publishes or refuses it."""

from typing import Any, Literal
from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.decisions import second as seconds
from flagstaff.decisions.model import Confirmation, Deed, Proposal
from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import EventKind
from flagstaff.flows.announce_version import announce_version
from flagstaff.flows.house import House
from flagstaff.flows.read_policy import known_guidelines
from flagstaff.flows.reapply_draft import reapply_draft
from flagstaff.flows.saved_queries import publish_figures
from flagstaff.guidelines import storage as guidelines_storage
from flagstaff.guidelines.check import check_guidelines
from flagstaff.guidelines.model import Guidelines
from flagstaff.guidelines.storage import Proposal as KeptProposal
from flagstaff.kernel.errors import Conflict, Forbidden, NotFound, Refusal
from flagstaff.language.yaml import Finding
from flagstaff.menus import storage as menus_storage
from flagstaff.menus.check import check_menus
from flagstaff.menus.drafts import DraftState
from flagstaff.menus.model import LineageEdge, MenuVersion
from flagstaff.staff import rules as staff_rules, storage as staff
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import AccountKey, Platform
from flagstaff.vocabulary.roles import Permission

What = Literal["menus", "guidelines"]


class NotSound(Refusal):
    """A version that was proposed has problems."""

    slug = "version-not-sound"
    status = 422
    title = "This version has problems"


class NothingProposed(NotFound):
    """Nothing of that kind waits for an answer."""

    slug = "nothing-proposed"
    title = "Nothing waits for publication"


class OtherNumber(Conflict):
    """The number of a version is not the next one. `base`: the version that it was made from."""

    slug = "not-the-next-version"
    title = "Another version is live"
    base = 0


class ProposeVersion(msgspec.Struct, frozen=True):
    """The next version of one platform's menus or guidelines, with why, and how its options came to be."""

    platform: Platform
    version: MenuVersion | Guidelines
    note: str
    lineage: tuple[LineageEdge, ...] = ()


class AnswerProposal(msgspec.Struct, frozen=True):
    """How the second person answers; a refusal needs a reason."""

    key: UUID
    publish: bool
    reason: str = ""


async def propose_version(house: House, by: Account, wanted: ProposeVersion) -> UUID:
    """Keep a sound version until a second person answers, and return its key.

    Raises NotSound with every problem, Conflict for a number that is not the next one, Forbidden.
    """
    staff_rules.demand(by, Permission.PUBLISH, None, wanted.platform)
    _refuse_unsound(house, wanted)
    _refuse_other_number(_number(wanted.version), _live(house, wanted.platform, wanted.version))
    if not wanted.note.strip():
        what = "a version says why it is published"
        raise Refusal(what, where="note", mend="write a sentence that readers will see")
    key = house.ids.key()
    document = {
        "version": msgspec.to_builtins(wanted.version),
        "lineage": msgspec.to_builtins(wanted.lineage),
    }
    async with house.database.transaction(Role.CONSOLE) as connection:
        await guidelines_storage.propose(
            connection, key, wanted.platform, _what(wanted.version), document, wanted.note, by.key, house.now
        )
        await audit.record(connection, [_entry(house, by, "version.proposed", wanted.platform, key)])
    return key


async def answer_proposal(house: House, by: Account, answer: AnswerProposal) -> Confirmation:
    """Publish what was proposed, or refuse it; returns whether that was done alone.

    Raises NothingProposed, Forbidden with the reason of the rules, Conflict where another version came first: a draft
    behind the one that lost is then open again, applied to what won.
    """
    try:
        allowed = await _answer(house, by, answer)
    except OtherNumber as late:
        overtaken = await reapply_draft(house, by, answer.key, late.base)
        if overtaken is not None:
            raise overtaken from late
        raise
    await house.policy.refresh()
    return allowed


async def _answer(house: House, by: Account, answer: AnswerProposal) -> Confirmation:
    async with house.database.transaction(Role.CONSOLE) as connection:
        kept = await guidelines_storage.hold_proposal(connection, answer.key)
        if kept is None or kept.state != "waiting":
            what = "this proposal was answered, or never made"
            raise NothingProposed(what, mend="see the policy pages for what waits")
        allowed = await _may(house, connection, by, kept)
        if answer.publish:
            await _publish(house, connection, by, kept, allowed)
        elif not answer.reason.strip():
            what = "whoever proposed it needs to know why"
            raise Refusal(what, where="reason", mend="write a sentence")
        state = "published" if answer.publish else "refused"
        await guidelines_storage.answer_proposal(
            connection, kept.key, state, by.key, answer.reason, house.now
        )
        await _tell_draft(house, connection, kept.key, published=answer.publish)
        await audit.record(connection, [_entry(house, by, f"version.{state}", kept.platform, kept.key)])
        await delivery.wake(connection, delivery.PUBLISH)
    return allowed


async def _tell_draft(house: House, connection: Connection, proposal: UUID, *, published: bool) -> None:
    """Let the draft behind a proposal know how it ended: it became a version, or is open again."""
    kept = await menus_storage.draft_behind(connection, proposal)
    if kept is None:
        return
    number = kept.base + 1 if published else None
    state: DraftState = "published" if published else "open"
    await menus_storage.move_draft(
        connection, kept.key, state, house.now, proposal=proposal, published=number
    )


async def _may(house: House, connection: Connection, by: Account, kept: KeptProposal) -> Confirmation:
    platform = Platform(kept.platform)
    staff_rules.demand(by, Permission.PUBLISH, None, platform)
    accounts = await staff.list_accounts(connection)
    authors = await _authors(connection, kept)
    others = sum(
        bool(staff_rules.may(one, Permission.PUBLISH, None, platform))
        for one in accounts
        if one.key != by.key and one.key not in authors
    )
    # Whoever wrote a part of it is as little a second person as whoever proposed it.
    author = AccountKey(by.key if by.key in authors else kept.author)
    proposal = Proposal(Deed.PUBLICATION, author, kept.made_at)
    allowed = seconds.may_confirm(proposal, AccountKey(by.key), by.permissions, others, house.now)
    if not allowed:
        raise Forbidden(allowed.reason, mend="ask a second person")
    return allowed


async def _authors(connection: Connection, kept: KeptProposal) -> frozenset[UUID]:
    draft = await menus_storage.draft_behind(connection, kept.key)
    wrote = {UUID(one) for one in draft.draft.authors} if draft else set[UUID]()
    return frozenset({kept.author, *wrote})


async def _publish(
    house: House, connection: Connection, by: Account, kept: KeptProposal, allowed: Confirmation
) -> None:
    """Publish the very document that was proposed; what became live meanwhile stops it by its number."""
    platform = Platform(kept.platform)
    version = _read(kept)
    # The copy in memory may be late; of two who publish at once, the second waits here and then sees the first.
    newest = await (menus_storage if isinstance(version, MenuVersion) else guidelines_storage).take_turn(
        connection, platform
    )
    _refuse_other_number(_number(version), newest)
    author, approver = str(kept.author), str(by.key)
    if isinstance(version, MenuVersion):
        edges = msgspec.convert(kept.document["lineage"], tuple[LineageEdge, ...])
        drafted = msgspec.structs.replace(version, origin="drafted", note=kept.note)
        await menus_storage.publish(
            connection, platform, drafted, edges,
            author=author, approver=approver, alone=allowed.alone, at=house.now,
        )  # fmt: skip
        await menus_storage.hand_over(
            connection, platform, version.number, _owner(version, kept), by.key, house.now
        )
        await publish_figures(house, connection, version)
        await announce_version(
            house, connection, platform, EventKind.MENU_PUBLISHED, version.number, house.now
        )
    else:
        await guidelines_storage.publish(
            connection, platform, version, author=author, approver=approver, alone=allowed.alone, at=house.now
        )
        await announce_version(
            house, connection, platform, EventKind.GUIDELINES_PUBLISHED, version.version, house.now
        )


def _owner(version: MenuVersion, kept: KeptProposal) -> UUID:
    """Return who answers for a version: whom its draft names; files name a role, so whoever proposed them."""
    try:
        return UUID(version.owner or "")
    except ValueError:
        return kept.author


def _read(kept: KeptProposal) -> MenuVersion | Guidelines:
    form: dict[str, Any] = kept.document["version"]
    return msgspec.convert(form, MenuVersion) if kept.what == "menus" else msgspec.convert(form, Guidelines)


def _refuse_unsound(house: House, wanted: ProposeVersion) -> None:
    findings: list[Finding]
    if isinstance(wanted.version, MenuVersion):
        known = known_guidelines(house.policy.guidelines(wanted.platform))
        findings = check_menus(wanted.version, known)
    else:
        findings = check_guidelines(wanted.version)
    if findings:
        listed = [
            {"where": "/".join(map(str, one.at)), "what": one.what, "mend": one.mend} for one in findings
        ]
        what = f"{len(findings)} problem(s)"
        raise NotSound(what, where="version", mend="mend each; the list is complete", problems=listed)


def _refuse_other_number(given: int, live: int) -> None:
    if given != live + 1:
        what = f"version {given} was proposed and {live} is live"
        mend = f"apply the change to version {live} and number it {live + 1}"
        late = OtherNumber(what, where="version", mend=mend)
        late.base = given - 1
        raise late


def _number(version: MenuVersion | Guidelines) -> int:
    return version.number if isinstance(version, MenuVersion) else version.version


def _live(house: House, platform: Platform, version: MenuVersion | Guidelines) -> int:
    if isinstance(version, MenuVersion):
        return house.policy.menus(platform).number
    return house.policy.guidelines(platform).version


def _what(version: MenuVersion | Guidelines) -> What:
    return "menus" if isinstance(version, MenuVersion) else "guidelines"


def _entry(house: House, by: Account, deed: str, platform: str, key: UUID) -> Entry:
    return Entry(house.ids.key(), house.now, deed, by.actor, f"proposal:{key}", platform)
