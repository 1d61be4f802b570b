"""Render what leaves the house, when it leaves: bodies of webhooks and feeds, and the texts of notices."""

from collections.abc import Mapping, Sequence
from typing import TypeVar, assert_never
from uuid import UUID

from flagstaff.decisions import storage as decisions
from flagstaff.decisions.storage import ToldEvent
from flagstaff.delivery import rendering, storage as delivery
from flagstaff.delivery.answers import TEXTS
from flagstaff.delivery.model import Due, EventKind, Notice, Published
from flagstaff.delivery.rendering import (
    AuthorNoticeData,
    Data,
    GuidelinesData,
    Links,
    MeasureData,
    MenuData,
    PersonNoticeData,
    ReporterNoticeData,
    Scope,
    SubjectName,
)
from flagstaff.flags import outcomes
from flagstaff.flows.house import House
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.tongues import tongue_of
from flagstaff.store.database import Connection
from flagstaff.vocabulary.references import Level

T = TypeVar("T")
Event = Due | Published


class NothingToSend(FlagstaffError):
    """What an event tells of is gone: its person was erased, or its author is unknown."""

    slug = "nothing-to-send"
    title = "There is nobody to tell"


async def read_event(house: House, connection: Connection, event: Event, person: str | None = None) -> Data:
    """Return the data of one event; `person` is needed for a reporter's notice. Raises NothingToSend."""
    match event.kind:
        case EventKind.MEASURE_APPLIED | EventKind.MEASURE_LIFTED:
            found = await decisions.told(connection, [event.reference])
            return measure_data(_there(found.get(event.reference)))
        case EventKind.NOTICE_AUTHOR:
            return await _author_data(house, connection, event.reference)
        case EventKind.NOTICE_REPORTER:
            return await _reporter_data(house, connection, event.reference, _there(person))
        case EventKind.NOTICE_PERSON:
            return await _person_data(house, connection, event.reference, _there(person))
        case EventKind.MENU_PUBLISHED:
            return MenuData(version=event.reference.int)
        case EventKind.GUIDELINES_PUBLISHED:
            return GuidelinesData(version=event.reference.int)
        case _:
            assert_never(event.kind)


async def read_measures(
    connection: Connection, events: Sequence[Published]
) -> list[tuple[Published, MeasureData]]:
    """Return a page of the feed of measures with its data, in order."""
    found = await decisions.told(connection, [one.reference for one in events])
    return [(one, measure_data(found[one.reference])) for one in events if one.reference in found]


def measure_data(told: ToldEvent) -> MeasureData:
    """Return one change of a measure as its platform reads it."""
    if told.on_person and told.person is None:
        raise _nobody()
    return MeasureData(
        measure=told.number,
        kind=told.kind,
        revision=told.revision,
        effect=told.effect.value,
        decision=told.decision,
        subject=None if told.on_person else SubjectName(told.subject_kind or "", told.subject_id or ""),
        person=told.person if told.on_person else None,
        scope=Scope(told.scope.value, _place(told)) if told.on_person else None,
        until=told.until,
    )


def _place(told: ToldEvent) -> str:
    if told.ring is None:
        return ""
    named = {Level.GROUP: told.ring.group, Level.BOARD: told.ring.board, Level.PART: told.ring.part}
    return next((name for level, name in named.items() if level.value == told.scope.value and name), "")


async def _author_data(house: House, connection: Connection, key: UUID) -> AuthorNoticeData:
    notice = _there(await delivery.notice(connection, key))
    person = _there(await delivery.person_of(connection, notice.author))
    links = links_for(house, notice.platform)
    values = with_code(house, notice)
    return AuthorNoticeData(
        person=person,
        notice=notice.number,
        code=values["code"],
        text=notice_text(house, notice),
        links=links.filled(values),
    )


async def _reporter_data(house: House, connection: Connection, key: UUID, person: str) -> ReporterNoticeData:
    notice = _there(await delivery.notice(connection, key))
    flag = _there(await outcomes.flag_of(connection, notice.flag or UUID(int=0)))
    status = notice.values.get("status", "received")
    return ReporterNoticeData(person=person, flag=flag.number, status=status, text=notice_text(house, notice))


async def _person_data(house: House, connection: Connection, key: UUID, person: str) -> PersonNoticeData:
    notice = _there(await delivery.notice(connection, key))
    return PersonNoticeData(
        person=person,
        about=notice.values["about"],
        number=notice.values["number"],
        status=notice.values["status"],
        text=notice_text(house, notice),
    )


def notice_text(house: House, notice: Notice) -> str:
    """Return a notice as its reader sees it, in the words of the guidelines version and language that it names.

    What answers a suggestion or a letter is no part of the guidelines: the house words it itself.
    """
    if notice.text_key in TEXTS:
        said = tongue_of(notice.values.get("language", "")).gettext(TEXTS[notice.text_key])
        return rendering.fill(said, notice.values, links_for(house, notice.platform))
    known = house.policy.guidelines_version(notice.platform, notice.guidelines_version)
    guidelines = known or house.policy.guidelines(notice.platform)
    text = guidelines_in(guidelines, notice.values.get("language", "")).notice_by_key[notice.text_key].text
    return rendering.fill(text, with_code(house, notice), links_for(house, notice.platform))


def with_code(house: House, notice: Notice) -> Mapping[str, str]:
    """Return a notice's values with its number and code, as link templates may name them."""
    number = notice.values.get("number", notice.number)
    code = house.sealer.notice_code(notice.number) if notice.author else ""
    return {**notice.values, "number": number, "code": code}


def links_for(house: House, platform: str) -> Links:
    """Return where notices of a platform lead."""
    templates = {name.value: link for name, link in house.policy.host(platform).links.items()}
    return rendering.links_of(templates, house.settings.address)


def _there(found: T | None) -> T:
    if found is None:
        raise _nobody()
    return found


def _nobody() -> NothingToSend:
    msg = "what this event tells of is gone"
    return NothingToSend(msg)
