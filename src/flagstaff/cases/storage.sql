-- name: around
-- For each of some subjects: the case that stands, the latest one that ended, and how many grave ones its content opened.
select g.subject,
       s.key as standing, s.state as standing_state, s.severity as standing_severity,
       s.judged_clauses as standing_judged, s.judged_reasons as standing_reasons, s.flags_counted as standing_counted,
       s.origin as standing_origin,
       f.key as former, coalesce(f.closed_at, f.opened_at) as former_at,
       case when not exists (select 1 from decisions.decision d where d.key = f.decision and d.state = 'reversed')
           then f.verdict end as former_verdict, f.judged_hash as former_hash,
       f.judged_clauses as former_judged, f.judged_reasons as former_reasons, f.joiners as former_joiners,
       f.decided_by as former_decided_by, f.decision as former_decision,
       (select count(*)::integer from cases.case c
         where c.subject = g.subject and c.opened_grave_hash = g.hash and c.opened_at > $3) as graves
from unnest($1::uuid[], $2::bytea[]) as g(subject, hash)
left join cases.case s on s.subject = g.subject
    and s.state in ('open', 'claimed', 'parked', 'asked', 'awaiting_second', 'decided')
left join lateral (
    select * from cases.case c where c.subject = g.subject and c.state in ('effective', 'closed')
    order by c.opened_at desc, c.key desc limit 1
) f on true;

-- name: open_cases
-- Open cases, each with its place in the queue where that is known already.
insert into cases.case
    (key, number, platform, subject, state, origin, severity, surface, part, board, community_group, thread, staff_only,
     restricted, not_for, priority, priority_reason, flags_counted, voices, audience, opened_at, due_at, wakes_at, names_case,
     opened_grave_hash)
select g.key, g.number, g.platform, g.subject, g.state, g.origin, g.severity, g.surface, g.part, g.board, g.community_group,
    g.thread, g.staff_only, g.restricted, g.not_for, g.priority, g.reason, g.counted, g.voices,
    g.audience, g.opened_at, g.due_at, g.wakes_at, g.names_case, g.opened_grave_hash
from unnest($1::cases.new_case[]) as g;

-- name: put_steps
-- Append what happened to cases.
insert into cases.step (key, "case", at, arrow, from_state, to_state, actor, reason)
select * from unnest($1::cases.step[]);

-- name: weigh
-- Show what the priority of some cases is made from.
select key, platform, severity, opened_at, voices, audience, front from cases.case where key = any($1::uuid[]) for no key update;

-- name: score
-- Write the new places in the queue, with what the cases grew to.
update cases.case c set
    severity = g.severity, voices = g.voices, flags_counted = g.counted,
    priority = g.priority, priority_reason = g.reason, due_at = g.due_at, staff_only = c.staff_only or g.staff_only,
    restricted = c.restricted or g.restricted, revision = c.revision + 1
from unnest($1::cases.new_score[]) as g
where c.key = g.key;

-- name: wake
-- Move cases that waited back into the queue, or a decided one back to whoever decided it.
update cases.case c set state = g.state, wakes_at = null, waiting_note = null, revision = revision + 1,
    claimed_by = case when g.state = 'claimed'
        then (select d.decided_by from decisions.decision d where d.key = c.decision) end,
    claimed_until = case when g.state = 'claimed' then $4::timestamptz end,
    verdict = case when g.state = 'claimed' then null else c.verdict end,
    decision = case when g.state = 'claimed' then null else c.decision end
from unnest($1::uuid[], $2::text[], $3::text[]) as g(key, state, from_state)
where c.key = g.key and c.state = g.from_state;

-- name: join_former
-- Count independent flags that joined a verdict.
update cases.case set joiners = joiners + 1 where key = any($1::uuid[]);

-- name: recount
-- Show what of a case remains, locked, after one of its flags changed.
select c.key, c.state, c.severity, c.origin, c.platform, c.subject from cases.case c where c.key = $1 for no key update;

-- name: is_needed
-- Is there anything in a case beside flags that were taken back? Kept flags, a hold, measures that run.
select exists (select 1 from flags.flag f where f."case" = $1 and f.state in ('live', 'kept'))
    or exists (select 1 from decisions.hold h where h."case" = $1 and h.state = 'running')
    or exists (select 1 from decisions.measure m join decisions.decision d on d.key = m.decision
               where d."case" = $1 and m.state = 'running');

-- name: emptied
-- Take open cases in which no flag counts any more, leaving out those whose subject somebody else has: a flag may be coming.
select c.key, c.state, c.severity, c.origin, c.platform, c.subject from cases.case c
join subjects.subject s on s.key = c.subject
where c.state = 'open' and c.flags_counted = 0 and c.origin in ('flag', 'import') and c.severity < 3 and not exists (
    select 1 from flags.flag f where f."case" = c.key and f.state in ('live', 'kept'))
order by c.key limit $1 for no key update of s, c skip locked;

-- name: close_now
-- Close a case without a verdict; one that had not left yet is gone with it.
update cases.case set state = 'closed', closed_at = $2, verdict = null, decision = null, revision = revision + 1 where key = $1 and state = any($3::text[]);

-- name: weigh_open
-- List a batch of open cases for the job that lets waiting count; oldest scored come first by key.
select key, platform, severity, opened_at, voices, audience, front from cases.case
where state = 'open' and key > $1 order by key limit $2 for no key update skip locked;

-- name: reprioritise
-- Write places in the queue that only time has changed.
update cases.case c set priority = g.priority, priority_reason = g.reason
from unnest($1::uuid[], $2::double precision[], $3::text[]) as g(key, priority, reason)
where c.key = g.key and c.state = 'open';

-- name: standing_of_subject
-- Find the case of a subject that has not taken effect, locked.
select key, state, severity, origin, platform, subject from cases.case
where subject = $1 and state in ('open', 'claimed', 'parked', 'asked', 'awaiting_second', 'decided') for no key update;

-- name: open_of_author
-- List the cases of one author's subjects that have not taken effect, each locked after its subject.
select c.key, c.state, c.severity, c.origin, c.platform, c.subject from cases.case c
join subjects.subject s on s.key = c.subject
where s.author = $1 and c.state in ('open', 'claimed', 'parked', 'asked', 'awaiting_second', 'decided')
order by s.key for no key update of s, c;
