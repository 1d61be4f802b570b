"""Answer suggestions that say the same, once and for all of them: prepare an option, name one, or say why not."""

from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.draft_menu import NoSuchDraft, begin_in, change_in, with_operations
from flagstaff.flows.house import House
from flagstaff.flows.tell_people import send_notices
from flagstaff.flows.tell_person import person_notice
from flagstaff.kernel.errors import NotFound, Refusal
from flagstaff.menus import storage as menus, suggested, suggestions
from flagstaff.menus.applying import last_seen
from flagstaff.menus.drafts import Add, Restore
from flagstaff.menus.rules import label_in, words_in
from flagstaff.menus.suggested import Group
from flagstaff.menus.suggestions import SuggestionEnded, check_reason
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.states import SuggestionState


class NoSuchSuggestion(NotFound):
    """There are no suggestions under this number, or the account does not work for their platform."""

    slug = "no-such-suggestion"
    title = "There is no such suggestion"


class CannotEndSo(Refusal):
    """What a suggestion shall become does not fit the menus: it is there already, was there, or is not there."""

    slug = "cannot-end-so"
    status = 422
    title = "The suggestion cannot end so"


async def accept_suggestion(
    house: House, by: Account, number: str, wanted: Add | Restore, reason: str, draft: UUID | None, title: str
) -> UUID:
    """Put an option, new or brought back, into a draft (None: a new one of this title) and return that.

    Raises CannotEndSo, SuggestionEnded, and what drafts and rules do.
    """
    said = check_reason(reason)
    async with house.database.transaction(Role.CONSOLE) as connection:
        group = await hold_open_group(connection, by, number)
        label = _label(house, group, wanted)
        key = draft or await begin_in(house, connection, by, Platform(group.platform), title)
        kept = await menus.hold_draft(connection, key)
        if kept is None or kept.platform != group.platform:
            what = "this platform has no such draft"
            raise NoSuchDraft(what, where="draft", mend="see the list of drafts")
        operation = msgspec.structs.replace(wanted, suggestion=group.number)
        await change_in(
            house, connection, by, key, kept.revision, lambda now: with_operations(now, [operation])
        )
        ended = _ended(house, by, group, "accept", said, option=wanted.option, label=label)
        await _end(house, connection, by, msgspec.structs.replace(ended, draft=key))
    return key


async def merge_into_option(house: House, by: Account, number: str, option: str, reason: str) -> None:
    """Say that a live option covers what was suggested; raises CannotEndSo, SuggestionEnded, BadSuggestion."""
    said = check_reason(reason)
    async with house.database.transaction(Role.CONSOLE) as connection:
        group = await hold_open_group(connection, by, number)
        version = house.policy.menus(group.platform)
        found = version.option_by_key.get(option)
        if found is None:
            what = f"the live menus have no option {option!r}"
            raise CannotEndSo(what, where="option", mend="choose one of the list")
        label = label_in(words_in(version, found, "").label, house.policy.host(group.platform).name)
        ended = _ended(house, by, group, "merge", said, option=option, label=label)
        await _end(house, connection, by, ended)


async def decline_suggestion(house: House, by: Account, number: str, reason: str) -> None:
    """Say why there will be no such option; raises SuggestionEnded, BadSuggestion, Forbidden."""
    said = check_reason(reason)
    async with house.database.transaction(Role.CONSOLE) as connection:
        group = await hold_open_group(connection, by, number)
        await _end(house, connection, by, _ended(house, by, group, "decline", said))


async def hold_open_group(connection: Connection, by: Account, number: str) -> Group:
    """Lock suggestions that wait; raises NoSuchSuggestion, SuggestionEnded, Forbidden.

    Until the story ends nothing new joins them: it would be answered without being told.
    """
    found = await suggested.find_group(connection, number)
    if found is not None:
        await suggested.alone(connection, found.platform, found.kind)
    group = await suggested.hold_group(connection, number)
    if group is None:
        raise no_such(number)
    staff_rules.demand(by, Permission.EDIT_MENUS, None, Platform(group.platform))
    if group.state is not SuggestionState.OPEN:
        what = f"these suggestions were {group.state.value} before"
        raise SuggestionEnded(what, where="number", mend="read the answer; an answer is given once")
    return group


def no_such(number: str) -> NoSuchSuggestion:
    """Return the refusal of a number that names nothing."""
    what = f"there are no suggestions under {number[:40]!r}"
    return NoSuchSuggestion(what, where="number", mend="see the list of suggestions")


def _label(house: House, group: Group, wanted: Add | Restore) -> str:
    """Return how the option will read; raises CannotEndSo where it does not fit what was suggested, or the menus."""
    live, history = house.policy.menus(group.platform), house.policy.menus_history(group.platform)
    if wanted.option.partition(".")[0] != group.kind:
        what = f"it was suggested for {group.kind!r}"
        raise CannotEndSo(what, where="kind", mend="put the option on that menu")
    if wanted.option in live.option_by_key:
        what = f"{wanted.option!r} is on the menu"
        raise CannotEndSo(what, where="reason", mend="merge the suggestion into that option")
    before = last_seen(wanted.option, history)
    if before is not None and isinstance(wanted, Add):
        what = f"{wanted.option!r} was on the menu before"
        raise CannotEndSo(what, where="reason", mend="bring that option back instead: its figures go on")
    if before is None and isinstance(wanted, Restore):
        what = f"no menu ever had {wanted.option!r}"
        raise CannotEndSo(what, where="option", mend="add it instead")
    as_before = before[0].label if before else wanted.option
    said = wanted.words[live.locale].label if live.locale in wanted.words else as_before
    return label_in(said, house.policy.host(group.platform).name)


def _ended(
    house: House, by: Account, group: Group, arrow: str, reason: str, *, option: str | None = None,
    label: str = "",
) -> Group:  # fmt: skip
    state = suggestions.apply(group.state, arrow)
    return msgspec.structs.replace(
        group, state=state, reason=reason, option=option, label=label, ended_by=by.key, ended_at=house.now
    )


async def _end(house: House, connection: Connection, by: Account, group: Group) -> None:
    """Keep the answer and tell everybody who suggested it, each from their own moment on."""
    await suggested.end_group(connection, group)
    values = {"reason": group.reason, "option": group.label, "status": group.state.value}
    notices = [
        person_notice(
            house, one.key, platform=group.platform, text_key=f"suggestion_{group.state.value}", about="suggestion",
            number=one.number, values=values, not_before=suggestions.told_from(one.received_at, house.now),
        )
        for one in await suggested.members(connection, group.key)
    ]  # fmt: skip
    await send_notices(house, connection, notices, house.now)
    deed = f"suggestion.{group.state.value}"
    entry = Entry(house.ids.key(), house.now, deed, by.actor, f"suggestion_group:{group.key}", group.platform)
    await audit.record(connection, [entry])
