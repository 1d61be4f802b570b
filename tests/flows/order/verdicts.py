"""Judge what a meeting left: equal to some order of the same acts one after another, and nothing promised is broken.

*Equal* means: everything in `Outcome`, and how each act was answered. Acts that found nothing to do are left out of
the order: a job that met a lock comes round again. *In force* means: once all is quiet, a case with a verdict has
exactly one decision in effect, or one that was reversed and none beside it.
"""

from collections import deque
from collections.abc import Iterator
from itertools import pairwise

from flagstaff.flows.house import House
from flagstaff.store.roles import Role
from tests.flows.order.scheduler import Course, Deed

Order = tuple[tuple[str, str], ...]
"""Acts by (actor, name), one after another."""
MOST_ORDERS = 400

_STANDING = {
    "the counters of a case equal its rows": """
        select c.number, c.state, c.flags_counted, c.voices from cases.case c
        where c.state not in ('effective', 'closed')
        and (select count(*) from flags.flag f where f."case" = c.key and f.state = 'live')
            <> all (array[c.flags_counted, cardinality(c.voices)])""",
    "a copy of a subject has one number": """
        select subject, number from subjects.snapshot group by subject, number having count(*) > 1""",
    "nobody is told twice of one decision in the same words": """
        select decision, audience, author, flag, text_key from delivery.notice
        where decision is not null and text_key <> 'outcome_changed'
            and decision not in (select n.decision from decisions.second n)
        group by 1, 2, 3, 4, 5 having count(*) > 1""",
    "what is told of a hold that ended says so": """
        select h.number from decisions.hold h where (h.state = 'running') <> (h.ended_at is null)""",
    "the audit names every decision that was undone, reversed or took effect, once": """
        select d.number, d.state, (select count(*) from audit.entry a where a.facts ->> 'decision' = d.number
            and a.deed = case d.state when 'undone' then 'decision.undone' when 'reversed' then 'decision.reversed'
                else 'decision.in_effect' end) as times
        from decisions.decision d where d.state in ('undone', 'reversed', 'effective')
        and (select count(*) from audit.entry a where a.facts ->> 'decision' = d.number
            and a.deed = case d.state when 'undone' then 'decision.undone' when 'reversed' then 'decision.reversed'
                else 'decision.in_effect' end) <> 1
        and not (d.state = 'undone' and exists (select from audit.entry a
            where a.deed = 'case.closed_moot' and a.object = 'case:' || d."case"))""",
    "every step of a case's decision stands in the audit": """
        select s."case", count(*) from cases.step s where s.arrow in ('decide', 'propose')
        group by s."case" having count(*) <> (select count(*) from audit.entry a
            where a.object = 'case:' || s."case" and a.deed in ('case.decided', 'case.awaiting_second'))""",
}

_QUIET = {
    "every case is over": """
        select number, state from cases.case where state not in ('effective', 'closed')""",
    "a case with a verdict has exactly one decision in force, or one that was reversed": """
        select c.number, c.state, c.verdict, count(d.key) filter (where d.state = 'effective') as in_effect,
            count(d.key) filter (where d.state = 'reversed') as reversed
        from cases.case c left join decisions.decision d on d."case" = c.key group by c.key
        having count(d.key) filter (where d.state in ('effective', 'reversed')) <> (c.verdict is not null)::integer
            or count(d.key) filter (where d.state in ('proposed', 'decided')) > 0""",
    "measures run only for a decision in force": """
        select m.number, m.kind, d.state from decisions.measure m join decisions.decision d on d.key = m.decision
        where m.state in ('running', 'waiting', 'awaiting_second') and d.state <> 'effective'""",
    "no hold outlives its case": """
        select number from decisions.hold where state = 'running'""",
    "every flag has its one answer or was taken back": """
        select number, state from flags.flag where state not in ('answered', 'withdrawn')""",
    "nothing of a decision that was taken back before it left has been sent": """
        select o.kind, n.text_key, d.state from delivery.outbox o
        join decisions.decision d on d.key = o.decision left join delivery.notice n on n.key = o.reference
        where d.state in ('undone', 'handed_back') and o.position is not null
            and not exists (select from decisions.measure m where m.decision = d.key and m.starts_at is not null)""",
}


def _one_question(parts: dict[str, str]) -> str:
    return " union all ".join(
        f"select {place} as place, to_jsonb(t) as found from ({query}) t"
        for place, query in enumerate(parts.values())
    )


_ASKED = {quiet: _one_question({**_STANDING, **_QUIET} if quiet else _STANDING) for quiet in (False, True)}


async def broken_here(house: House, *, quiet: bool) -> list[str]:
    """Return what does not hold of the promises above; `quiet` once everything is over."""
    names = [*_STANDING, *_QUIET]
    async with house.database.reading(Role.OWNER) as connection:
        return [f"{names[row['place']]}: {row['found']}" for row in await connection.fetch(_ASKED[quiet])]


def acted(course: Course) -> list[Deed]:
    """Return the acts that did or were refused something."""
    return [deed for deed in course.deeds if deed.result != "nothing"]


def orders(course: Course) -> Iterator[Order]:
    """Give the orders that the schedule may equal: as the acts took hold, as they began, then with neighbours swapped.

    An act that had ended before another began comes before it in all of them.
    """
    deeds = sorted(acted(course), key=lambda deed: deed.held)
    first = tuple(range(len(deeds)))
    as_begun = tuple(sorted(first, key=lambda place: deeds[place].began))
    seen, waiting = {first, as_begun}, deque(dict.fromkeys([first, as_begun]))
    while waiting:
        places = waiting.popleft()
        yield tuple((deeds[place].actor, deeds[place].act) for place in places)
        for at, (one, next_) in enumerate(pairwise(places)):
            swapped = (*places[:at], next_, one, *places[at + 2 :])
            if swapped not in seen and deeds[one].ended > deeds[next_].began:
                seen.add(swapped)
                waiting.append(swapped)
