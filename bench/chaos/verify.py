"""Look for anything lost, doubled, stuck or orphaned, in a house that has come to rest.

Three sources that know nothing of each other are compared: what clients were answered, what the platform carried out,
and what the database says. Every finding is a sentence; none means that every promise holds.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

from bench.chaos.ledger import Ledger
from bench.chaos.receiver import Receiver
from bench.chaos.world import HOST, World
from flagstaff.audit import chain
from flagstaff.delivery.model import Feed, message_id
from flagstaff.store.database import Connection
from tests.flows.walk.promises import PROMISES

QUERIES: Final = {
    "a flag has no case, snapshot, person or words": """
        select f.number from flags.flag f
        left join cases.case c on c.key = f."case" left join subjects.snapshot s on s.key = f.snapshot
        left join vault.link l on l.flag = f.key left join vault.words w on w.owner = f.key
        where c.key is null or s.key is null or l.flag is null or w.ref is null""",
    "something hangs on nothing": """
        select 'link' as what, flag as key from vault.link l
            where not exists (select from flags.flag where key = l.flag)
        union all select 'words', ref from vault.words w where w.field = 'details'
            and not exists (select from flags.flag where key = w.owner)
            and not exists (select from flags.addendum where key = w.owner)
        union all select 'case', key from cases.case c
            where not exists (select from subjects.subject where key = c.subject)
            or not exists (select from cases.step where "case" = c.key)
            or (c.origin = 'flag' and not exists (select from flags.flag where "case" = c.key))
        union all select 'person', key from vault.person p
            where not exists (select from vault.link where person = p.key)
        union all select 'outbox', key from delivery.outbox o where kind like 'notice.%'
            and not exists (select from delivery.notice where key = o.reference)
        union all select 'outbox', key from delivery.outbox o where kind like 'measure.%'
            and not exists (select from decisions.event where key = o.reference)
        union all select 'event', key from decisions.event e
            where not exists (select from delivery.outbox where reference = e.key)
        union all select 'decision', key from decisions.decision d
            where not exists (select from cases.case where key = d."case")""",
    "two outbox rows tell of the same": """
        select reference, count(*) from delivery.outbox where kind like 'notice.%' or kind like 'measure.%'
        group by reference having count(*) > 1""",
    "somebody is told twice of one decision": """
        select decision, audience, author, flag, text_key, count(*) from delivery.notice
        where decision is not null and not_before < 'infinity' group by 1, 2, 3, 4, 5 having count(*) > 1""",
    "an author is not told of a decision in effect": """
        select d.number, d.verdict from decisions.decision d
        where d.effective_at is not null and d.verdict = 'violation' and d.author is not null
            and exists (select from decisions.measure m where m.decision = d.key and m.state not in ('void', 'undone'))
            and not exists (select from delivery.notice n where n.decision = d.key and n.audience = 'author'
                and n.released_at is not null)""",
    "a reporter is not told of the answer": """
        select f.number, f.outcome from flags.flag f where f.state = 'answered' and not f.legacy
            and not exists (select from delivery.notice n where n.flag = f.key and n.text_key like 'outcome%')""",
    "a notice that may be read never left": """
        select n.number, n.text_key from delivery.notice n where n.released_at is not null and n.not_before < 'infinity'
            and not exists (select from delivery.outbox o where o.reference = n.key and o.cancelled_at is null)""",
    "what is due has not left": """
        select key, kind, not_before from delivery.outbox
        where position is null and cancelled_at is null and not_before <= $1""",
    "what left was not delivered": """
        select outbox, state, tries, next_try from delivery.delivery where state <> 'sent'""",
    "an event that left has no delivery": """
        select o.key, o.kind from delivery.outbox o where o.position is not null
            and not exists (select from delivery.delivery d where d.outbox = o.key)""",
    "positions of a feed have gaps": """
        select platform, feed, count(*), max(position) from delivery.outbox where position is not null
        group by platform, feed having count(*) <> max(position) or min(position) <> 1""",
    "a job is stuck": """
        select 'decision' as what, number from decisions.decision where state = 'decided' and not_before <= $1
        union all select 'claim', number from cases.case where state = 'claimed' and claimed_until <= $1
        union all select 'measure', number from decisions.measure where state = 'running' and ends_at <= $1
        union all select 'hold', number from decisions.hold where state = 'running' and ends_at <= $1
        union all select 'appeal', number from appeals.appeal
            where state in ('upheld', 'rejected') and left_at is null and not_before <= $1
        union all select 'words', ref::text from vault.words where redacted is null
        union all select 'log', entry::text from audit.unchained""",
    "the log and the flags of a case differ": """
        select * from (
            select "case", count(*) as kept from flags.flag group by 1) f
        full join (select substr(object, 6)::uuid as "case", count(*) as logged from audit.entry
            where deed = 'flag.received' group by 1) e using ("case")
        where kept is distinct from logged""",
    "the log and the addenda of a flag differ": """
        select * from (select flag, count(*) as kept from flags.addendum group by 1) f
        full join (select substr(object, 6)::uuid as flag, count(*) as logged from audit.entry
            where deed = 'flag.added_to' group by 1) e using (flag)
        where kept is distinct from logged""",
    "the log and the decisions of a case differ": """
        select * from (
            select "case", count(*) as made, count(*) filter (where effective_at is not null) as in_effect,
                count(*) filter (where state = 'reversed') as reversed
            from decisions.decision group by 1) d
        full join (
            select substr(object, 6)::uuid as "case",
                count(*) filter (where deed in ('case.decided', 'case.awaiting_second')) as made_logged,
                count(*) filter (where deed = 'decision.in_effect') as in_effect_logged,
                count(*) filter (where deed = 'decision.reversed') as reversed_logged
            from audit.entry where object like 'case:%' group by 1) e using ("case")
        where coalesce(made, 0) <> coalesce(made_logged, 0) or coalesce(in_effect, 0) <> coalesce(in_effect_logged, 0)
            or coalesce(reversed, 0) <> coalesce(reversed_logged, 0)""",
    "an entry of the log is not in the chain": """
        select e.key, e.deed from audit.entry e where not exists (select from audit.chain c where c.entry = e.key)""",
    "a link of the chain has lost its entry": """
        select c.position from audit.chain c where not exists (select from audit.entry e where e.key = c.entry)""",
}
"""What the database must say of itself; each query returns what breaks its promise. `$1` is the business time."""

ALL: Final = {**QUERIES, **PROMISES}
BY_TIME: Final = frozenset(
    name for name, query in PROMISES.items() if "order by key" in query or "order by s.key" in query
)
"""Promises asked in the order in which keys were made, which nobody can tell after a clock was set back."""


async def broken(connection: Connection, now: object, *, in_order: bool = True) -> list[str]:
    """Return which promises the database breaks, each with one example; works within any transaction."""
    found = []
    for promise, query in ALL.items():
        if not in_order and promise in BY_TIME:
            continue
        arguments = [now] if "$1" in query else []
        rows = await connection.fetch(query, *arguments)
        if rows:
            kind = "" if promise in QUERIES else "broken: "
            found.append(f"{kind}{promise}: {len(rows)}, such as {dict(rows[0])}")
    return found + await _chain(connection)


async def _chain(connection: Connection) -> list[str]:
    links, after = [], 0
    while page := await chain.links(connection, after, 5000):
        links += page
        after = page[-1].position
    at = chain.first_break(links)
    return [] if at is None else [f"the chain of the log breaks at position {at}"]


async def flags_lost_or_doubled(connection: Connection, ledger: Ledger) -> list[str]:
    """Compare what clients were answered with the flags that are there."""
    there = {row["number"] for row in await connection.fetch("select number from flags.flag")}
    addenda = await connection.fetchval("select count(*) from flags.addendum")
    kept = ledger.kept_flags()
    first = {number for number, flags in kept.items() if any(not flag.repeats for flag in flags)}
    found = [f"an acknowledged flag is lost: {number}" for number in kept if number not in there]
    silent = [flag.key for flag in ledger.flags if flag.number is None]
    found += [f"a flag was never answered: {key}" for key in silent]
    if not silent:
        found += [f"a flag is there that nobody was told of: {number}" for number in there - set(kept)]
        found += _doubled(kept, first, addenda, ledger)
    return found


def _doubled(kept: dict[str, list[Any]], first: set[str], addenda: int, ledger: Ledger) -> list[str]:
    found = []
    for number, flags in kept.items():
        firsts = [flag.key for flag in flags if not flag.repeats]
        if len(firsts) > 1:
            found.append(f"two keys of different reporters got one flag {number}: {firsts}")
    repeats = sum(flag.repeats for flag in ledger.flags)
    if addenda != repeats:
        found.append(f"{repeats} repeats were acknowledged and {addenda} addenda are there")
    if len(first) != len([flag for flag in ledger.flags if not flag.repeats]):
        found.append("not every key has a flag of its own")
    return found


async def deeds_lost(connection: Connection, ledger: Ledger) -> list[str]:
    """Compare what staff were answered with the log: every acknowledged deed is in it, none more often than asked."""
    rows = await connection.fetch(
        "select case when deed in ('case.decided', 'case.awaiting_second') then 'decide' else deed end as deed, "
        "c.number, count(*) from audit.entry e join cases.case c on e.object = 'case:' || c.key "
        "where e.actor <> 'house' group by 1, 2"
    )
    logged = Counter({(row["deed"], row["number"]): row["count"] for row in rows})
    found = []
    for (deed, case), times in ledger.acknowledged.items():
        if deed.startswith("appeal."):
            continue
        if logged[deed, case] < times:
            found.append(
                f"{deed} on {case} was acknowledged {times} times and is logged {logged[deed, case]} times"
            )
        if logged[deed, case] > ledger.tried[deed, case] and deed != "decision.reversed":
            found.append(f"{deed} on {case} is logged more often than it was asked for")
    return found


async def appeals_lost(connection: Connection, ledger: Ledger) -> list[str]:
    """Compare acknowledged appeals with the voices that are there."""
    rows = await connection.fetch("select number from appeals.voice")
    there = {row["number"] for row in rows}
    told = [appeal.number for appeal in ledger.appeals if appeal.number]
    found = [f"an acknowledged appeal is lost: {number}" for number in told if number not in there]
    found += [f"two appeals share {number}" for number, times in Counter(told).items() if times > 1]
    return found + [f"nobody was told of the appeal {number}" for number in there - set(told)]


async def measures_lost_or_doubled(connection: Connection, receiver: Receiver) -> list[str]:
    """Compare what the platform carried out with what the house says: by message, by measure, by what stands now."""
    rows = await connection.fetch(
        "select feed, position from delivery.outbox where position is not null and platform = $1", HOST
    )
    said = {message_id(HOST, Feed(row["feed"]), row["position"]) for row in rows}
    found = [f"a message never arrived: {one}" for one in said - set(receiver.bodies)]
    found += [f"a message arrived that the house never sent: {one}" for one in set(receiver.bodies) - said]
    found += [f"a message came again with another body: {one}" for one in receiver.differing]
    found += [f"a message was not signed: {one}" for one in receiver.forged]
    return [*found, *_done_twice(receiver), *await _standing(connection, receiver)]


def _done_twice(receiver: Receiver) -> list[str]:
    done: Counter[tuple[Any, ...]] = Counter()
    for event in receiver.carried_out:
        data = event["data"]
        if event["type"].startswith("measure."):
            done["measure", data["measure"], data["revision"]] += 1
            done["begun or ended", data["measure"], event["type"]] += 1
        elif event["type"] == "notice.author":
            done["notice", data["notice"]] += 1
        elif event["type"] == "notice.reporter":
            done["answer", data["flag"], data["text"]] += 1
    return [f"carried out {times} times: {what}" for what, times in done.items() if times > 1]


async def _standing(connection: Connection, receiver: Receiver) -> list[str]:
    """Fold what the platform was told, and hold it against the measures that run."""
    rows = await connection.fetch(
        "select s.kind, s.outside_id from decisions.measure m join subjects.subject s on s.key = m.subject "
        "where m.state = 'running' and m.effect = 'hide' union "
        "select s.kind, s.outside_id from decisions.hold h join subjects.subject s on s.key = h.subject "
        "where h.state = 'running'"
    )
    hidden = {("subject", row["kind"], row["outside_id"]) for row in rows}
    seen = {
        target
        for target, (_, effect) in receiver.standing.items()
        if effect == "hide" and target[0] == "subject"
    }
    events = await connection.fetch(
        "select m.number, e.applied, count(*) from decisions.event e join decisions.measure m on m.key = e.measure "
        "group by 1, 2"
    )
    told = Counter(
        (event["data"]["measure"], event["type"] == "measure.applied")
        for event in receiver.carried_out
        if event["type"].startswith("measure.") and event["data"]["kind"] != "hold"
    )
    found = [f"the house hides {one} and the platform shows it" for one in hidden - seen]
    found += [f"the platform hides {one} and the house does not" for one in seen - hidden]
    return found + [
        f"measure {row['number']}: {told[row['number'], row['applied']]} of {row['count']} changes were carried out"
        for row in events
        if told[row["number"], row["applied"]] != row["count"]
    ]


Check = Callable[[Connection], Awaitable[list[str]]]


async def verify(world: World, connection: Connection) -> list[str]:
    """Return everything that is wrong, asked on one connection of the owner."""
    ledger, receiver = world.ledger, world.receiver
    return [
        *ledger.surprises,
        *await broken(connection, world.inside.now, in_order=not world.clock_went_back),
        *await flags_lost_or_doubled(connection, ledger),
        *await deeds_lost(connection, ledger),
        *await appeals_lost(connection, ledger),
        *await measures_lost_or_doubled(connection, receiver),
    ]
