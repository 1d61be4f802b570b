"""Receive flags: the story every other one begins with, for a batch of any size in one transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.cases import rules as case_rules, storage as cases
from flagstaff.cases.desk import CLAIM_LASTS
from flagstaff.flags import storage as flags
from flagstaff.flows.hand_back import hand_back
from flagstaff.flows.house import House
from flagstaff.flows.pace import Expected
from flagstaff.flows.placing import Arrived, Placing, Receipt, place_flags
from flagstaff.flows.receipts import expected_of, tell_receipts
from flagstaff.flows.score_cases import score_cases, scored, targets_of
from flagstaff.flows.sent_flag import Checked, Sent, refusal_of
from flagstaff.kernel.clock import day_of
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.store import idempotency
from flagstaff.store.database import Connection
from flagstaff.store.idempotency import Answered
from flagstaff.store.roles import Role
from flagstaff.subjects import storage as subjects
from flagstaff.subjects.model import KeptSubject
from flagstaff.vault import admission
from flagstaff.vault.admission import Newcomer
from flagstaff.vocabulary.kinds import OptionKind
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.states import FlagStatus

Answer = Receipt | FlagstaffError
_ACCEPTED = 202


async def receive_flags(house: House, batch: Sequence[Sent]) -> list[Answer]:
    """Keep a batch of flags durably and answer each in its place: a receipt, or a precise refusal.

    A request seen before gets the answer it got then. Refused flags are not kept and do not fail their neighbours.
    A failure of the database fails the whole batch; whoever batched it tries each one alone.
    """
    checked = [refusal_of(house.policy, sent) for sent in batch]
    good = [one for one in checked if isinstance(one, Checked)]
    if not good:
        return [one for one in checked if isinstance(one, FlagstaffError)]
    async with house.database.transaction(Role.INTAKE) as connection:
        known = await idempotency.find(connection, [one.sent.request for one in good if one.sent.request])
        fresh = _first_of_each([one for one in good if one.sent.request not in known])
        receipts = await _keep(house, connection, [one for one in fresh if not _prefers(one)])
        receipts += await _count(house, connection, [one for one in fresh if _prefers(one)])
        by_sent = {id(one.sent): receipt for one, receipt in receipts}
        await idempotency.keep(connection, _answers(receipts), house.clocks.wall.now())
    return [_answer(one, known, by_sent) for one in checked]


async def _keep(
    house: House, connection: Connection, fresh: Sequence[Checked]
) -> list[tuple[Checked, Receipt]]:
    """Take flags in, room by room: subject, case, person, flag, words, queue, log."""
    if not fresh:
        return []
    await house.pace.refresh(connection, house.now)
    seen = [one.seen for one in fresh]
    kept = await subjects.keep(connection, seen, _staff_hashes(house, fresh), house.ids, house.now)
    # Only now are the subjects held: what took effect while this waited for them began before it, and stays.
    now = house.now
    arrived = await _meet(house, connection, fresh, kept, now)
    placing = place_flags(arrived, now, house.ids)
    await cases.open_cases(connection, scored(house, placing.cases, placing.raised(), now))
    await flags.put_flags(connection, await _tagged(house, connection, placing))
    await flags.put_addenda(connection, placing.addenda)
    await flags.revive(connection, placing.revived, now)
    await admission.leave_words(connection, placing.words, house.sealer.batch(), house.ids, now.date())
    await subjects.blank(connection, sorted(placing.blanked), now)
    await hand_back(house, connection, placing.handed_back, now)
    await cases.wake(connection, placing.moves, now + CLAIM_LASTS)
    await cases.count_joiners(connection, placing.joined)
    await score_cases(house, connection, sorted(placing.touched - {one.key for one in placing.cases}), now)
    await cases.append_steps(connection, placing.steps, house.ids)
    await tell_receipts(house, connection, placing.flags, placing.rejoined, now)
    await audit.record(connection, _entries(house, placing, now))
    return list(zip(fresh, placing.receipts, strict=True))


async def _meet(
    house: House, connection: Connection, fresh: Sequence[Checked], kept: Sequence[KeptSubject], now: datetime
) -> list[Arrived]:
    """Bring each flag together with its subject's cases and its reporter's own earlier flag."""
    contents = {one.subject: one.content_hash for one in kept}
    around = await cases.around(connection, contents, now - case_rules.ONE_GRAVE_PER)
    meets = [around[one.subject] for one in kept]
    newcomers = [
        Newcomer(one.sent.reporter, met.standing, met.former) for one, met in zip(fresh, meets, strict=True)
    ]
    admitted = await admission.admit(connection, newcomers, house.sealer, house.sealer.batch(), house.ids)
    standing = [(m.standing, a.tag_standing) for m, a in zip(meets, admitted, strict=True)]
    former = [(m.former, a.tag_former) for m, a in zip(meets, admitted, strict=True)]
    pairs = [(case, tag) for case, tag in (*standing, *former) if case is not None and tag is not None]
    found = await flags.find_by_tags(connection, pairs)
    return [
        Arrived(
            one, keep, met, person, found.get(at), found.get(was), _hours(house, one), _expected(house, one)
        )
        for one, keep, met, person, at, was in zip(
            fresh, kept, meets, admitted, standing, former, strict=True
        )
    ]


async def _tagged(house: House, connection: Connection, placing: Placing) -> list[flags.NewFlag]:
    """Let the vault tie each new flag to its person and give it the tag that stands for that person in its case."""
    tags = await admission.link(
        connection,
        house.sealer,
        placing.persons,
        [flag.case for flag in placing.flags],
        [flag.key for flag in placing.flags],
    )
    return [msgspec.structs.replace(flag, tag=tag) for flag, tag in zip(placing.flags, tags, strict=True)]


async def _count(
    house: House, connection: Connection, preferred: Sequence[Checked]
) -> list[tuple[Checked, Receipt]]:
    """Count what breaks no rule; nobody is looked at."""
    today = house.now.date()
    await flags.count_preferences(
        connection,
        [(one.seen.ref.platform, one.choice.option, one.choice.menu_version, today) for one in preferred],
    )
    return [(one, _noted(one)) for one in preferred]


def _prefers(one: Checked) -> bool:
    return one.choice.kind is OptionKind.PREFERENCE


def _staff_hashes(house: House, fresh: Sequence[Checked]) -> list[bytes]:
    authors = [PersonRef(one.seen.ref.platform, one.seen.author or "") for one in fresh]
    hashes = {author: house.sealer.staff_hash(author) for author in set(authors)}
    return [hashes[author] for author in authors]


def _noted(one: Checked) -> Receipt:
    choice = one.choice
    return Receipt(None, FlagStatus.RECEIVED, choice.option, choice.kind.value, 0, choice.label, 0.0)


def _hours(house: House, one: Checked) -> float:
    return targets_of(house.policy, one.seen.ref.platform).hours(one.choice.severity)


def _expected(house: House, one: Checked) -> Expected:
    return expected_of(house, one.seen.ref.platform, one.seen.ref.kind, int(one.choice.severity))


def _first_of_each(fresh: Sequence[Checked]) -> list[Checked]:
    """Leave out the same request sent twice within one batch; both get one answer."""
    seen: set[bytes] = set()
    first: list[Checked] = []
    for one in fresh:
        if one.sent.request is None or one.sent.request not in seen:
            first.append(one)
        if one.sent.request is not None:
            seen.add(one.sent.request)
    return first


def _answers(receipts: Sequence[tuple[Checked, Receipt]]) -> list[Answered]:
    return [
        Answered(one.sent.request, one.sent.body, _ACCEPTED, msgspec.to_builtins(receipt))
        for one, receipt in receipts
        if one.sent.request is not None
    ]


def _answer(
    one: Checked | FlagstaffError, known: dict[bytes, Answered], receipts: dict[int, Receipt]
) -> Answer:
    if isinstance(one, FlagstaffError):
        return one
    receipt = receipts.get(id(one.sent))
    if receipt is not None:
        return receipt
    before = known.get(one.sent.request or b"")
    if before is None:
        what = "the same request is being worked on"
        return idempotency.InFlight(what, where="Idempotency-Key", mend="ask again in a second")
    try:
        idempotency.same_request(before, one.sent.body)
    except FlagstaffError as refused:
        return refused
    return msgspec.convert(before.answer, Receipt)


def _entries(house: House, placing: Placing, now: datetime) -> list[Entry]:
    """Record that flags came in: by day and case, never by person."""
    day = day_of(now)
    received = [
        Entry(
            house.ids.key(), day, "flag.received", f"platform:{flag.platform}", f"case:{flag.case}", flag.platform,
            {"option": flag.choice.option, "menu_version": flag.choice.menu_version},
        )
        for flag in placing.flags
    ]  # fmt: skip
    added = [
        Entry(
            house.ids.key(),
            day,
            "flag.added_to",
            "reporter",
            f"flag:{one.flag}",
            None,
            {"option": one.choice.option},
        )
        for one in placing.addenda
    ]
    return received + added
