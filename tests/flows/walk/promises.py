"""What must hold after every deed, asked of the database as its owner: each query returns what breaks a promise."""

from flagstaff.flows.house import House
from flagstaff.store.roles import Role

PROMISES = {
    "at most one case of a subject stands before it takes effect": """
        select subject, count(*) from cases.case
        where state in ('open', 'claimed', 'parked', 'asked', 'awaiting_second', 'decided')
        group by subject having count(*) > 1""",
    "a case that is decided or in effect names the one decision in force": """
        select c.number, c.state, c.decision from cases.case c
        where c.state in ('awaiting_second', 'decided', 'effective') and not exists (
            select 1 from decisions.decision d where d.key = c.decision and d."case" = c.key and d.state = case c.state
                when 'awaiting_second' then 'proposed' when 'decided' then 'decided' else 'effective' end)
        and not exists (select 1 from decisions.decision d where d.key = c.decision and d.state = 'reversed')""",
    "a case has at most one decision in force, and none before it was decided": """
        select c.number, c.state, count(*) from cases.case c join decisions.decision d on d."case" = c.key
        where d.state in ('proposed', 'decided', 'effective') group by c.key
        having count(*) > 1 or c.state in ('open', 'claimed', 'parked', 'asked')""",
    "what is over has answered every flag that was not taken back": """
        select c.number, f.number, f.state from cases.case c join flags.flag f on f."case" = c.key
        where c.state in ('effective', 'closed') and f.state not in ('answered', 'withdrawn')""",
    "an answer stands on a flag exactly when it is answered": """
        select number, state, outcome, outcome_from from flags.flag
        where (state = 'answered') <> (outcome is not null) or (outcome is null) <> (outcome_from is null)""",
    "nothing runs for a decision that was undone or reversed": """
        select d.state, m.number, m.kind from decisions.measure m join decisions.decision d on d.key = m.decision
        where d.state in ('undone', 'reversed') and m.state in ('running', 'waiting', 'awaiting_second')""",
    "what ran before a decision was refused or handed back goes on only while its case stands": """
        select c.number, d.state, m.kind from decisions.measure m join decisions.decision d on d.key = m.decision
        join cases.case c on c.key = d."case"
        where d.state in ('refused', 'handed_back') and (m.state in ('waiting', 'awaiting_second')
            or m.state = 'running' and c.state in ('effective', 'closed'))""",
    "what waits to leave for a decision that was undone is cancelled": """
        select d.state, o.kind from delivery.outbox o join decisions.decision d on d.key = o.decision
        where d.state in ('undone', 'handed_back', 'refused') and o.position is null and o.cancelled_at is null
            and o.not_before > $1""",
    "no notice of a decision that was undone before any of it began can be read": """
        select d.state, n.text_key from delivery.notice n join decisions.decision d on d.key = n.decision
        where d.state = 'undone' and n.released_at is not null
            and not exists (select from decisions.measure m where m.decision = d.key and m.state = 'lifted')""",
    "revisions of a subject or person only grow": """
        select target, revision from (
            select target, revision, lag(revision) over (partition by target order by key) as former
            from decisions.event) e
        where revision <= former""",
    "the events that a platform reads add up to what runs": """
        select x.number, x.state, e.applied from (
            select key, number, state, effect is not null and coalesce(subject, author) is not null as told
            from decisions.measure
            union all select key, number, state, true from decisions.hold) x
        left join lateral (
            select applied from decisions.event e where e.measure = x.key order by revision desc limit 1) e on true
        where x.told and (x.state = 'running') <> coalesce(e.applied, false)""",
    "a case in somebody's hands says in whose": """
        select number, state from cases.case
        where state = 'claimed' and (claimed_by is null or claimed_until is null)""",
    "a decision that is handed back comes to whoever made it": """
        select c.number from cases.case c join lateral (
            select arrow from cases.step s where s."case" = c.key order by key desc limit 1) last
            on last.arrow = 'hand_back'
        join lateral (
            select decided_by from decisions.decision d where d."case" = c.key order by key desc limit 1) d on true
        where c.claimed_by is distinct from d.decided_by""",
    "the steps of a case follow each other and end where it stands": """
        select number, state, to_state, from_state, former from (
            select c.number, c.state, s.to_state, s.from_state,
                coalesce(lag(s.to_state) over w, '') as former, lead(s.key) over w is null as last
            from cases.case c join cases.step s on s."case" = c.key window w as (partition by c.key order by s.key)) t
        where from_state <> former or (last and to_state <> state)""",
    "the steps of a measure end where it stands": """
        select m.number, m.state, s.to_state from decisions.measure m join lateral (
            select to_state from decisions.measure_step s where s.measure = m.key order by key desc limit 1) s on true
        where s.to_state <> m.state""",
    "a hold runs only while its case waits for a decision to take effect": """
        select h.number, c.number, c.state from decisions.hold h join cases.case c on c.key = h."case"
        where h.state = 'running' and c.state in ('effective', 'closed')""",
    "nobody reads that we acted because of a decision that was reversed": """
        select f.number, f.outcome from flags.flag f join decisions.decision d on d.key = f.decision
        where d.state = 'reversed' and d.verdict <> 'no_violation' and f.outcome = 'acted'""",
    "an appeal in somebody's hands says in whose, and not in those of whoever took part": """
        select a.number from appeals.appeal a join decisions.decision d on d.key = a.decision
        where a.state = 'claimed' and (a.reviewer is null or a.claimed_until is null or a.reviewer = d.decided_by)""",
    "no second look goes on about a decision that was reversed by others": """
        select a.number from appeals.appeal a join decisions.decision d on d.key = a.decision
        where a.state in ('received', 'claimed') and d.state <> 'effective'""",
    "a second person is asked exactly while a decision is proposed": """
        select d.number, d.state, s.state from decisions.decision d left join decisions.second s
            on s.decision = d.key and s.state = 'waiting'
        where (d.state = 'proposed') <> (s.key is not null)""",
    "a number names one thing": """
        select number, count(*) from (
            select number from cases.case union all select number from flags.flag
            union all select number from decisions.decision union all select number from decisions.measure
            union all select number from decisions.hold union all select number from appeals.appeal
            union all select number from delivery.notice) n
        group by number having count(*) > 1""",
}


_ALL = " union all ".join(
    f"select {place} as place, to_jsonb(t) as found from ({query}) t"
    for place, query in enumerate(PROMISES.values())
)
"""One question instead of twenty: a walk asks it after every deed."""


async def broken(house: House) -> dict[str, list[object]]:
    """Return every promise that does not hold, with what breaks it."""
    async with house.database.reading(Role.OWNER) as connection:
        rows = await connection.fetch(_ALL, house.now)
    names = list(PROMISES)
    return {
        names[row["place"]]: [one["found"] for one in rows if one["place"] == row["place"]] for row in rows
    }
