"""What a meeting left behind, without ids: equal for two runs exactly when people and platform would call them equal.

Moments are left out, whether something has one is not: an act that waited for a lock may read the clock twice.
"""

from typing import Any

import msgspec

from flagstaff.flows.house import House
from flagstaff.store.roles import Role
from tests.flows.order.world import World

_CASES = """
select to_jsonb(t) from (
    select c.state, c.severity, c.origin, c.front, c.flags_counted as counted, c.joiners, c.verdict,
        cardinality(c.not_for) as not_for, c.wakes_at is not null as wakes,
        (select name from staff.account a where a.key = c.claimed_by) as holder, c.claimed_until is not null as held,
        (select count(*) from cases.case n where n.key = c.names_case) as names,
        (select jsonb_agg(s.arrow order by s.key) from cases.step s where s."case" = c.key) as steps,
        (select jsonb_agg(jsonb_build_array(d.verdict, d.state, a.name,
            (select jsonb_agg(jsonb_build_array(m.kind, m.state, m.starts_at is not null) order by m.key)
                from decisions.measure m where m.decision = d.key),
            (select jsonb_agg(n.state order by n.key) from decisions.second n where n.decision = d.key)) order by d.key)
            from decisions.decision d join staff.account a on a.key = d.decided_by where d."case" = c.key) as decisions,
        (select jsonb_agg(jsonb_build_array(h.state, h.origin) order by h.key)
            from decisions.hold h where h."case" = c.key) as holds,
        (select jsonb_agg(jsonb_build_array(f.number, f.state, f.outcome, f.outcome_reason, f.severity,
            (select count(*) from flags.addendum x where x.flag = f.key)) order by f.number)
            from flags.flag f where f."case" = c.key) as flags,
        (select jsonb_agg(jsonb_build_array(p.state, r.name, p.left_at is not null,
            (select jsonb_agg(jsonb_build_array(v.voice, v.withdrawn_at is null)
                order by v.voice, v.withdrawn_at is null)
                from appeals.voice v where v.appeal = p.key)) order by p.key)
            from appeals.appeal p left join staff.account r on r.key = p.reviewer where p."case" = c.key) as appeals
    from cases.case c where c.subject = s.key order by c.opened_at, c.key) t"""

_QUERY = f"""
select jsonb_build_object(
    'subject', jsonb_build_array(s.state, s.cause, u.state),
    'copies', (select count(*) from subjects.snapshot n where n.subject = s.key),
    'cases', array({_CASES}),
    'told', array(select to_jsonb(t) from (
        select n.audience, n.text_key, f.number as flag, n.released_at is not null as released,
            d.state as decision
        from delivery.notice n left join flags.flag f on f.key = n.flag
        left join decisions.decision d on d.key = n.decision
        where n.author = u.key or f."case" in (select key from cases.case c where c.subject = s.key)
        order by n.audience, n.text_key) t),
    'leaves', array(select to_jsonb(t) from (
        select o.feed, o.kind, o.cancelled_at is not null as cancelled, count(*) as times
        from delivery.outbox o
        where o.decision in (select key from decisions.decision d where d.subject = s.key)
            or o.reference in (select e.key from decisions.event e where e.target in (s.key, u.key))
            or o.reference in (select n.key from delivery.notice n left join flags.flag f on f.key = n.flag
                where n.author = u.key or f."case" in (select key from cases.case c where c.subject = s.key))
        group by 1, 2, 3 order by 1, 2, 3) t),
    'events', array(select jsonb_build_array(e.kind, e.effect, e.applied) from decisions.event e
        where e.target in (s.key, u.key) order by e.key),
    'audit', array(select to_jsonb(t) from (
        select a.deed, count(*) as times from audit.entry a where a.object in (
            select 'case:' || key from cases.case c where c.subject = s.key
            union all select 'flag:' || f.key from flags.flag f join cases.case c on c.key = f."case"
                where c.subject = s.key
            union all select 'decision:' || key from decisions.decision d where d.subject = s.key
            union all select 'appeal:' || p.key from appeals.appeal p join cases.case c on c.key = p."case"
                where c.subject = s.key
            union all select 'subject:job_post:' || s.outside_id)
        group by 1 order by 1) t),
    'sealed', array(select jsonb_build_array(w.field, count(*)) from vault.words w
        where w."case" in (select key from cases.case c where c.subject = s.key) group by w.field order by w.field),
    'learned', array(select jsonb_build_array(p.decided, p.upheld, count(*)) from vault.person p where p.hash = any($2)
        group by p.decided, p.upheld order by p.decided, p.upheld))
from subjects.subject s left join subjects.author u on u.key = s.author where s.outside_id = $1"""

REPORTERS = ("rita", "sam", "tom", "uma")


class Outcome(msgspec.Struct, frozen=True):
    """Everything that stands about one subject, as text that two runs can be compared by."""

    state: dict[str, Any]

    @property
    def text(self) -> str:
        """Return it in one spelling."""
        return msgspec.json.encode(self.state, order="sorted").decode()

    def differs(self, other: "Outcome") -> list[str]:
        """Return what is not equal, for whoever reads a failure."""
        return [
            f"{part}: {self.state[part]}\n      instead of {other.state[part]}"
            for part in self.state
            if self.state[part] != other.state[part]
        ]


async def outcome_of(world: World) -> Outcome:
    """Look at everything as the owner of the database."""
    house: House = world.house
    hashes = [house.sealer.person_hash(world.person(who)) for who in REPORTERS]
    async with house.database.reading(Role.OWNER) as connection:
        found = await connection.fetchval(_QUERY, world.shown.ref.id, hashes)
    for case in found["cases"]:
        flags = [[world.sent_by.get(number, "?"), *rest] for number, *rest in case["flags"] or ()]
        case["flags"] = sorted(flags, key=str)
    for notice in found["told"]:
        notice["flag"] = world.sent_by.get(notice["flag"], "")
    found["told"].sort(key=str)
    return Outcome(found)
