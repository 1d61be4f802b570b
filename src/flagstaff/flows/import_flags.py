"""Import history from before Flagstaff: flags with their outcome, each in a closed case marked as imported."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.cases import rules as case_rules, storage as cases
from flagstaff.cases.storage import NewCase, Step
from flagstaff.flags import rules as flag_rules, storage as flags
from flagstaff.flags.storage import Answer, NewFlag
from flagstaff.flows.house import House
from flagstaff.flows.placing import NO_TAG
from flagstaff.flows.sent_flag import Checked, Sent, check_sent
from flagstaff.kernel.clock import day_of
from flagstaff.kernel.ids import NumberKind
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import storage as subjects
from flagstaff.subjects.model import Kept
from flagstaff.vault import admission
from flagstaff.vault.admission import Newcomer, Words
from flagstaff.vocabulary.origins import CaseOrigin
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.states import FlagStatus

ACTOR = "import"


class OldFlag(msgspec.Struct, frozen=True):
    """A flag that was answered elsewhere: what was sent (marked `legacy`, with its own time), and what came of it."""

    sent: Sent
    received_at: datetime
    outcome: FlagStatus


async def import_flags(house: House, batch: Sequence[OldFlag]) -> int:
    """Keep a batch of answered flags, each with a closed case of its own, and return how many.

    The words are sealed like all others. Raises the refusal of the first flag that the policy does not know.
    """
    if not batch:
        return 0
    checked = [check_sent(house.policy, one.sent) for one in batch]
    staff = [
        house.sealer.staff_hash(PersonRef(one.seen.ref.platform, one.seen.author or "")) for one in checked
    ]
    async with house.database.transaction(Role.INTAKE) as connection:
        kept = await subjects.keep(connection, [one.seen for one in checked], staff, house.ids, house.now)
        newcomers = [Newcomer(one.sent.reporter) for one in checked]
        await admission.admit(connection, newcomers, house.sealer, house.sealer.batch(), house.ids)
        opened = [
            _case(house, one, at, old.received_at) for one, at, old in zip(checked, kept, batch, strict=True)
        ]
        await cases.open_cases(connection, opened)
        await cases.append_steps(connection, [_step(case) for case in opened], house.ids)
        await _put_flags(house, connection, batch, checked, kept, opened)
        await audit.record(connection, [_entry(house, checked[0], len(batch))])
    return len(batch)


async def _put_flags(
    house: House,
    connection: Connection,
    batch: Sequence[OldFlag],
    checked: Sequence[Checked],
    kept: Sequence[Kept],
    opened: Sequence[NewCase],
) -> None:
    new = [
        _flag(house, old, one, at, case)
        for old, one, at, case in zip(batch, checked, kept, opened, strict=True)
    ]
    people = [one.sent.reporter for one in checked]
    tags = await admission.link(
        connection, house.sealer, people, [one.case for one in new], [one.key for one in new]
    )
    await flags.put_flags(
        connection, [msgspec.structs.replace(one, tag=tag) for one, tag in zip(new, tags, strict=True)]
    )
    words = [
        Words("details", flag.key, flag.case, flag.platform, one.sent.details)
        for flag, one in zip(new, checked, strict=True)
        if one.sent.details.strip()
    ]
    await admission.leave_words(connection, words, house.sealer.batch(), house.ids, house.now.date())


def _case(house: House, one: Checked, at: Kept, opened_at: datetime) -> NewCase:
    return NewCase(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.CASE),
        platform=one.seen.ref.platform,
        subject=at.subject,
        state=case_rules.apply(None, "import"),
        origin=CaseOrigin.IMPORT,
        severity=one.choice.severity,
        place=one.seen.place,
        opened_at=opened_at,
        staff_only=one.option.route == "staff_only",
        restricted=one.seen.reference_only,
        audience=one.seen.audience,
    )


def _flag(house: House, old: OldFlag, one: Checked, at: Kept, case: NewCase) -> NewFlag:
    return NewFlag(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.FLAG),
        case=case.key,
        snapshot=at.snapshot,
        platform=case.platform,
        tag=NO_TAG,
        kind=one.seen.ref.kind,
        reason=one.option.reason,
        choice=one.choice,
        reliability=0.5,
        state=flag_rules.apply(None, "import"),
        received_at=old.received_at,
        answer=Answer(old.outcome, old.outcome.value, old.received_at, None),
        legacy=True,
    )


def _step(case: NewCase) -> Step:
    day = day_of(case.opened_at)
    return Step(case.key, day, "import", "", case.state, ACTOR, "history from before Flagstaff")


def _entry(house: House, one: Checked, count: int) -> Entry:
    platform = one.seen.ref.platform
    return Entry(
        house.ids.key(),
        house.now,
        "flags.imported",
        ACTOR,
        f"platform:{platform}",
        platform,
        {"count": count},
    )
