-- name: spot
-- Find a case's place in the order of the queue, so that a page can begin behind it.
select front, priority, due_at, key from cases.case where number = $1;

-- name: open_cases
-- List open cases in the order in which they are to be taken, after a place in that order: by queue, each in its index's order.
select c.key, c.number, c.platform, c.state, c.severity, c.surface, c.part, c.board, c.community_group, c.thread, c.staff_only,
       c.restricted, c.front, c.priority, c.priority_reason, c.flags_counted,
       date_trunc('hour', c.opened_at) as opened_at, date_trunc('hour', c.due_at) as due_at, c.wakes_at, c.claimed_until,
       c.origin, w.name as claimed_by, s.kind, s.state as subject_state, n.title, n.language,
       (select array_agg(f.label order by f.n desc, f.label) from (
            select label, count(*) as n from flags.listed where "case" = c.key and state <> 'withdrawn'
            group by label order by n desc, label limit 3) f) as labels
from (
    select q.key, q.front, q.priority, q.due_at
    from unnest($1::text[]) as p(platform) cross join unnest($9::text[]) as h(surface)
    cross join lateral (
        select c.key, c.front, c.priority, c.due_at from cases.case c
        where c.state = 'open' and c.platform = p.platform and c.surface = h.surface
          and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
              c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
          and ($6::boolean or not c.restricted)
          and ($8::bytea is null or not exists (select 1 from subjects.subject s join subjects.author a on a.key = s.author
               where s.key = c.subject and a.platform = $7 and a.staff_hash = $8))
          and c.severity = any($10::smallint[]) and ($11 = '' or c.board = $11 or c.community_group = $11 or c.part = $11)
          and (c.front, c.priority) <= ($12::boolean, $13::double precision)
          and (c.front < $12 or c.priority < $13 or c.due_at > $14::timestamptz or (c.due_at = $14 and c.key > $15::uuid))
        order by c.front desc, c.priority desc, c.due_at, c.key limit $16
    ) q
    order by q.front desc, q.priority desc, q.due_at, q.key limit $16
) q
join cases.case c on c.key = q.key
join subjects.subject s on s.key = c.subject
left join lateral (select title, language from subjects.snapshot where subject = s.key order by number desc limit 1) n on true
left join staff.account w on w.key = c.claimed_by
order by q.front desc, q.priority desc, q.due_at, q.key;

-- name: cases_in_hand
-- List cases that somebody has in hand or that wait for something, in the same order.
select c.key, c.number, c.platform, c.state, c.severity, c.surface, c.part, c.board, c.community_group, c.thread, c.staff_only,
       c.restricted, c.front, c.priority, c.priority_reason, c.flags_counted,
       date_trunc('hour', c.opened_at) as opened_at, date_trunc('hour', c.due_at) as due_at, c.wakes_at, c.claimed_until,
       c.origin, w.name as claimed_by, s.kind, s.state as subject_state, n.title, n.language,
       (select array_agg(f.label order by f.n desc, f.label) from (
            select label, count(*) as n from flags.listed where "case" = c.key and state <> 'withdrawn'
            group by label order by n desc, label limit 3) f) as labels
from (
    select c.key, c.front, c.priority, c.due_at from cases.case c
    where c.state in ('claimed', 'parked', 'asked', 'awaiting_second', 'decided') and c.state = any($17::text[])
      and ($18::uuid is null or c.claimed_by = $18 or $18 = any(c.decided_by))
      and c.platform = any($1::text[]) and c.surface = any($9::text[])
      and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
          c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
      and ($6::boolean or not c.restricted)
      and ($8::bytea is null or not exists (select 1 from subjects.subject s join subjects.author a on a.key = s.author
           where s.key = c.subject and a.platform = $7 and a.staff_hash = $8))
      and c.severity = any($10::smallint[]) and ($11 = '' or c.board = $11 or c.community_group = $11 or c.part = $11)
      and (c.front, c.priority) <= ($12::boolean, $13::double precision)
      and (c.front < $12 or c.priority < $13 or c.due_at > $14::timestamptz or (c.due_at = $14 and c.key > $15::uuid))
    order by c.front desc, c.priority desc, c.due_at, c.key limit $16
) q
join cases.case c on c.key = q.key
join subjects.subject s on s.key = c.subject
left join lateral (select title, language from subjects.snapshot where subject = s.key order by number desc limit 1) n on true
left join staff.account w on w.key = c.claimed_by
order by q.front desc, q.priority desc, q.due_at, q.key;

-- name: counts
-- Count what is open (at most so many) and what is in hand, of that what is this account's own, and what waits beside the queue.
select 'open' as state, count(*)::integer as cases, 0 as own from (
    select 1 from cases.case c
    where c.state = 'open' and c.platform = any($1::text[])
      and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
          c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
      and ($6::boolean or not c.restricted)
      and ($8::bytea is null or not exists (select 1 from subjects.subject s join subjects.author a on a.key = s.author
           where s.key = c.subject and a.platform = $7 and a.staff_hash = $8))
    limit $10) o
union all
select c.state, count(*)::integer, count(*) filter (where c.claimed_by = $9::uuid or $9 = any(c.decided_by))::integer from (
    select c.state, c.claimed_by, c.decided_by from cases.case c
    where c.state in ('claimed', 'parked', 'asked', 'awaiting_second', 'decided') and c.platform = any($1::text[])
      and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
          c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
      and ($6::boolean or not c.restricted)
      and ($8::bytea is null or not exists (select 1 from subjects.subject s join subjects.author a on a.key = s.author
           where s.key = c.subject and a.platform = $7 and a.staff_hash = $8))
    limit $10) c
group by c.state
union all
select 'appeals', count(*)::integer, 0 from appeals.appeal p where p.state = 'received' and p.platform = any($1)
union all
select 'seconds', count(*)::integer, 0 from decisions.second e join decisions.decision d on d.key = e.decision
where e.state = 'waiting' and e.asked_by <> $9 and d.platform = any($1)
union all
select 'todos', count(*)::integer, 0 from delivery.todo t where t.done_at is null and t.platform = any($1);

-- name: late
-- Count what nobody decided although its target is over (at most so many), as it exists for somebody.
select count(*)::integer from (
    select 1 from cases.case c
    where c.state in ('open', 'claimed', 'parked', 'asked', 'awaiting_second') and c.due_at < $9 and c.platform = any($1::text[])
      and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
          c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
      and ($6::boolean or not c.restricted)
      and ($8::bytea is null or not exists (select 1 from subjects.subject s join subjects.author a on a.key = s.author
           where s.key = c.subject and a.platform = $7 and a.staff_hash = $8))
    limit $10) c;
