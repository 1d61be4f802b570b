"""Write what reporters are told of their own flags: a receipt at once, a joined verdict's outcome when due."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import msgspec

from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import EventKind, NewNotice, Outgoing
from flagstaff.flags.model import Choice
from flagstaff.flags.storage import Answer, NewFlag
from flagstaff.flows.house import House
from flagstaff.flows.pace import Expected
from flagstaff.flows.score_cases import targets_of
from flagstaff.flows.tell_people import reporter_values, told_in, tongue_for
from flagstaff.guidelines.model import Guidelines
from flagstaff.kernel.ids import NumberKind
from flagstaff.language.tongues import Tongue
from flagstaff.store.database import Connection
from flagstaff.vocabulary.kinds import OptionKind
from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.severity import Severity


class Rejoined(msgspec.Struct, frozen=True):
    """A flag that was taken back and sent again onto a verdict: it has its receipt, and now its outcome as well."""

    key: UUID
    number: str
    platform: str
    choice: Choice
    answer: Answer


async def tell_receipts(
    house: House,
    connection: Connection,
    flags: Sequence[NewFlag],
    rejoined: Sequence[Rejoined],
    now: datetime,
) -> None:
    """Leave a receipt for each new flag, and the outcome of each that joined a verdict, also of one sent again."""
    receipts = [_receipt(house, flag, now) for flag in flags if not flag.answer]
    await delivery.put_receipts(connection, receipts, [house.ids.key() for _ in receipts], now)
    joined = [flag for flag in flags if flag.answer]
    notices = [_receipt(house, flag, now) for flag in joined]
    notices += [_outcome(house, flag, flag.answer, now) for flag in joined if flag.answer]
    notices += [_outcome(house, flag, flag.answer, now) for flag in rejoined]
    await delivery.put_notices(connection, notices)
    await delivery.leave(connection, [_outgoing(house, notice) for notice in notices])


def expected_of(house: House, platform: str, kind: str, severity: int) -> Expected:
    """Return when to expect an answer: what was measured lately, else the policy's target."""
    target = targets_of(house.policy, platform).hours(Severity(severity))
    return house.pace.usual(platform, kind, severity) or Expected(target)


# Every receipt says it, and there are few different ones: CLDR's patterns would cost a tenth of a flag.
@lru_cache(maxsize=512)
def expected_words(expected: Expected, tongue: Tongue) -> str:
    """Say a time to an answer in words, and whether it is a target or was measured."""
    if expected.slow is None:
        return tongue.gettext("{time} (our target)", time=tongue.span(expected.hours))
    time, slow = tongue.span(expected.hours), tongue.span(expected.slow)
    return tongue.gettext("{time} (nine in ten within {slow})", time=time, slow=slow)


def _receipt(house: House, flag: NewFlag, now: datetime) -> NewNotice:
    legal = flag.choice.kind is OptionKind.LEGAL
    expected = expected_of(house, flag.platform, flag.kind, int(flag.choice.severity))
    guidelines = told_in(house, flag.platform, flag.choice.language)
    said = expected_words(expected, tongue_for(guidelines))
    values = {"number": flag.number, "option": flag.choice.label, "expected": said}
    return _notice(house, flag, "receipt_legal" if legal else "receipt", guidelines, values, now, now)


def _outcome(house: House, flag: NewFlag | Rejoined, answer: Answer, now: datetime) -> NewNotice:
    """Say a joined verdict in the very words that a first flag gets: nothing tells that somebody flagged before."""
    clauses, guidelines = sorted(flag.choice.clauses), told_in(house, flag.platform, flag.choice.language)
    values = reporter_values(
        house,
        platform=flag.platform,
        number=flag.number,
        label=flag.choice.label,
        status=answer.outcome.value,
        sentence=answer.reason,
        clause=clauses[0] if clauses else "",
        guidelines=guidelines,
        told_at=answer.readable_from,
    )
    return _notice(house, flag, f"outcome_{answer.outcome}", guidelines, values, now, answer.readable_from)


def _notice(
    house: House, flag: NewFlag | Rejoined, text_key: str, guidelines: Guidelines, values: dict[str, str],
    now: datetime, not_before: datetime,
) -> NewNotice:  # fmt: skip
    host = house.policy.host(flag.platform)
    return NewNotice(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.REPLY),
        platform=flag.platform,
        audience=Party.REPORTER,
        flag=flag.key,
        decision=flag.answer.decision if flag.answer else None,
        text_key=text_key,
        guidelines_version=guidelines.version,
        values={"platform": host.name, "language": guidelines.locale, **values},
        made_at=now,
        not_before=not_before,
        released_at=not_before,
    )


def _outgoing(house: House, notice: NewNotice) -> Outgoing:
    if notice.flag is None:
        message = "a receipt is told to the reporter of a flag"
        raise AssertionError(message)
    return Outgoing(
        key=house.ids.key(),
        platform=notice.platform,
        kind=EventKind.NOTICE_REPORTER,
        stream=notice.flag,
        reference=notice.key,
        made_at=notice.made_at,
        not_before=notice.not_before,
    )
