-- name: hold_case
-- Show one case, locked.
select key, number, platform, subject, state, origin, severity, surface, part, board, community_group, thread, staff_only, restricted,
       not_for, front, claimed_by, claimed_until, wakes_at, waiting_note, names_case, verdict, decision, decided_by, revision
from cases.case where key = $1 for no key update;

-- name: find_case
-- Show one case by its outside number.
select key, number, platform, subject, state, origin, severity, surface, part, board, community_group, thread, staff_only, restricted,
       not_for, front, claimed_by, claimed_until, wakes_at, waiting_note, names_case, verdict, decision, decided_by, revision
from cases.case where number = $1;

-- name: next_open
-- List the most urgent open cases that somebody may take: by queue, so that each is read in the order of its index.
select c.key from unnest($1::text[]) as p(platform) cross join unnest($2::text[]) as s(surface)
cross join lateral (
    select key, front, priority, due_at from cases.case c
    where c.state = 'open' and c.platform = p.platform and c.surface = s.surface and not ($3::uuid = any(c.not_for))
      and ($4::boolean or not c.restricted)
      and ($5::boolean or (not c.staff_only and (
          c.part = any($6::text[]) or c.board = any($7::text[]) or c.community_group = any($8::text[]))))
    order by c.front desc, c.priority desc, c.due_at limit $9
) c
order by c.front desc, c.priority desc, c.due_at limit $9;

-- name: move_case
-- Move a case along its life, unless it changed since it was looked at.
update cases.case set state = $3, claimed_by = $4, claimed_until = $5, wakes_at = $6, waiting_note = $7,
    revision = revision + 1
where key = $1 and revision = $2;

-- name: judge_case
-- Note what was decided on a case.
update cases.case set state = $2, verdict = $3, decision = $4, judged_clauses = $5, judged_reasons = $6, judged_hash = $7,
    decided_by = array(select distinct unnest(decided_by || $8::uuid) order by 1), claimed_by = null, claimed_until = null,
    front = false, revision = revision + 1
where key = $1;

-- name: unjudge_case
-- Give a case back: what was decided on it does not hold.
update cases.case set state = 'claimed', verdict = null, decision = null, claimed_by = $2, claimed_until = $3,
    revision = revision + 1
where key = $1;

-- name: decide_waiting
-- The second person confirmed: the case is decided.
update cases.case set state = 'decided', revision = revision + 1 where key = $1 and state = 'awaiting_second';

-- name: take_effect
-- The decision on a case is in effect.
update cases.case set state = 'effective', closed_at = $2, revision = revision + 1 where key = $1 and state = 'decided';

-- name: lapsed
-- Take claims that ran out, leaving out those whose subject somebody else has.
select c.key, c.number, c.platform, c.subject, c.state, c.origin, c.severity, c.surface, c.part, c.board, c.community_group, c.thread,
       c.staff_only, c.restricted, c.not_for, c.front, c.claimed_by, c.claimed_until, c.wakes_at, c.waiting_note, c.names_case,
       c.verdict, c.decision, c.decided_by, c.revision
from cases.case c join subjects.subject s on s.key = c.subject
where c.state = 'claimed' and c.claimed_until <= $1 order by c.claimed_until, c.key limit $2
for no key update of s, c skip locked;

-- name: waking
-- Take cases that waited long enough, leaving out those whose subject somebody else has.
select c.key, c.number, c.platform, c.subject, c.state, c.origin, c.severity, c.surface, c.part, c.board, c.community_group, c.thread,
       c.staff_only, c.restricted, c.not_for, c.front, c.claimed_by, c.claimed_until, c.wakes_at, c.waiting_note, c.names_case,
       c.verdict, c.decision, c.decided_by, c.revision
from cases.case c join subjects.subject s on s.key = c.subject
where c.state in ('parked', 'asked') and c.wakes_at <= $1 order by c.wakes_at, c.key limit $2
for no key update of s, c skip locked;

-- name: next_waking
-- When does the next claim run out, or the next waiting end?
select least((select min(claimed_until) from cases.case where state = 'claimed'),
             (select min(wakes_at) from cases.case where state in ('parked', 'asked')));

-- name: effective
-- Take cases in effect of which nothing is on its way any more.
select c.key, c.number, c.platform, c.subject, c.state, c.origin, c.severity, c.surface, c.part, c.board, c.community_group, c.thread,
       c.staff_only, c.restricted, c.not_for, c.front, c.claimed_by, c.claimed_until, c.wakes_at, c.waiting_note, c.names_case,
       c.verdict, c.decision, c.decided_by, c.revision
from cases.case c where c.state = 'effective' and not exists (
    select 1 from delivery.outbox o left join delivery.delivery v on v.outbox = o.key
    where o.decision = c.decision and o.cancelled_at is null and (o.position is null or v.state = 'pending'))
order by c.key limit $1 for no key update skip locked;

-- name: close_case
-- A case is over.
update cases.case set state = 'closed', revision = revision + 1 where key = $1 and state = 'effective';

-- name: to_front
-- Let a case be the next one taken.
update cases.case set front = true, revision = revision + 1 where key = $1;

-- name: wake_now
-- Let a case that waited be open, whatever it waited for.
update cases.case set state = 'open', wakes_at = null, waiting_note = null, claimed_by = null, claimed_until = null,
    revision = revision + 1
where key = $1 and state in ('parked', 'asked', 'claimed');

-- name: look_at_case
-- Show one case, without holding it.
select key, number, platform, subject, state, origin, severity, surface, part, board, community_group, thread, staff_only, restricted,
       not_for, front, claimed_by, claimed_until, wakes_at, waiting_note, names_case, verdict, decision, decided_by, revision
from cases.case where key = $1;
